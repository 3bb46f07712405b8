export { DamageError } from './damage.js';
export { makeDir } from './files.js';
export { readIdentity, writeIdentity } from './identity.js';
export type { Identity } from './identity.js';
export { isEmptyDir, LevelDisk } from './level-disk.js';
export { MemoryDisk } from './memory-disk.js';
