import { type Clock, systemClock } from '../../base/clock.js';
import { messageOf } from '../../base/errors.js';
import { newId } from '../../base/ids.js';
import { systemRandom } from '../../base/random.js';
import { isStoreError, isStoreErrorOf } from '../../base/store-error.js';
import { changeOf, type Client, type messages, type WatchMessage } from '../../client/index.js';
import { pause } from '../../discovery/index.js';
import { instances, type StoredObject } from '../../kinds/index.js';
import type { CatalogBackend, CatalogSession, CatalogSnapshot, CatalogTell, PublishedInstance } from '../backend.js';
import { CatalogError } from '../errors.js';
import { type InstanceRecord, readRecord } from '../record.js';

/** Changes that one request may have, as proto/ says of Apply. */
const changesMax = 250;

/** The kind of the leases that sessions are. */
const leasesKind = 'leases';

/** Options of a catalogue in a cluster of skep. */
export interface SkepCatalogOptions {
  /** Connection to the cluster. */
  readonly client: Client;
  /** Source of time. Default: the system's. */
  readonly clock?: Clock;
  /** Wait before a watch that broke is begun again, milliseconds; default 1 000. */
  readonly retryMs?: number;
}

/** Session of one agent: a lease, unless it stays until it is closed. */
interface OpenSession {
  readonly agentId: string;
  readonly session: string;
  readonly lease: string;
}

type StoredInstance = StoredObject &
  Omit<InstanceRecord, 'meta'> & {
    readonly metadata: InstanceRecord['meta'];
    readonly agent: string;
    readonly session: string;
    readonly lease: string;
  };

/**
 * A catalogue in our own replicated store. An agent's session is a guarded lease, its instances are objects attached to it:
 * one request renews them all, the leader ends them through the log, and when most agents are silent at once they are
 * marked, and kept.
 */
export class SkepCatalogBackend implements CatalogBackend {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #retryMs: number;

  constructor({ client, clock = systemClock, retryMs = 1_000 }: SkepCatalogOptions) {
    this.#client = client;
    this.#clock = clock;
    this.#retryMs = retryMs;
  }

  async open(agentId: string, ttlMs: number): Promise<CatalogSession> {
    const lease =
      ttlMs === 0 ? '' : await translated(() => this.#client.grantLease({ ttlMs, holder: agentId, guarded: true }));
    const own: OpenSession = { agentId, session: lease || newId(systemRandom), lease };
    return {
      put: (records) => translated(() => this.#put(records, own)),
      remove: (ids) =>
        translated(async () => {
          for (const some of inGroups(ids)) await this.#remove({ ids: some }, own);
        }),
      renew: () => translated(() => this.#renew(own)),
      close: () => translated(() => this.#close(own)),
    };
  }

  async list(): Promise<CatalogSnapshot> {
    return translated(async () => {
      const { objects } = await this.#client.list(instances);
      const lost = await this.#client.list(leasesKind, { indexes: [{ index: 'lost', is: true }] });
      const silent = new Set(lost.objects.map(({ id }) => id));
      return (objects as readonly StoredInstance[]).flatMap((one) => published(one, silent.has(one.lease)) ?? []);
    });
  }

  watch(tell: CatalogTell, signal: AbortSignal): void {
    this.#follow(tell, signal).catch((error: unknown) => tell.error(error));
  }

  /** Adds or replaces an instance of any owner. Repeats when another writer was faster. */
  async #put(records: readonly InstanceRecord[], own: OpenSession): Promise<void> {
    if (records.length === 0) return this.#renew(own);
    const { agentId: agent, session, lease } = own;
    for (const some of inGroups(records))
      await this.#retrying({ ids: some.map(({ id }) => id) }, (there) =>
        some.map((record) => {
          const old = there.get(record.id);
          const { meta: metadata, ...rest } = record;
          const object = { ...rest, metadata, agent, session, lease };
          return old
            ? changeOf('update', instances, object, { version: old.meta.version })
            : changeOf('create', instances, object);
        }),
      );
  }

  /** Removes those that are still this session's. */
  async #remove(filter: { ids?: string[] }, { session }: OpenSession): Promise<void> {
    if (filter.ids?.length === 0) return;
    const own = { ...filter, indexes: [{ index: 'session', is: session }] };
    await this.#retrying(own, (there) =>
      [...there.values()].map(({ id, meta }) => ({ op: 'remove', kind: instances.name, id, version: meta.version })),
    );
  }

