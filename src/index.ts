// The store: typed transactions in memory, watches, forks.
export * from './state/index.js';
