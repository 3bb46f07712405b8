import type { Clock } from '../base/clock.js';
import { StoreError } from '../base/store-error.js';
import type { KindDescription } from '../kinds/definition.js';
import { isStateStamp } from '../kinds/meta.js';
import type { Tx } from '../kinds/tx.js';
import type { TransactionRecord } from './history/history.js';
import { buildRoot, requestsOf, rootOf, type StoreSnapshot } from './snapshot.js';
import { StagedState } from './staged-state.js';
import type { MemoryStore } from './store.js';
import { canonicalActions } from './transactions/actions.js';
import { type Draft, type DraftReads, makeDraft } from './transactions/draft.js';
import type { Ledger } from './transactions/ledger.js';
import type { StoreAction, TransactionInfo } from './transactions/proposer.js';
import {
  planInSlices,
  type RunSteps,
  type SlicedPlan,
  type SlicedWrite,
  updateInSlices,
} from './transactions/sliced.js';
import type { UpdateOptions, Writer } from './transactions/writer.js';

/** A snapshot that has been built; `install` replaces the whole state with it, at once. */
export interface PreparedSnapshot {
  readonly snapshot: StoreSnapshot;
  install(): void;
}

/**
 * Keeps a store in step with a log or with another store. Users of a store never see it: what it does would fork a
 * replica.
 */
export class StoreControl {
  /** Carries out an update with `forward: true`; absent in a store that has no leader elsewhere. */
  forward: (<T>(write: (tx: Tx) => T, options: UpdateOptions) => Promise<T>) | undefined;
  readonly #ledger: Ledger;
  readonly #writer: Writer;
  readonly #clock: Clock;
  #resyncVersion = 0;
  /** True for the store of a replica: users cannot apply transactions themselves. */
  taken = false;

  constructor(ledger: Ledger, writer: Writer, clock: Clock) {
    this.#ledger = ledger;
    this.#writer = writer;
    this.#clock = clock;
  }

  /** The oldest version from which watches go on: what is before was replaced as a whole. */
  get resyncVersion(): number {
    return this.#resyncVersion;
  }

  /** Encoded bytes of all objects. */
  get objectBytes(): number {
    return Object.values(this.#ledger.committed.bytes).reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Applies a transaction of the log. @see MemoryStore.applyStoreActions */
  apply(actions: readonly StoreAction[], info: TransactionInfo): void {
    if (this.#writer.closed) throw new StoreError('CLOSED', 'the store is closed');
    if (!isStateStamp({ version: 0, time: info.time }))
      throw new StoreError('INVALID_OBJECT', 'the time of a transaction must be whole milliseconds', { path: 'time' });
    this.#ledger.apply(canonicalActions(actions, info, this.#ledger.kinds), info);
  }

  /** Builds a snapshot in slices, to be installed afterwards. */
  async prepare(snapshot: StoreSnapshot): Promise<PreparedSnapshot> {
    requestsOf(snapshot);
    const { kinds, measure } = this.#ledger;
    const root = await buildRoot(snapshot, { clock: this.#clock, kinds, measure });
    return { snapshot, install: () => this.#install(root, snapshot) };
  }

  /** As {@link prepare} and `install`, for a snapshot of another store in this process: shares its structure, at once. */
  installNow(snapshot: StoreSnapshot): void {
    const root = rootOf(snapshot);
    if (!root) throw new TypeError('installNow takes what save() returned');
    this.#install(root, snapshot);
  }

  /** Takes over a restore of another store in this process, which this one follows. `record` describes it. */
  followRestore(snapshot: StoreSnapshot, record: TransactionRecord): void {
    const root = rootOf(snapshot);
    if (!root) throw new TypeError('followRestore takes what save() returned');
    this.#ledger.commitRestored(root, record, snapshot.requests);
  }

  /** Begins a state that is to take the place of everything; see {@link installStaged}. */
  stage(info: { version: number; time: number; descriptions: readonly KindDescription[] }): StagedState {
    return new StagedState(info, this.#ledger);
  }

  /** Replaces the whole state with a staged one, at once. Watches end with `RESYNC`. Request ids are kept; new ones are added. */
  installStaged(staged: StagedState): void {
    const requests = [...this.#ledger.requests.list(), ...staged.requests];
    const reached = this.#ledger.install(staged.root(), [], requests);
    if (!reached) this.#resyncVersion = staged.version;
  }

  /** Runs `write` on what is committed here, and changes nothing: the changes are to be made elsewhere. */
  draft<T>(write: (tx: Tx) => T, reads: DraftReads): Draft<T> {
    const { committed, kinds } = this.#ledger;
    return makeDraft(committed, { kinds, reads, newId: () => this.#writer.newId(), time: this.#clock.now() }, write);
  }

  /** As `update`, for a transaction of many changes: see {@link updateInSlices}. */
  updateInSlices<T>(write: SlicedWrite<T>, options?: UpdateOptions): Promise<T | undefined> {
    return updateInSlices({ writer: this.#writer, clock: this.#clock }, write, options);
  }

  /** As `plan`, for as many: see {@link planInSlices}. */
  planInSlices<T>(write: SlicedWrite<T>, run: RunSteps): Promise<SlicedPlan<T>> {
    return planInSlices(this.#writer, write, run);
  }

  /** Runs `run` without other writers, when everything before has committed. On the leader only. */
  async exclusive<T>(run: (committed: { version: number; time: number }) => Promise<T>): Promise<T> {
    const ticket = this.#writer.ticket<void>({});
    this.#writer.start(ticket, () => {
      this.#writer.turn.take();
      ticket.resolve();
    });
    await ticket.promise;
    try {
      await this.#ledger.certain();
      const { version, time } = this.#ledger.committed;
      return await run({ version, time });
    } finally {
      this.#writer.turn.release();
    }
  }

  /** Closes a store that cannot go on: its watches end with `error`. */
  end(error: StoreError): void {
    const { queue } = this.#ledger;
    this.#writer.close();
    if (queue.closed) return;
    queue.fail(error, queue.version);
    queue.close();
  }

  #install(root: Parameters<Ledger['install']>[0], snapshot: StoreSnapshot): void {
    const reached = this.#ledger.install(root, snapshot.history, snapshot.requests);
    if (!reached) this.#resyncVersion = root.version;
  }
}

export const controls = new WeakMap<MemoryStore, StoreControl>();

export function controlOf(store: MemoryStore): StoreControl {
  const control = controls.get(store);
  if (!control) throw new TypeError('this is no MemoryStore');
  return control;
}

/** Makes the caller the only one that applies transactions to this store. */
export function takeControl(store: MemoryStore): StoreControl {
  const control = controlOf(store);
  control.taken = true;
  return control;
}
