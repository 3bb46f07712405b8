export * from './cluster.js';
export * from './network.js';
export * from './node.js';
export * from './service.js';
export * from './task.js';
