/** The part of the client library that we use; it brings no types of its own. */
declare module 'node-zookeeper-client' {
  import type { EventEmitter } from 'node:events';
  import type { Socket } from 'node:net';

  interface Stat {
    /** Of the session that the node goes with; all zeros when it stays. */
    readonly ephemeralOwner: Buffer;
  }

  /** Has a `code`: {@link Exception}. */
  type Callback<T> = (error: Error | null | undefined, result?: T) => void;

  interface Transaction {
    create(path: string, data: Buffer, mode: number): Transaction;
    remove(path: string): Transaction;
    commit(done: Callback<unknown>): void;
  }

  /** Emits `connected`, `disconnected` and `expired`. Connects again by itself, with the same session. */
  interface Client extends EventEmitter {
    connect(): void;
    close(): void;
    getSessionId(): Buffer;
    getSessionTimeout(): number;
    create(path: string, data: Buffer, mode: number, done: Callback<string>): void;
    remove(path: string, done: Callback<never>): void;
    /** `null` when there is no such node. */
    exists(path: string, done: Callback<Stat | null>): void;
    getData(path: string, done: Callback<Buffer | undefined>): void;
    getChildren(path: string, changed: () => void, done: Callback<string[]>): void;
    mkdirp(path: string, done: Callback<string>): void;
    transaction(): Transaction;
    readonly connectionManager: {
      /** Absent until the first attempt to connect. */
      readonly socket?: Socket;
      setState(state: number): void;
    };
  }

  const library: {
    createClient(hosts: string, options: { readonly sessionTimeout: number }): Client;
    readonly CreateMode: { readonly PERSISTENT: number; readonly EPHEMERAL: number };
    readonly Exception: {
      readonly CONNECTION_LOSS: number;
      readonly OPERATION_TIMEOUT: number;
      readonly NO_NODE: number;
      readonly NODE_EXISTS: number;
      readonly SESSION_EXPIRED: number;
    };
  };
  export default library;
  export type { Callback, Client, Stat };
}
