// Passes over the store for as long as this member leads.
export { PassLoop, type LoopStore, type Pass, type PassLoopOptions, type PassWork } from './pass-loop.js';
export type { LeadershipSource } from './terms.js';
