import { systemClock, type Clock } from '../../base/clock.js';
import { messageOf } from '../../base/errors.js';
import { DiscoveryError, pause, parseUrl, type BackendOptions } from '../../discovery/index.js';
import { EtcdGateway, type LeaseId } from '../../discovery/etcd/gateway.js';
import { readFields, type KeyValue } from '../../discovery/etcd/messages.js';
import { etcdSettings } from '../../discovery/etcd/settings.js';
import type { CatalogBackend, CatalogSession, CatalogSnapshot, CatalogTell, PublishedInstance } from '../backend.js';
import { CatalogError } from '../errors.js';
import { readRecord, type InstanceRecord } from '../record.js';
import { EtcdTransactions } from './etcd-transactions.js';

/** Where in an etcd the catalogue is, below the URL's own prefix. */
export const etcdCatalogPath = 'skep/catalog';

export interface EtcdCatalogOptions {
  /** `kv.path`, `kv.cacertfile`, `kv.certfile`, `kv.keyfile`, as discovery takes them. */
  readonly options?: BackendOptions;
  /** How long to wait before a watch that broke is begun again; default 1 000. */
  readonly retryMs?: number;
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
  readonly #transactions: EtcdTransactions;
  readonly #prefix: string;

  /** @throws {DiscoveryError} `INVALID_OPTION` */
  constructor(url: string, { options = {}, retryMs = 1_000, clock = systemClock }: EtcdCatalogOptions = {}) {
    const settings = etcdSettings(parseUrl(url).uris, { 'kv.path': etcdCatalogPath, ...options });
    this.#clock = clock;
    this.#retryMs = retryMs;
    this.#gateway = new EtcdGateway(settings, clock);
    this.#transactions = new EtcdTransactions(settings, clock);
    this.#prefix = settings.prefix;
  }

  async open(agentId: string, ttlMs: number): Promise<CatalogSession> {
    // Without a TTL it is a lease that nobody needs to renew in a lifetime.
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
    return read(pairs).instances;
  }

  watch(tell: CatalogTell, signal: AbortSignal): void {
    void this.#watch(tell, signal);
  }

  async #put(agentId: string, instances: readonly InstanceRecord[], lease: LeaseId): Promise<void> {
    const pairs = instances.map((record) => ({
      key: this.#key(record.id),
      value: JSON.stringify({ agent: agentId, instance: record }),
    }));
    await this.#transactions.putAll(pairs, lease);
  }

  async #remove(ids: readonly string[], lease: LeaseId): Promise<void> {
    await this.#transactions.deleteHeld(
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

  /** Tells everything, then everything again at each change, from that very revision on. Ends only by failing. */
  async #follow(tell: CatalogTell, signal: AbortSignal): Promise<never> {
    const { revision, pairs } = await this.#gateway.list(this.#prefix, signal);
    const values = new Map(pairs.map(({ key, value }) => [key, value]));
    tellValues(tell, values, signal);
    try {
      for await (const message of this.#gateway.watch(this.#prefix, revision + 1n, signal)) {
        if ('ended' in message) throw new Error(message.ended);
        if (message.changes.length === 0) continue;
        for (const { key, value } of message.changes) {
          if (value === undefined) values.delete(key);
          else values.set(key, value);
        }
        tellValues(tell, values, signal);
      }
    } catch (error) {
      this.#gateway.preferAnother();
      throw error;
    }
    throw new Error('the connection was closed');
  }
}

function tellValues(tell: CatalogTell, values: ReadonlyMap<string, string>, signal: AbortSignal): void {
  if (signal.aborted) return;
  const pairs = [...values].map(([key, value]) => ({ key, value }));
  const { instances, wrong } = read(pairs.sort((a, b) => (a.key < b.key ? -1 : 1)));
  tell.snapshot(instances);
  for (const error of wrong) tell.error(error);
}

/** What is no instance is told and left out: it does not hide the others. */
function read(pairs: readonly KeyValue[]): { instances: CatalogSnapshot; wrong: unknown[] } {
  const instances: PublishedInstance[] = [];
  const wrong: unknown[] = [];
  for (const { key, value } of pairs) {
    try {
      instances.push(readPublished(value));
    } catch (cause) {
      wrong.push(new CatalogError('REFUSED', `${key} is no instance: ${messageOf(cause)}`, { cause }));
    }
  }
  return { instances, wrong };
}

function readPublished(value: string): PublishedInstance {
  const { agent, instance } = readFields(value);
  if (typeof agent !== 'string') throw new Error('it has no agent');
  return { ...readRecord(instance), agentId: agent, lost: false };
}

function sessionLost(cause?: unknown): CatalogError {
  return new CatalogError('SESSION_LOST', 'the session is over', { cause });
}

/** The words of discovery in those of the catalogue. */
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
