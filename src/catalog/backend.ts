import type { InstanceRecord } from './record.js';

/** An instance in the catalogue, and the agent that registered it. */
export interface PublishedInstance extends InstanceRecord {
  /** Identity of the agent that registered it. */
  readonly agentId: string;
  /** Its agent stopped renewing, at the same time as most of the others: kept, because most likely we are cut off. */
  readonly lost: boolean;
}

/** Everything in the catalogue at one moment, each id once. */
export type CatalogSnapshot = readonly PublishedInstance[];

/**
 * One agent's stay in the catalogue. An instance stays until it is removed, registered by another session (an id
 * belongs to its last session), or the session ends: closed, or not renewed for its TTL.
 *
 * Every method rejects with a {@link CatalogError}: `SESSION_LOST` when the session is over, `UNAVAILABLE` for what passes
 * by itself, `REFUSED` for what does not. All of them may be asked twice; an agent never has two under way.
 */
export interface CatalogSession {
  /** Adds instances, or replaces those of the same id; all of them or, if they are few, none. */
  put(instances: readonly InstanceRecord[]): Promise<void>;
  /** Takes back those of these ids that still belong to this session. */
  remove(ids: readonly string[]): Promise<void>;
  /** Begins the TTL anew, for everything at once, waking no watcher. */
  renew(): Promise<void>;
  /** Ends the session and takes back everything under it. Harmless when it is over. */
  close(): Promise<void>;
}

/** Receiver of what a backend sees. */
export interface CatalogTell {
  /** Delivers the full list. */
  readonly snapshot: (snapshot: CatalogSnapshot) => void;
  /** Receives what is wrong at the moment. The last snapshot still stands, and the watch goes on. */
  readonly error: (error: unknown) => void;
}

/** Storage of a catalogue, as an agent needs it. */
export interface CatalogBackend {
  /** Begins a session; `ttlMs` 0 is until it is closed. Rejects as a session does. */
  open(agentId: string, ttlMs: number): Promise<CatalogSession>;
  /** Lists all instances, as new as a put that has resolved here. */
  list(): Promise<CatalogSnapshot>;
  /**
   * Tells what is there: at once, also when it is nothing, and then whenever something changed. Goes on after breaks by
   * itself, from a full snapshot, and ends only when `signal` is aborted: quietly, telling nothing after it.
   */
  watch(tell: CatalogTell, signal: AbortSignal): void;
}
