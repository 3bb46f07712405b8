export * from './chain.js';
export * from './verify.js';
export type * from './sink.js';
