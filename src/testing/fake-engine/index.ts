// A Docker engine in memory, and the same behind HTTP.
export { FakeEngine } from './engine.js';
export type { FakeEngineOptions } from './engine.js';
export { openFakeEngine } from './server.js';
export type { FakeEngineServer, OpenFakeEngineOptions } from './server.js';
export type { FakeCallMatch, FakeEngineFaults } from './faults.js';
export { FakeEngineError } from './types.js';
export type { FakeContainerBody, FakeHealth, FakeHostConfig } from './types.js';
export type { FakeEvent } from './events.js';
export type { FakeRegistry } from './pull.js';
export type { FakeRegistryImage } from './images.js';
