import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Rights } from '../api/index.js';
import type { ReadTx } from '../kinds/index.js';
import type { MemoryStore } from '../state/index.js';

/** Caller of the endpoint. */
export interface Reader {
  /** Rights in the state as it is now. @throws {HttpError} once its identity is gone. */
  rights(tx: ReadTx): Rights;
}

/** Entrance of an endpoint that knows its callers: it takes the connections, and says who is there. */
export interface Gate {
  /** Binds to `HOST:PORT`; hands each connection on. Resolves with the port. @throws {ListenError} */
  listen(addr: string, accept: (connection: Duplex) => void): Promise<number>;
  /** Says who asks. @throws {HttpError} 401 or 403 for one that may not. */
  admit(request: IncomingMessage, path: string): Reader;
  /** Takes no more connections, and ends those that are open. */
  close(): void;
}

/** In clear text no caller is known, and each may read everything that is shown. */
export function everyone(store: MemoryStore): Reader {
  return { rights: (tx) => Rights.in(tx, store.kinds, undefined) };
}
