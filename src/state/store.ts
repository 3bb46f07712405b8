import { type Clock, systemClock } from '../base/clock.js';
import { newId } from '../base/ids.js';
import { consoleLogger, type Logger } from '../base/log.js';
import { refuseUnknown } from '../base/options.js';
import { type Random, systemRandom } from '../base/random.js';
import { StoreError } from '../base/store-error.js';
import type { AnyCustomKind } from '../kinds/custom-kind.js';
import type { KindDescription, StoredObject } from '../kinds/definition.js';
import type { Event } from '../kinds/events.js';
import { KindSet } from '../kinds/kind-set.js';
import type { Specifier } from '../kinds/specifiers.js';
import type { ReadTx, Tx } from '../kinds/tx.js';
import { controls, StoreControl } from './control.js';
import type { HistoryLimits, TransactionRecord } from './history/history.js';
import { type HistoryEntry, historyOf } from './history/object-history.js';
import { recordsOfChanges } from './history/older.js';
import { isSnapshot, planRestore, requestsOf, snapshotOf, type StoreSnapshot } from './snapshot.js';
import { type Batch, type BatchOptions, BatchRun } from './transactions/batch.js';
import { Ledger } from './transactions/ledger.js';
import { carryOut, makePlan, type Plan } from './transactions/plan.js';
import type { Proposer, StoreAction, TransactionInfo } from './transactions/proposer.js';
import { ReadTransaction } from './transactions/transaction.js';
import type { WriteTransaction } from './transactions/write-transaction.js';
import { type Limits, limitsOf, noOptions, refuseAsync, type UpdateOptions, Writer } from './transactions/writer.js';
import { type StoreUse, useOf } from './use.js';
import type { WatchQueue } from './watch/queue.js';
import { Watch, watchLimitDefault, type WatchOptions } from './watch/watch.js';
import type { WatchPlan, WatchSource } from './watch/watch-plan.js';

/** A return value that says "this may not be a promise" when it is one. */
export type Sync<T> = T extends PromiseLike<unknown> ? 'a transaction cannot wait: fetch first, then write' : T;

/** Reads and writes objects in transactions. */
export interface Store {
  /**
   * Runs `read` at once on a consistent snapshot of what is committed here. Costs next to nothing.
   * @throws {StoreError} `ASYNC_CALLBACK`; and whatever `read` throws.
   */
  view<T>(read: (tx: ReadTx) => T & Sync<T>): T;

  /**
   * Runs `write` as one transaction, at once, synchronously and exactly once. It sees everything committed, everything
   * pending before it, and its own writes; when it throws, nothing is written.
   *
   * Resolves with what `write` returned when the transaction is committed (on disk at a majority, or in memory for a
   * store alone), visible to {@link view} here, and its events are delivered. Never throws synchronously, save for
   * mistakes in the options.
   *
   * @throws {StoreError} `NOT_LEADER`: nothing was proposed; ask the leader. `OUTCOME_UNKNOWN`: it may still commit; read
   *   before writing again, or repeat with the same `requestId`. `TOO_LARGE`, `ASYNC_CALLBACK`, `BUSY`, `CLOSED`; and
   *   whatever `write` throws, unchanged.
   * @see docs/design/store.md
   */
  update<T>(write: (tx: Tx) => T & Sync<T>, options?: UpdateOptions): Promise<T>;

  /**
   * Many small writes, committed in groups of about 200 changes, without other writes inside a group. Resolves when all is
   * committed. When `fill` throws, the open group is dropped and earlier ones stay.
   */
  batch(fill: (batch: Batch) => void | Promise<void>, options?: BatchOptions): Promise<void>;
}

/** A store whose changes can be watched. */
export interface WatchableStore extends Store {
  /** Events of the store, for {@link watch}. */
  readonly queue: WatchQueue;
  /** The last committed version here: transactions count 1, 2, 3, … */
  readonly version: number;
  /** Reads, and watches everything that comes after what was read. */
  viewAndWatch<T>(
    read: (tx: ReadTx) => T & Sync<T>,
    ...specifiers: Specifier[]
  ): { value: T; version: number; watch: Watch };
  /**
   * Everything after `version`, then live. `VERSION_COMPACTED` and `VERSION_AHEAD` come through the watch; with
   * `{ ahead: 'wait' }` before the specifiers it waits for a version that is not here yet.
   */
  watchFrom(version: number, ...specifiers: Specifier[]): Watch;
  watchFrom(version: number, options: Omit<WatchOptions, 'after'>, ...specifiers: Specifier[]): Watch;
}

