// Many Docker engines as one.
export type * from './engine/types.js';
