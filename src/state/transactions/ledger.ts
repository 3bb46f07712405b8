import { assert, InvariantError } from '../../base/assert.js';
import type { Clock } from '../../base/clock.js';
import { type Deferred, deferred } from '../../base/deferred.js';
import { StoreError } from '../../base/store-error.js';
import { keptTrace } from '../../base/trace-context.js';
import { activeTrace, beginSpan, endWith, type TracedSpan } from '../../base/tracing.js';
import type { KindLimits } from '../../kinds/definition.js';
import type { KindSet } from '../../kinds/kind-set.js';
import { History, type HistoryLimits, type TransactionRecord } from '../history/history.js';
import { labelled, recordOf } from '../history/record.js';
import { bytesAfter, checkBytes, type Measure, measureBy } from '../measure.js';
import { emptyRoot, type StateRoot } from '../root.js';
import { WatchQueue } from '../watch/queue.js';
import { actionOf, applyActions } from './actions.js';
import type { ProposedTransaction, Proposer, StoreAction, TransactionInfo } from './proposer.js';
import { Requests } from './requests.js';
import type { KindLimitsByName, ObjectChange, WriteTransaction } from './write-transaction.js';

/** Facts about a transaction that a caller gives. */
export interface Labels {
  readonly actor?: string | undefined;
  readonly reason?: string | undefined;
  readonly requestId?: string | undefined;
  readonly trace?: string | undefined;
}

/** A transaction that has been handed to the proposer. */
interface Proposal {
  readonly root: StateRoot;
  readonly record: TransactionRecord;
  /** Settles when it is committed and delivered, or refused. */
  readonly settled: Deferred<void>;
  /** From the proposal to the delivery of its events, where the application traces. */
  readonly span: TracedSpan | undefined;
  dropped: boolean;
}

/**
 * The committed and the pending state.
 *
 * The committed root is what readers see. Transactions run on the pending root, which already holds what has been
 * proposed; each becomes the committed root when its turn to commit comes. When a proposal is refused, everything after
 * it is gone too, and the pending root falls back to what stood before it.
 */
export class Ledger {
  readonly proposer: Proposer | undefined;
  readonly queue: WatchQueue;
  readonly history: History;
  readonly requests = new Requests();
  readonly kinds: KindSet;
  readonly measure: Measure;
  readonly #clock: Clock;
  #committed: StateRoot;
  #pending: StateRoot;
  #chain: Proposal[] = [];
  /** Request ids on their way. */
  readonly #requested = new Map<string, Proposal>();

  readonly #limits: KindLimitsByName;

