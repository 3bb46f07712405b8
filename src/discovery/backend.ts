import type { Clock } from '../base/clock.js';
import type { DiscoveryWatch } from './watch.js';

/** Options of a backend beside its URL: `--discovery-opt` of the command line, `kv.path` for one. */
export type BackendOptions = Readonly<Record<string, string>>;

/** Options of a watch. */
export interface WatchOptions {
  /** Ends the watch, at once and quietly. */
  readonly signal?: AbortSignal;
}

/** Source of a list of addresses. */
export interface Watcher {
  /**
   * Watches the list: the full list first, then the full list whenever it changes. Errors come beside the lists and do not
   * end them. Begins anew for each subscriber and each iterator.
   */
  watch(options?: WatchOptions): DiscoveryWatch;
}

/** A discovery service, as one URL names it. */
export interface Backend extends Watcher {
  /**
   * Reads the rest of the URL; called once, before anything else. Sends no request: an unavailable service is an error of
   * {@link watch} and {@link register}.
   * @param uris What is behind `scheme://`.
   * @param heartbeatMs How often to look, for those that must look, and how long to wait after an error.
   * @param ttlMs For how long a registration counts; 0: until it is taken back.
   */
  initialize(uris: string, heartbeatMs: number, ttlMs: number, options: BackendOptions): void | Promise<void>;

  /**
   * Registers `address` (`host:port`) for one TTL. Registering it again renews it.
   * @throws {NotImplementedError} The list is made elsewhere.
   * @throws {DiscoveryError} `UNAVAILABLE`: try again; `NOT_FOUND`, `REFUSED`: it will not help.
   */
  register(address: string): Promise<void>;

  /** Takes a registration back, without waiting for its TTL. Harmless when there is none. Not every service can. */
  deregister?(address: string): Promise<void>;

  /** Lets go of what it holds beside its watches: a connection that is kept, for one. The last call; most hold nothing. */
  close?(): Promise<void>;
}

/** Ports of a backend to the outside. */
export interface BackendPorts {
  /** Source of time. */
  readonly clock: Clock;
}

/** Makes a backend. Called once for each use: nothing is shared between two. */
export type MakeBackend = (ports: BackendPorts) => Backend;
