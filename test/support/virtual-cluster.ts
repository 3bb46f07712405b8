import type { Clock } from '../../src/base/clock.js';
import { endable } from '../../src/base/endable.js';
import { silentLogger } from '../../src/base/log.js';
import { seededRandom } from '../../src/base/random.js';
import { StoreError } from '../../src/base/store-error.js';
import { lookupOf } from '../../src/api/filters.js';
import { foundIn } from '../../src/api/reads.js';
import { completeFilter } from '../../src/client/filters.js';
import type { Selector, WatchMessage, WatchOptions, Where } from '../../src/client/index.js';
import { Coordination, type CoordinationClient } from '../../src/coordination/index.js';
import { type AnyCustomKind, fitsBy, type ObjectEvent, type ReadTx, systemKinds } from '../../src/kinds/index.js';
import { MemoryStore } from '../../src/state/index.js';
import { Scheduler } from '../../src/testing/scheduler.js';
import { SimClock } from '../../src/testing/sim-clock.js';
import { leasesOf, storeClient } from './store-client.js';

/** One process that uses the cluster. */
export interface VirtualProcess {
  readonly clock: SimClock;
  readonly client: CoordinationClient & { cut: boolean };
  readonly coordination: Coordination;
}

/** A cluster of one store in virtual time, and processes that use it: each with a clock that can be paused or killed. */
export class VirtualCluster {
  readonly scheduler = new Scheduler();
  readonly clock = new SimClock(this.scheduler);
  readonly store: MemoryStore;
  readonly #leases;
  #made = 0;

  constructor(kinds: readonly AnyCustomKind[] = []) {
    this.store = new MemoryStore({
      kinds: [...systemKinds, ...kinds],
      clock: this.clock,
      random: seededRandom(1),
      logger: silentLogger,
    });
    this.#leases = leasesOf(this.store, this.clock);
  }

  /** @param latencyMs Time until the leader has a request. */
  process(holder = `p${++this.#made}`, { latencyMs = 1 }: { latencyMs?: number } = {}): VirtualProcess {
    const clock = new SimClock(this.scheduler);
    const client = this.#client(clock, latencyMs);
    const random = seededRandom(1_000 + this.#made++);
    return { clock, client, coordination: new Coordination({ client, clock, random, holder }) };
  }

  /** Lets virtual time pass. */
  advance(ms: number): Promise<void> {
    return this.scheduler.run(ms);
  }

  /** Lets time pass until `holds`; fails after ten virtual minutes. */
  async until(holds: () => boolean): Promise<void> {
    await this.scheduler.run(600_000, holds);
    if (!holds()) throw new Error('this did not come about within ten minutes');
  }

  /** Lets time pass until `promise` has settled. */
  async wait<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    promise.then(
      () => (settled = true),
      () => (settled = true),
    );
    await this.until(() => settled);
    return promise;
  }

  /** A client whose calls take time: those of a process that is gone never come back. */
  #client(clock: SimClock, latencyMs: number): CoordinationClient & { cut: boolean } {
    const made = storeClient(this.store, this.#leases, this.clock) as unknown as CoordinationClient & { cut: boolean };
    const passing = (ms: number) => new Promise<void>((resolve) => void clock.schedule(ms, resolve));
    const reached = () => {
      if (made.cut) throw new StoreError('NOT_LEADER', 'no member answers');
    };
    const slow = <F extends (...args: never[]) => Promise<unknown>>(call: F) =>
      (async (...args: Parameters<F>) => {
        await passing(latencyMs);
        const value = await call(...args).finally(() => passing(latencyMs));
        reached(); // the answer may be lost, too
        return value;
      }) as F;
    const { store } = this;
    const list = async (kind: unknown, where?: Where, { limit }: { limit?: number } = {}) => {
      reached();
      await Promise.resolve();
      return store.view((tx) => ({ objects: [...found(tx, nameOf(kind), where, limit)], version: tx.version }));
    };
    const messages = (options: WatchOptions) =>
      endable((signal) => messagesOf(store, clock, { ...options, signal }), options.signal);
    return Object.assign(made, {
      create: slow(made.create),
      apply: slow(made.apply),
      grantLease: slow(made.grantLease),
      keepAlive: slow(made.keepAlive),
      revokeLease: slow(made.revokeLease),
      list: slow(list as never),
      messages,
    });
  }
}

const nameOf = (kind: unknown) => (typeof kind === 'string' ? kind : (kind as { name: string }).name);

function found(tx: ReadTx, kind: string, where?: Where, limit?: number) {
  return foundIn(tx, kind, lookupOf(kind, where && completeFilter(where)), limit === undefined ? {} : { limit });
}

/** A watch like that of a client: the objects, `synced`, then transactions. */
async function* messagesOf(
  store: MemoryStore,
  clock: Clock,
  { selectors = [], signal, from }: WatchOptions,
): AsyncGenerator<WatchMessage, void> {
  const fits = (event: ObjectEvent) => selectors.some((selector) => selects(store, selector, event));
  const version = from ?? store.version;
  if (from === undefined) {
    const objects = store.view((tx) =>
      selectors.flatMap((one) =>
        [...found(tx, one.kind ?? '', { indexes: one.indexes ?? [] })].map((object) => ({ kind: one.kind, object })),
      ),
    );
    yield { type: 'snapshot', version, objects } as unknown as WatchMessage;
  }
  yield { type: 'synced', version };
  const watch = store.watchFrom(version, signal ? { signal } : {});
  let own: ObjectEvent[] = [];
  for await (const event of watch) {
    if (event.action !== 'commit') {
      if (fits(event)) own.push(event);
      continue;
    }
    if (own.length === 0) continue;
    await new Promise<void>((resolve) => void clock.schedule(1, resolve));
    yield { type: 'transaction', version: event.version, time: 0, events: own };
    own = [];
  }
}

function selects(store: MemoryStore, { kind, indexes = [], actions = [] }: Selector, event: ObjectEvent): boolean {
  if (event.kind !== kind || (actions.length > 0 && !actions.includes(event.action))) return false;
  const by = lookupOf(kind, completeFilter({ indexes }));
  return fitsBy(store.kinds.get(kind), by)(event.object);
}
