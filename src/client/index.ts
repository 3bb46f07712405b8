export { Client } from './client.js';
export type { ClientOptions } from './client.js';
export { eventsOf } from './watch.js';
export type { RemoteTransaction, WatchOptions } from './watch.js';
