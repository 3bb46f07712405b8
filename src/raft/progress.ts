import { Inflights } from './inflights.js';
import type { LogIndex, Progress, ProgressState } from './types.js';

export interface Window {
  readonly messagesMax: number;
  readonly bytesMax: number;
}

/**
 * Progress of one peer's log, as its leader knows it.
 *
 * `probe`: we are looking for where the logs part; one append with entries at a time. `replicate`: the logs match up to
 * `match` and appends flow ahead of the answers. `snapshot`: the peer needs entries that we no longer have.
 */
export class PeerProgress {
  state: ProgressState = 'probe';
  /** The peer has everything up to here. */
  match: LogIndex;
  /** The next entry to send. */
  next: LogIndex;
  isLearner: boolean;
  /** True when the peer has answered since the last quorum check. */
  recentActive: boolean;
  /** In `snapshot`: the index of the snapshot that was sent. */
  pendingSnapshot: LogIndex = 0;
  /** The highest commit index that the peer will know of when all that was sent arrives. */
  sentCommit: LogIndex = 0;
  /** No appends until the peer answers. */
  flowPaused = false;
  readonly inflights: Inflights;

  constructor(options: { match: LogIndex; next: LogIndex; isLearner: boolean; recentActive: boolean; window: Window }) {
    this.match = options.match;
    this.next = options.next;
    this.isLearner = options.isLearner;
    this.recentActive = options.recentActive;
    this.inflights = new Inflights(options.window.messagesMax, options.window.bytesMax);
  }

  get paused(): boolean {
    return this.state === 'snapshot' || this.flowPaused;
  }

  becomeProbe(): void {
    const pending = this.state === 'snapshot' ? this.pendingSnapshot : 0;
    this.#enter('probe');
    this.next = Math.max(this.match, pending) + 1;
    this.sentCommit = Math.min(this.sentCommit, this.next - 1);
  }

  becomeReplicate(): void {
    this.#enter('replicate');
    this.next = this.match + 1;
  }

  becomeSnapshot(index: LogIndex): void {
    this.#enter('snapshot');
    this.pendingSnapshot = index;
    this.next = index + 1;
    this.sentCommit = index;
  }

  /** An append of `count` entries and `bytes` left. */
  sent(count: number, bytes: number): void {
    if (this.state === 'replicate') {
      if (count > 0) {
        this.next += count;
        this.inflights.add(this.next - 1, bytes);
      }
      this.flowPaused = this.inflights.full;
    } else if (count > 0) {
      this.flowPaused = true;
    }
  }

  /** Would an append tell the peer of a commit index that it does not know? */
  canBumpCommit(committed: LogIndex): boolean {
    return committed > this.sentCommit && this.sentCommit < this.next - 1;
  }

  /** The peer accepted up to `index`. False when that is no news. */
  maybeUpdate(index: LogIndex): boolean {
    if (index <= this.match) return false;
    this.match = index;
    this.next = Math.max(this.next, index + 1);
    this.flowPaused = false;
    return true;
  }

  /** The peer refused an append after `rejected`; `hint` is where its log may match. False when the answer is stale. */
  maybeDecrement(rejected: LogIndex, hint: LogIndex): boolean {
    if (this.state === 'replicate') {
      if (rejected <= this.match) return false;
      this.next = this.match + 1;
    } else {
      if (this.next - 1 !== rejected) return false;
      this.next = Math.max(Math.min(rejected, hint + 1), this.match + 1);
      this.flowPaused = false;
    }
    this.sentCommit = Math.min(this.sentCommit, this.next - 1);
    return true;
  }

  view(): Progress {
    const { state, match, next, isLearner, paused, recentActive, pendingSnapshot, inflights } = this;
    return {
      state,
      match,
      next,
      isLearner,
      paused,
      recentActive,
      pendingSnapshot,
      inflightCount: inflights.count,
      inflightFull: inflights.full,
    };
  }

  #enter(state: ProgressState): void {
    this.state = state;
    this.flowPaused = false;
    this.pendingSnapshot = 0;
    this.inflights.reset();
  }
}