  async #retrying(
    filter: { ids?: string[]; indexes?: { index: string; is: string }[] },
    changesOf: (there: ReadonlyMap<string, StoredObject>) => messages.Change[],
  ): Promise<void> {
    for (;;) {
      const { objects } = await this.#client.list(instances, filter);
      const changes = changesOf(new Map(objects.map((object) => [object.id, object])));
      if (changes.length === 0) return;
      try {
        for (const some of inGroups(changes)) await this.#client.apply(some);
        return;
      } catch (error) {
        if (!isStoreErrorOf(error, ['ALREADY_EXISTS', 'NOT_FOUND', 'SEQUENCE_CONFLICT'])) throw error;
      }
    }
  }

  async #renew({ lease }: OpenSession): Promise<void> {
    if (lease === '') return;
    const lost = await this.#client.keepAlive([lease]);
    if (lost.length > 0) throw new CatalogError('SESSION_LOST', 'the session is over');
  }

  async #close(own: OpenSession): Promise<void> {
    if (own.lease !== '') await this.#client.revokeLease(own.lease);
    else await this.#remove({}, own);
  }

  /** Delivers the instances while there is a listener; begins anew after a break. */
  async #follow(tell: CatalogTell, signal: AbortSignal): Promise<void> {
    const selectors = [{ kind: instances.name }, { kind: leasesKind, indexes: [{ index: 'guarded', is: true }] }];
    while (!signal.aborted) {
      try {
        const seen = new WatchState();
        for await (const message of this.#client.messages({ selectors, snapshot: true, signal }))
          if (seen.hear(message)) tell.snapshot(seen.snapshot());
      } catch (error) {
        if (signal.aborted) return;
        tell.error(new CatalogError('UNAVAILABLE', messageOf(error), { cause: error }));
      }
      if (!signal.aborted) await pause(this.#clock, this.#retryMs, signal);
    }
  }
}

/** An instance of a watch, and the lease that it lasts as long as. */
interface WatchedInstance {
  readonly lease: string;
  /** Absent for what is no record. */
  published: PublishedInstance | undefined;
}

/** Instances of a watch so far: each object is read once, when it comes. */
class WatchState {
  readonly #instances = new Map<string, WatchedInstance>();
  readonly #lost = new Set<string>();

  /** Returns whether there is something to tell. */
  hear(message: WatchMessage): boolean {
    switch (message.type) {
      case 'snapshot':
        for (const { kind, object } of message.objects) this.#put(kind, object);
        return false;
      case 'synced':
        return true;
      case 'resync':
        this.#instances.clear();
        this.#lost.clear();
        return false;
      case 'bookmark':
        return false;
      case 'transaction': {
        let changed = false;
        for (const { action, kind, object } of message.events)
          changed = (action === 'delete' ? this.#delete(kind, object.id) : this.#put(kind, object)) || changed;
        return changed;
      }
    }
  }

  /** Lists the instances; what did not change is the same object as in the snapshot before. */
  snapshot(): CatalogSnapshot {
    return [...this.#instances.values()].flatMap((seen) => {
      const lost = this.#lost.has(seen.lease);
      if (seen.published && seen.published.lost !== lost) seen.published = Object.freeze({ ...seen.published, lost });
      return seen.published ?? [];
    });
  }

  #put(kind: string, object: StoredObject): boolean {
    if (kind === instances.name) {
      const instance = object as StoredInstance;
      this.#instances.set(instance.id, { lease: instance.lease, published: published(instance, false) });
      return true;
    }
    const { id, lost } = object as StoredObject & { readonly lost: boolean };
    if (lost === this.#lost.has(id)) return false;
    if (lost) this.#lost.add(id);
    else this.#lost.delete(id);
    return true;
  }

  /** The end of a lease removes its instances, in the same transaction. */
  #delete(kind: string, id: string): boolean {
    if (kind === instances.name) return this.#instances.delete(id);
    this.#lost.delete(id);
    return false;
  }
}

/** Reads an instance; nothing for what is no record: one that an older version wrote spoils no others. */
function published(instance: StoredInstance, lost: boolean): PublishedInstance | undefined {
  try {
    return Object.freeze({ ...readRecord({ ...instance, meta: instance.metadata }), agentId: instance.agent, lost });
  } catch {
    return undefined;
  }
}

/** Cuts a list into as many as one request may have. */
function inGroups<T>(all: readonly T[]): T[][] {
  const groups = Math.ceil(all.length / changesMax);
  return Array.from({ length: groups }, (_, i) => all.slice(i * changesMax, (i + 1) * changesMax));
}

/** Translates errors of the store into those of the catalogue. */
async function translated<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof CatalogError) throw error;
    if (isStoreError(error, 'LEASE_LOST')) throw new CatalogError('SESSION_LOST', error.message, { cause: error });
    const refused = isStoreErrorOf(error, ['INVALID_OBJECT', 'UNKNOWN_KIND', 'LIMIT_EXCEEDED', 'TOO_LARGE']);
    throw new CatalogError(refused ? 'REFUSED' : 'UNAVAILABLE', messageOf(error), { cause: error });
  }
}