  constructor(options: {
    proposer: Proposer | undefined;
    history: Partial<HistoryLimits> | undefined;
    clock: Clock;
    kinds: KindSet;
    limits?: KindLimitsByName;
  }) {
    const { proposer, history, clock, kinds, limits = {} } = options;
    this.kinds = kinds;
    this.#limits = limits;
    this.measure = measureBy(proposer?.sizeOf?.bind(proposer));
    this.proposer = proposer;
    this.history = new History(history);
    this.#clock = clock;
    this.#committed = { ...emptyRoot, version: proposer?.getVersion() ?? 0 };
    this.#pending = this.#committed;
    this.queue = new WatchQueue(this.#committed.version);
  }

  get committed(): StateRoot {
    return this.#committed;
  }

  get pending(): StateRoot {
    return this.#pending;
  }

  /** The version and time of a transaction that begins now. */
  nextStamp(): { version: number; time: number } {
    return { version: this.#pending.version + 1, time: Math.max(this.#pending.time, this.#clock.now()) };
  }

  /** Encoded bytes of one change, 0 when unknown. */
  sizeOf(change: ObjectChange): number {
    if (!this.proposer?.sizeOf) return 0;
    const action = actionOf(change);
    return change.action === 'delete' ? this.proposer.sizeOf(action) : this.measure(change.kind, change.object, action);
  }

  /** Refuses a transaction that would leave more of a kind than may be. @throws {StoreError} `LIMIT_EXCEEDED` */
  checkLimits(tx: WriteTransaction): void {
    const { changes, base } = tx;
    const limitsOf = (kind: string): KindLimits | undefined => tx.limitsOf(this.kinds.get(kind));
    if (!changes.some(({ kind }) => limitsOf(kind) !== undefined)) return;
    const after = bytesAfter(base.bytes, changes, this.measure);
    checkBytes({ before: base.bytes, after }, changes, { limitsOf, measure: this.measure });
  }

  /** Limits by kind that the store was given. */
  get limits(): KindLimitsByName {
    return this.#limits;
  }

  /** Settles like the transaction that already carries this request id; `undefined` if none does. */
  repeated(requestId: string): Promise<void> | undefined {
    const proposal = this.#requested.get(requestId);
    if (proposal) return proposal.settled.promise;
    return this.requests.versionOf(requestId) === undefined ? undefined : Promise.resolve();
  }

  /**
   * Commits or proposes the changes of `tx`: calls `done` when it is committed and its events are delivered. Returns
   * the resulting state, unless the transaction was refused at once.
   */
  submit(
    tx: WriteTransaction,
    labels: Labels,
    done: () => void,
    failed: (error: unknown) => void,
  ): StateRoot | undefined {
    if (tx.base !== this.#pending) {
      failed(new StoreError('NOT_LEADER', 'what the transaction saw is gone; nothing was proposed'));
      return undefined;
    }
    const kinds = tx.newDescriptions();
    const { version, time } = tx.stamp;
    const { actor, reason, requestId } = labels;
    const writer = labels.trace ?? activeTrace();
    const span = this.proposer && proposalSpan(version, tx.changes.length, writer);
    const trace = keptTrace(writer ?? span?.trace);
    const said = { actor, reason, requestId, trace, kinds: kinds.length > 0 ? kinds : undefined };
    const info = labelled<TransactionInfo>({ version, time }, said);
    // Everything that can fail comes before the pending root moves, here and below: the next write would carry it out.
    const root = this.#measured(tx.root(kinds), tx.changes);
    const record = recordOf(info, tx.changes, this.#historyBytes(tx.changes));
    if (!this.proposer) {
      this.#pending = root;
      this.#commit(root, record, done);
      return root;
    }
    const actions = tx.changes.map(actionOf);
    const proposal: Proposal = { root, record, settled: deferred({ quiet: true }), span, dropped: false };
    endWith(span, proposal.settled.promise).then(done, failed);
    this.#pending = root;
    this.#chain.push(proposal);
    if (requestId !== undefined) this.#requested.set(requestId, proposal);
    this.#propose(this.proposer, proposal, labelled<ProposedTransaction>({ version, time, actions }, said));
    return root;
  }

  /** Resolves when all that is pending now has committed and this member is known to lead still. */
  async certain(): Promise<void> {
    const tail = this.#chain.at(-1);
    if (tail) {
      await tail.settled.promise.catch((cause: unknown) => {
        throw new StoreError('NOT_LEADER', 'what the callback saw was not committed', { cause });
      });
    }
    await this.proposer?.confirmLeadership?.();
  }

  /** Applies a transaction that came through the log. Throws `VERSION_GAP`, or where it does not fit: the log is not ours then. */
  apply(actions: readonly StoreAction[], info: TransactionInfo): void {
    const expected = this.#committed.version + 1;
    if (info.version !== expected) {
      throw new StoreError('VERSION_GAP', `the next version to apply is ${expected}, not ${info.version}`, {
        version: this.#committed.version,
      });
    }
    const { root: applied, changes } = applyActions(this.#committed, info, actions, this.kinds);
    // The proposer knows the bytes of these actions: it need not encode what it has just decoded.
    for (const action of actions) if (action.action !== 'remove') this.measure(action.kind, action.object, action);
    const root = this.#measured(applied, changes);
    const record = recordOf(info, changes, this.#historyBytes(changes));
    this.#dropFrom(0);
    this.#pending = root;
    this.#commit(root, record, () => undefined);
  }

  /** Commits `root`, as one transaction that this record tells of, outside of any proposal. */
  commitRestored(root: StateRoot, record: TransactionRecord, requests: Iterable<readonly [string, number]> = []): void {
    const entries = [...requests];
    assert(root.version > this.#committed.version, 'versions grow');
    if (root.version !== this.#committed.version + 1) this.history.reset([]); // versions were skipped: no history leads here
    this.#pending = root;
    for (const [requestId, version] of entries) this.requests.add(requestId, version);
    this.#commit(root, record, () => undefined);
  }

  /** Replaces the whole state with a snapshot. Watches go on where its history reaches back to them. */
  install(
    root: StateRoot,
    records: readonly TransactionRecord[],
    requests: Iterable<readonly [string, number]>,
  ): boolean {
    const before = this.#committed.version;
    const entries = [...requests];
    this.history.reset(records);
    this.#dropFrom(0);
    this.#committed = root;
    this.#pending = root;
    this.requests.reset(entries);
    const reached = root.version >= before && this.history.reachesBackTo(root.version) <= before;
    if (reached) {
      for (const record of records) if (record.version > before) this.queue.publish(record);
    } else {
      const message = `a snapshot of version ${root.version} was installed over version ${before}: read the state again`;
      this.queue.fail(new StoreError('RESYNC', message, { version: root.version }), root.version);
    }
    return reached;
  }

  #propose(proposer: Proposer, proposal: Proposal, transaction: ProposedTransaction): void {
    const commit = () => {
      if (proposal.dropped || this.#chain[0] !== proposal)
        throw new InvariantError('commits come in order, and only for what was not refused');
      this.#chain.shift();
      this.#forget(proposal);
      proposal.span?.event('committed');
      this.#commit(proposal.root, proposal.record, () => proposal.settled.resolve());
    };
    const refused = (error: unknown) => {
      const at = this.#chain.indexOf(proposal);
      if (at >= 0) this.#dropFrom(at);
      proposal.settled.reject(error);
    };
    let promise: Promise<void>;
    try {
      promise = proposer.proposeValue(transaction, commit);
    } catch (error) {
      refused(error);
      return;
    }
    promise.then(() => {
      if (this.#chain.includes(proposal))
        refused(new InvariantError('the proposer resolved a transaction without committing it'));
    }, refused);
  }

  /** Forgets the proposals from this place in the chain on. */
  #dropFrom(at: number): void {
    for (const proposal of this.#chain.splice(at)) {
      proposal.dropped = true;
      this.#forget(proposal);
    }
    this.#pending = this.#chain.at(-1)?.root ?? this.#committed;
  }

  #forget({ record: { requestId } }: Proposal): void {
    if (requestId !== undefined) this.#requested.delete(requestId);
  }

  #commit(root: StateRoot, record: TransactionRecord, delivered: () => void): void {
    assert(root.version > this.#committed.version, 'versions grow');
    this.#committed = root;
    this.history.add(record);
    if (record.requestId !== undefined) this.requests.add(record.requestId, record.version);
    this.queue.publish(record, delivered);
  }

  #measured(root: StateRoot, changes: readonly ObjectChange[]): StateRoot {
    return { ...root, bytes: bytesAfter(root.bytes, changes, this.measure) };
  }

  /** New objects, and those that went; an old object was counted when it was new. */
  #historyBytes(changes: readonly ObjectChange[]): number {
    let bytes = 0;
    for (const { kind, object } of changes) bytes += this.measure(kind, object);
    return bytes;
  }
}

function proposalSpan(version: number, changes: number, parent: string | undefined): TracedSpan | undefined {
  return beginSpan('skep propose', () => ({
    kind: 'internal',
    parent,
    attributes: { 'skep.version': version, 'skep.changes': changes },
  }));
}