/** Options of a store. */
export interface StoreOptions {
  /** Replicates the store. Without one the store is alone and commits at once. */
  readonly proposer?: Proposer;
  /** Limits of the history from which watches can resume. Default 10,000 transactions and 64 MiB. */
  readonly history?: Partial<HistoryLimits>;
  /** Limits of the store. */
  readonly limits?: Partial<Limits>;
  /** Custom kinds. A kind that `tx.kind` is given is known from then on, too. @see defineKind */
  readonly kinds?: readonly AnyCustomKind[];
  /** Instead of `kinds`: the set of another store, which is shared. @internal */
  readonly kindSet?: KindSet;
  /** Time; default the clock of the system. */
  readonly clock?: Clock;
  /** Randomness for ids; default that of the system. */
  readonly random?: Random;
  /** Log; default warnings and errors on stderr. */
  readonly logger?: Logger;
}

/** Most attempts to plan a restore again because something was applied meanwhile. */
const restoreAttemptsMax = 10;

const sources = new WeakMap<WatchQueue, WatchSource>();

/** Source of the watches of this queue. */
export function sourceOf(queue: WatchQueue): WatchSource {
  const source = sources.get(queue);
  if (!source) throw new TypeError("watch takes a store's queue: watch(store.queue, …)");
  return source;
}

/** A typed, transactional, in-memory store. */
export class MemoryStore implements WatchableStore, AsyncDisposable {
  readonly #ledger: Ledger;
  readonly #writer: Writer;
  readonly #source: WatchSource;
  readonly #clock: Clock;
  readonly #control: StoreControl;

