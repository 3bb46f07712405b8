export { certificateTimes, type Login, login, renewLogin } from './login.js';
export { Access, type AccessOptions, type TokenAccessOptions } from './access.js';
export { newPeersSecret } from './peers-secret.js';
export { changeOf } from './requests.js';
export { Client } from './client.js';
export type {
  ApplyOptions,
  ClientOptions,
  ClientReplica,
  EngineStream,
  KindRef,
  ListOptions,
  ReadOptions,
  UpdateOptions,
  WaitOptions,
  WriteOptions,
} from './client.js';
export type { IndexedValue, IndexWhere, Where } from './filters.js';
export type { LocalApi } from '../base/local-api.js';
export { type RemoteSpan, spanContextOf } from '../base/trace-context.js';
export type { messages } from '../wire/index.js';
export type { TransactionOptions } from './transaction/run.js';
export { leaderless } from './voters.js';
export { eventsOf } from './watch-messages.js';
export type { RemoteTransaction, Selector, SnapshotObject, WatchMessage, WatchOptions } from './watch-messages.js';
