import type { Slicer } from '../base/clock.js';
import { type ConfChange, type ConfState, type Entry, MembershipError, type Snapshot } from '../raft/index.js';
import { controlOf } from '../state/index.js';
import {
  type ClusterSnapshot,
  type DecodedTransaction,
  decodeTransaction,
  decodingTransaction,
} from '../wire/index.js';
import type { Shared } from './options.js';
import type { Proposals } from './proposals.js';
import { Restoring } from './restore.js';
import type { LoadedSnapshot } from './snapshot-slices.js';
import { AppliedWaiters } from './waiters.js';

/** Applied state as its readers see it. */
export type AppliedState = Omit<StateMachine, 'readAhead' | 'apply' | 'load' | 'install' | 'end' | 'restoring'>;

/** Size of an entry from which it is decoded in slices, bytes. */
const largeBytes = 64 * 1024;

/** Applies committed entries and snapshots: store, membership, and how far both have come. */
export class StateMachine {
  readonly #shared: Shared;
  readonly #proposals: Proposals;
  readonly #restoring: Restoring;
  readonly #waiters = new AppliedWaiters();
  #cluster = { clusterId: '', lineage: '' };
  #confState: ConfState;
  #applied: number;
  #version = 0;
  /** The entry that was decoded last in slices. */
  #ahead: { readonly entry: Entry; readonly decoded: DecodedTransaction } | undefined;

  constructor(shared: Shared, proposals: Proposals, applied: number) {
    this.#shared = shared;
    this.#proposals = proposals;
    this.#restoring = new Restoring(shared.store);
    this.#confState = shared.node.basicStatus().confState;
    this.#applied = applied;
    this.#waiters.reached(applied);
  }

  get cluster(): { readonly clusterId: string; readonly lineage: string } {
    return this.#cluster;
  }

  get confState(): ConfState {
    return this.#confState;
  }

  /** Index of the last applied entry. */
  get applied(): number {
    return this.#applied;
  }

  /** The last committed store version that has been applied here, or is being applied. */
  get version(): number {
    return this.#version;
  }

  /** Id of the last restore that took effect here; empty before the first. */
  get restored(): string {
    return this.#restoring.done;
  }

  /** True while the log holds steps of a restore that has not ended: no snapshot may replace them. */
  get restoring(): boolean {
    return this.#restoring.active;
  }

  /** Returns everything of the cluster as it is applied now: the content of snapshots and backups. */
  content(): ClusterSnapshot {
    const { members, store } = this.#shared;
    return { ...this.#cluster, members: members.list(), removed: members.removed(), store: store.save() };
  }

  /** Resolves when everything up to `index` has been applied here. */
  until(index: number): Promise<void> {
    return this.#waiters.until(index);
  }

  /** Decodes a large entry of another member in slices. Called before {@link apply}, which then has less to do in one go. */
  async readAhead(entry: Entry, slicer: Slicer): Promise<void> {
    if (entry.kind !== 'normal' || entry.data.length < largeBytes || this.#shared.options.decode) return;
    if (this.#proposals.has(entry.index, entry.term)) return;
    const steps = decodingTransaction(entry.data);
    let step = steps.next();
    for (; !step.done; step = steps.next()) if (slicer.due) await slicer.pause();
    this.#ahead = { entry, decoded: step.value };
  }

  apply(entry: Entry): void {
    if (entry.kind === 'confChange') {
      this.#shared.storage.membershipIndex = entry.index; // before raft, which may ask for a snapshot at once
      this.#confState = this.#configured(entry.change, entry.index);
    } else if (entry.data.length > 0 && !this.#commitOwn(entry)) {
      const ahead = this.#ahead?.entry === entry ? this.#ahead.decoded : undefined;
      this.#applyTransaction(entry, ahead ?? (this.#shared.options.decode ?? decodeTransaction)(entry.data));
    }
    this.#ahead = undefined;
    this.#applied = entry.index;
    this.#waiters.reached(entry.index);
  }

  /** Takes over the snapshot that the log begins with. */
  load({ cluster, prepared }: LoadedSnapshot): void {
    prepared.install();
    this.#adopt(cluster);
  }

  /** Replaces everything by a leader's snapshot, which is in the log already. */
  install({ metadata }: Snapshot, loaded: LoadedSnapshot): void {
    const { version } = loaded.cluster.store;
    this.#proposals.failAll('a snapshot was installed', version);
    this.#version = version; // watchers that end now already see it
    this.#restoring.abandon();
    this.load(loaded);
    this.#applied = metadata.index;
    this.#confState = metadata.confState;
    this.#waiters.reached(metadata.index);
  }

  /** Rejects all waiters of {@link until}. */
  end(error: Error): void {
    this.#waiters.failAll(error);
  }

  /** Ignores a change that no leader would have made, the same on every member: to end would help none. */
  #configured(change: ConfChange, index: number): ConfState {
    const { node, members, options } = this.#shared;
    try {
      const confState = node.applyConfChange(change);
      members.apply(change);
      return confState;
    } catch (error) {
      if (!(error instanceof MembershipError)) throw error;
      options.world.logger.error('a membership change in the log cannot be made, and was left out', {
        index,
        error: error.message,
      });
      return this.#confState;
    }
  }

  #applyTransaction({ index, term }: Entry, { info, actions, restore }: DecodedTransaction): void {
    if (!restore) {
      this.#restoring.abandon();
      controlOf(this.#shared.store).apply(actions, info);
      this.#version = info.version;
      this.#proposals.follow(info.version);
      return;
    }
    const version = this.#restoring.apply(restore, info);
    if (version !== undefined) {
      this.#version = version;
      this.#proposals.restartFrom(version);
    }
    this.#proposals.settleStep(index, term);
  }

  #commitOwn({ index, term }: Entry): boolean {
    return this.#proposals.commit(index, term, (version) => {
      this.#restoring.abandon();
      this.#version = version;
    });
  }

  #adopt({ clusterId, lineage, members, removed, store }: ClusterSnapshot): void {
    this.#cluster = { clusterId, lineage };
    this.#shared.members.reset(members, removed);
    this.#version = store.version;
    this.#proposals.follow(store.version);
  }
}