  constructor(options: StoreOptions = {}) {
    refuseUnknown('MemoryStore', options, [
      'proposer',
      'history',
      'limits',
      'kinds',
      'kindSet',
      'clock',
      'random',
      'logger',
    ]);
    const { proposer, history, clock = systemClock, random = systemRandom, logger = consoleLogger } = options;
    const limits = limitsOf(options.limits);
    const kinds = options.kindSet ?? new KindSet(options.kinds);
    this.#clock = clock;
    this.#ledger = new Ledger({ proposer, history, clock, kinds, limits: limits.kinds });
    this.#writer = new Writer(this.#ledger, {
      clock,
      limits,
      newId: () => newId(random),
    });
    this.#control = new StoreControl(this.#ledger, this.#writer, clock);
    controls.set(this, this.#control);
    const ledger = this.#ledger;
    const born = ledger.committed.version;
    this.#source = {
      /** Events of the store, for {@link watch}. */
      queue: ledger.queue,
      history: ledger.history,
      logger,
      /** Version of the last transaction that is committed here. */
      version: () => ledger.committed.version,
      resyncVersion: () => this.#control.resyncVersion,
      // Only while the history begins where the proposer's knowledge ends: a gap makes it useless.
      hasOlder: (version) =>
        proposer !== undefined && version < born && ledger.history.reachesBackTo(ledger.committed.version) <= born,
      older: (version) => (version < born && proposer ? recordsOfChanges(proposer, version, born) : undefined),
    };
    sources.set(ledger.queue, this.#source);
  }

  /** Events of the store, for {@link watch}. */
  get queue(): WatchQueue {
    return this.#ledger.queue;
  }

  /** Version of the last transaction that is committed here. */
  get version(): number {
    return this.#ledger.committed.version;
  }

  /** The kinds that this store can write. @internal */
  get kinds(): KindSet {
    return this.#ledger.kinds;
  }

  /** Descriptions of the custom kinds of which the cluster has had objects. @internal */
  descriptions(): readonly KindDescription[] {
    return Object.values(this.#ledger.committed.descriptions);
  }

  /** The last transactions, oldest first. */
  get history(): readonly TransactionRecord[] {
    return this.#ledger.history.list();
  }

  /** The transaction that made `version`, while history reaches back to it. */
  transaction(version: number): TransactionRecord | undefined {
    return this.#ledger.history.get(version);
  }

  /** Reads a consistent snapshot, at once. */
  view<T>(read: (tx: ReadTx) => T & Sync<T>): T {
    const tx = new ReadTransaction(this.#ledger.committed, this.#ledger.kinds);
    try {
      const value: T = read(tx);
      refuseAsync(value);
      return value;
    } finally {
      tx.close();
    }
  }

  /** Runs a transaction. Resolves when it is committed. @see Store.update */
  update<T>(write: (tx: Tx) => T & Sync<T>, options: UpdateOptions = noOptions): Promise<T> {
    if (options.forward && this.#control.forward) return this.#control.forward<T>(write, options);
    return this.#writer.update<T>(write, options);
  }

  /** Runs many small writes in few transactions. @see Store.batch */
  batch(fill: (batch: Batch) => void | Promise<void>, options: BatchOptions = {}): Promise<void> {
    return new BatchRun(this.#writer, options).run(fill);
  }

  /** Reads, and watches everything that comes after what was read. */
  viewAndWatch<T>(
    read: (tx: ReadTx) => T & Sync<T>,
    ...specifiers: Specifier[]
  ): { value: T; version: number; watch: Watch } {
    const { version } = this;
    const value = this.view<T>(read);
    return { value, version, watch: new Watch(planOf(this.#source, {}, specifiers, version)) };
  }

  /** Watches everything after a version. @see WatchableStore.watchFrom */
  watchFrom(version: number, ...args: (Omit<WatchOptions, 'after'> | Specifier)[]): Watch {
    if (!Number.isSafeInteger(version) || version < 0)
      throw new TypeError('watchFrom takes a version: a whole number from 0');
    const { options, specifiers } = withOptions(args);
    return new Watch(planOf(this.#source, options, specifiers, version));
  }

  /** Opens a view of one version that may outlast a callback. Keeps that version in memory. */
  openView(): ReadTx {
    return new ReadTransaction(this.#ledger.committed, this.#ledger.kinds);
  }

  /**
   * Runs `write` as {@link update} would, on the newest state here, and changes nothing: says what it would do.
   * @throws whatever `write` throws.
   */
  plan<T>(write: (tx: Tx) => T & Sync<T>): Plan<T> {
    return makePlan<T>(this.#writer.newTransaction(), this.#ledger.kinds, (tx) => {
      const value: T = write(tx);
      refuseAsync(value);
      return value;
    });
  }

  /**
   * Makes the changes of a plan, as one transaction. Resolves with its version when it is committed; of a plan without
   * changes with the version that it was certain of.
   * @throws {StoreError} `SEQUENCE_CONFLICT` when something that the plan read has changed: plan again. And as {@link update}.
   */
  apply(plan: Plan, options: UpdateOptions = noOptions): Promise<number> {
    return this.#writer.update((tx) => {
      carryOut(plan, tx as unknown as WriteTransaction, this.#ledger.kinds);
      return plan.changes.length > 0 ? tx.version : tx.version - 1;
    }, options);
  }

  /** Returns the changes of an object with author, time and reason, oldest first, as far as history reaches. */
  historyOf(kind: string, id: string): readonly HistoryEntry[] {
    return historyOf(this.#ledger.history.list(), kind, id);
  }

  /** Encoded bytes of an object here, or about as many. @internal */
  bytesOf(kind: string, object: StoredObject): number {
    return this.#ledger.measure(kind, object);
  }

  /** Returns the use of each kind, of history and of watches, with limits. */
  use(): StoreUse {
    return useOf(this.#ledger);
  }

  /** The version that a request id made, if it is among the last 10,000. */
  versionOfRequest(requestId: string): number | undefined {
    return this.#ledger.requests.versionOf(requestId);
  }

  /**
   * Applies a transaction of the log, as a follower does: values as logged, no version checks on objects, one version.
   * @throws {StoreError} `INVALID_OBJECT`; `VERSION_GAP` when `info.version` is not the next one; `NOT_FOUND`, `ALREADY_EXISTS` or
   *   `NAME_CONFLICT` when the actions do not fit this state, which then is not the log's: stop and say so.
   */
  applyStoreActions(actions: readonly StoreAction[], info: TransactionInfo): void {
    if (this.#control.taken)
      throw new StoreError('NOT_SUPPORTED', 'a store of a replica takes transactions from its log: use update');
    this.#control.apply(actions, info);
  }

  /** A snapshot of everything committed. Costs next to nothing. */
  save(): StoreSnapshot {
    return snapshotOf(
      this.#ledger.committed,
      this.#ledger.kinds,
      this.#ledger.history.list(),
      this.#ledger.requests.list(),
    );
  }

  /**
   * Makes this store hold what the snapshot holds, as one transaction of version max(both) + 1 whose events are the
   * differences. Other writers wait.
   * @throws {StoreError} `NOT_SUPPORTED` when a proposer replicates the store; `INVALID_OBJECT`, `NAME_CONFLICT` when no
   *   store made the snapshot; `BUSY` when {@link applyStoreActions} did not pause meanwhile.
   */
  async restore(snapshot: StoreSnapshot): Promise<void> {
    if (!isSnapshot(snapshot)) throw new TypeError('restore takes a snapshot, as save() returns it');
    if (this.#ledger.proposer)
      throw new StoreError('NOT_SUPPORTED', 'a replicated store is not restored from one side; restore the cluster');
    const requests = requestsOf(snapshot);
    const { kinds, measure } = this.#ledger;
    await this.#control.exclusive(async () => {
      for (let attempt = 0; attempt < restoreAttemptsMax; attempt++) {
        const base = this.#ledger.committed;
        const time = Math.max(base.time, snapshot.time, this.#clock.now());
        const { root, record } = await planRestore(base, snapshot, time, { clock: this.#clock, kinds, measure });
        if (this.#writer.closed)
          throw new StoreError('CLOSED', 'the store was closed during the restore; nothing was changed');
        if (this.#ledger.committed !== base) continue; // a log applied something meanwhile: plan again
        this.#ledger.commitRestored(root, record, requests);
        return;
      }
      throw new StoreError('BUSY', 'transactions were applied all the while: restore again when that has ended');
    });
  }

  /** Watches complete, open updates reject, `view` still reads the last state. Harmless when repeated. */
  close(): Promise<void> {
    this.#writer.close();
    if (!this.queue.closed) this.queue.close();
    return Promise.resolve();
  }

  /** Closes it: `await using store = new MemoryStore()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function planOf(
  source: WatchSource,
  options: WatchOptions,
  specifiers: readonly Specifier[],
  after: number | undefined,
): WatchPlan {
  const { limit = watchLimitDefault, limitBytes = Infinity, match = 'new', ahead = 'refuse', signal } = options;
  if (!(Number.isSafeInteger(limit) && limit > 0))
    throw new TypeError('limit must be a positive whole number of events');
  if (!(typeof limitBytes === 'number' && limitBytes > 0))
    throw new TypeError('limitBytes must be a positive number of bytes');
  if (match !== 'new' && match !== 'either') throw new TypeError("match must be 'new' or 'either'");
  if (ahead !== 'refuse' && ahead !== 'wait') throw new TypeError("ahead must be 'refuse' or 'wait'");
  for (const specifier of specifiers) {
    if (typeof specifier !== 'object' || specifier === null || !('action' in specifier) || !('checks' in specifier)) {
      throw new TypeError('a specifier is what EventUpdateTask(…) and its sisters make');
    }
  }
  return { source, specifiers, match, ahead, limit, limitBytes, signal, after };
}

type Watched<S extends readonly Specifier[]> = S extends readonly []
  ? Event
  : S[number] extends Specifier<infer E>
    ? unknown extends E
      ? Event
      : E
    : Event;

/**
 * Watches what changes from now on. Specifiers are OR-ed; none means everything, commits too.
 * @example watch(store.queue, EventUpdateTask({ nodeId: 'n1' }, taskCheckNodeId))
 */
export function watch<S extends readonly Specifier[]>(queue: WatchQueue, ...specifiers: S): Watch<Watched<S>>;
export function watch<S extends readonly Specifier[]>(
  queue: WatchQueue,
  options: WatchOptions,
  ...specifiers: S
): Watch<Watched<S>>;
export function watch(queue: WatchQueue, ...args: (WatchOptions | Specifier)[]): Watch {
  const { options, specifiers } = withOptions(args);
  return new Watch(planOf(sourceOf(queue), options, specifiers, options.after));
}

/** Options may stand before the specifiers. */
function withOptions(args: readonly (WatchOptions | Specifier)[]): { options: WatchOptions; specifiers: Specifier[] } {
  const [first, ...rest] = args;
  if (first !== undefined && typeof first !== 'object')
    throw new TypeError('a specifier is called: EventUpdateTask(), not EventUpdateTask');
  if (first === undefined || 'checks' in first) return { options: {}, specifiers: args as Specifier[] };
  return { options: first, specifiers: rest as Specifier[] };
}

/** {@link MemoryStore.viewAndWatch} as a function. */
export function viewAndWatch<T>(
  store: WatchableStore,
  read: (tx: ReadTx) => T & Sync<T>,
  ...specifiers: Specifier[]
): { value: T; version: number; watch: Watch } {
  return store.viewAndWatch<T>(read, ...specifiers);
}
