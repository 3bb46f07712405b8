import type { Clock } from '../base/clock.js';
import type { Backend, BackendOptions, BackendPorts, WatchOptions } from './backend.js';
import { following } from './following.js';
import { type KvSettings, kvSettings, type KvStore } from './kv-settings.js';
import type { DiscoveryWatch, Tell } from './watch.js';

/** Base of the backends that keep entries in a key-value store: reads the URL, and begins watches anew after a break. */
export abstract class KvBackend<Connection> implements Backend {
  protected readonly clock: Clock;
  /** Begins all our keys; ends with a slash. */
  protected prefix = '';
  protected heartbeatMs = 0;
  protected ttlMs = 0;
  readonly #kind: KvStore;
  #connection: Connection | undefined;

  constructor(kind: KvStore, { clock }: BackendPorts) {
    this.#kind = kind;
    this.clock = clock;
  }

  initialize(uris: string, heartbeatMs: number, ttlMs: number, options: BackendOptions): void {
    const settings = kvSettings(uris, options, this.#kind);
    this.#connection = this.connect(settings);
    this.prefix = settings.prefix;
    this.heartbeatMs = heartbeatMs;
    this.ttlMs = ttlMs;
  }

  watch({ signal }: WatchOptions = {}): DiscoveryWatch {
    const { clock, heartbeatMs: pauseMs } = this;
    return following((tell, stop) => this.follow(tell, stop), { clock, pauseMs, signal });
  }

  abstract register(address: string): Promise<void>;
  abstract deregister(address: string): Promise<void>;

  /** Makes what speaks to the store. @throws {DiscoveryError} `INVALID_OPTION` */
  protected abstract connect(settings: KvSettings): Connection;

  /** Tells the list, then each change of it. Ends by failing, or at the abort. */
  protected abstract follow(tell: Tell, signal: AbortSignal): Promise<void>;

  protected get connection(): Connection {
    if (this.#connection === undefined) throw new TypeError('initialize comes first');
    return this.#connection;
  }
}
