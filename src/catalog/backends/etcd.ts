import { type Clock, systemClock } from '../../base/clock.js';
import { messageOf } from '../../base/errors.js';
import { EtcdGateway, etcdStore, type LeaseId } from '../../discovery/etcd/gateway.js';
import { type Change, type KeyValue, readFields } from '../../discovery/etcd/messages.js';
import { type BackendOptions, DiscoveryError, parseUrl, pause } from '../../discovery/index.js';
import { kvSettings } from '../../discovery/kv-settings.js';
import type { CatalogBackend, CatalogSession, CatalogSnapshot, CatalogTell, PublishedInstance } from '../backend.js';
import { CatalogError } from '../errors.js';
import { type InstanceRecord, readRecord } from '../record.js';

/** Path of the catalogue in an etcd, below the URL's own prefix. */
export const etcdCatalogPath = 'skep/catalog';

/** Options of a catalogue in etcd. */
export interface EtcdCatalogOptions {
  /** `kv.path`, `kv.cacertfile`, `kv.certfile`, `kv.keyfile`, as discovery takes them. */
  readonly options?: BackendOptions;
  /** Wait before a watch that broke is begun again, milliseconds; default 1 000. */
  readonly retryMs?: number;
  /** Source of time. Default: the system's. */
  readonly clock?: Clock;
}

/**
 * A catalogue in etcd: an agent is a lease, an instance is a key that the lease holds, so that one request renews all of
 * them. etcd removes what expires by itself: nothing is marked as lost here.
 */
export class EtcdCatalogBackend implements CatalogBackend {
  readonly #clock: Clock;
  readonly #retryMs: number;
  readonly #gateway: EtcdGateway;
  readonly #prefix: string;

  /** @throws {DiscoveryError} `INVALID_OPTION` */
  constructor(url: string, { options = {}, retryMs = 1_000, clock = systemClock }: EtcdCatalogOptions = {}) {
    const settings = kvSettings(parseUrl(url).uris, { 'kv.path': etcdCatalogPath, ...options }, etcdStore);
    this.#clock = clock;
    this.#retryMs = retryMs;
    this.#gateway = new EtcdGateway(settings, clock);
    this.#prefix = settings.prefix;
  }

  async open(agentId: string, ttlMs: number): Promise<CatalogSession> {
    // Without a TTL the lease lasts longer than any process.
    const ttlSeconds = ttlMs === 0 ? 1_000_000_000 : Math.ceil(ttlMs / 1_000);
    const lease = await translated(() => this.#gateway.grantLease(ttlSeconds));
    return {
      put: (instances) => translated(() => this.#put(agentId, instances, lease)),
      remove: (ids) => translated(() => this.#remove(ids, lease)),
      renew: () =>
        translated(async () => {
          if (!(await this.#gateway.keepLease(lease))) throw sessionLost();
        }),
      close: () => translated(() => this.#gateway.revokeLease(lease)),
    };
  }

  async list(): Promise<CatalogSnapshot> {
    const { pairs } = await translated(() => this.#gateway.list(this.#prefix));
    return pairs.map(read).filter((found): found is PublishedInstance => !(found instanceof CatalogError));
  }

  watch(tell: CatalogTell, signal: AbortSignal): void {
    void this.#watch(tell, signal);
  }

  async #put(agentId: string, instances: readonly InstanceRecord[], lease: LeaseId): Promise<void> {
    const pairs = instances.map((record) => ({
      key: this.#key(record.id),
      value: JSON.stringify({ agent: agentId, instance: record }),
    }));
    await this.#gateway.putAll(pairs, lease);
  }

  async #remove(ids: readonly string[], lease: LeaseId): Promise<void> {
    await this.#gateway.deleteHeld(
      ids.map((id) => this.#key(id)),
      lease,
    );
  }

  #key(id: string): string {
    return `${this.#prefix}${encodeURIComponent(id)}`;
  }

  async #watch(tell: CatalogTell, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#follow(tell, signal).catch((error: unknown) => {
        if (!signal.aborted) tell.error(new CatalogError('UNAVAILABLE', messageOf(error), { cause: error }));
      });
      await pause(this.#clock, this.#retryMs, signal);
    }
  }

  /** Tells everything, then everything again at each change. Ends only by failing. */
  async #follow(tell: CatalogTell, signal: AbortSignal): Promise<void> {
    const told = new WatchState(tell, signal);
    for await (const changes of this.#gateway.follow(this.#prefix, signal)) told.take(changes);
  }
}

/** Instances of a watch so far, each value read once. A wrong value is an error beside the others. */
class WatchState {
  readonly #tell: CatalogTell;
  readonly #signal: AbortSignal;
  readonly #instances = new Map<string, PublishedInstance>();

  constructor(tell: CatalogTell, signal: AbortSignal) {
    this.#tell = tell;
    this.#signal = signal;
  }

  take(changes: readonly Change[]): void {
    if (this.#signal.aborted) return;
    const wrong: CatalogError[] = [];
    for (const { key, value } of changes) {
      const found = value === undefined ? undefined : read({ key, value });
      if (found instanceof CatalogError) wrong.push(found);
      if (found && !(found instanceof CatalogError)) this.#instances.set(key, found);
      else this.#instances.delete(key);
    }
    this.#tell.snapshot([...this.#instances.values()]);
    for (const error of wrong) this.#tell.error(error);
  }
}

function read({ key, value }: KeyValue): PublishedInstance | CatalogError {
  try {
    return readPublished(value);
  } catch (cause) {
    return new CatalogError('REFUSED', `${key} is no instance: ${messageOf(cause)}`, { cause });
  }
}

function readPublished(value: string): PublishedInstance {
  const { agent, instance } = readFields(value);
  if (typeof agent !== 'string') throw new CatalogError('REFUSED', 'it has no agent');
  return { ...readRecord(instance), agentId: agent, lost: false };
}

function sessionLost(cause?: unknown): CatalogError {
  return new CatalogError('SESSION_LOST', 'the session is over', { cause });
}

/** Translates errors of discovery into those of the catalogue. */
async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CatalogError) throw error;
    if (error instanceof DiscoveryError && error.code === 'NOT_FOUND') throw sessionLost(error);
    const passes = error instanceof DiscoveryError && error.code === 'UNAVAILABLE';
    throw new CatalogError(passes ? 'UNAVAILABLE' : 'REFUSED', messageOf(error), { cause: error });
  }
}
