/** Public surface of the built-in kinds: types and their parts, lookups, checks and specifiers of each. */
export * from './cluster/index.js';
export * from './config/index.js';
export * from './network/index.js';
export * from './node/index.js';
export type * from './parts/index.js';
export * from './secret/index.js';
export * from './service/index.js';
export * from './task/index.js';
export * from './volume/index.js';
