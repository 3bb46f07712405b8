export { MemoryStorage } from './memory-storage.js';
export { MembershipError, simpleConfState } from './membership.js';
export { RawNode } from './raw-node.js';
export { entrySize } from './log.js';
export * from './types.js';
