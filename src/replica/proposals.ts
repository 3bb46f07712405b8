import { StoreError } from '../base/store-error.js';

interface Proposal {
  readonly payload: Uint8Array;
  /** Version of the transaction; `undefined` for a step of a restore, which makes no version. */
  readonly version: number | undefined;
  commit(): void;
  resolve(): void;
  reject(error: unknown): void;
}

interface Sent {
  readonly term: number;
  readonly proposal: Proposal;
}

/** Most transactions that go into one `propose`. */
const groupMax = 4_096;

/**
 * The store's transactions on their way through the log: first in line, then in the log under an index.
 *
 * Versions are accepted in order and without holes. Everything that queues up while a disk write is under way becomes
 * one proposal (group commit).
 */
export class Proposals {
  #line: Proposal[] = [];
  readonly #sent = new Map<number, Sent>();
  /** The last version that was accepted from the store. */
  #accepted = 0;

  /** Accepts a transaction; the promise is the one of `Proposer.proposeValue`. */
  add(payload: Uint8Array, version: number, commit: () => void): Promise<void> {
    if (version !== this.#accepted + 1) {
      return Promise.reject(
        new StoreError(
          'NOT_LEADER',
          `version ${version} does not follow ${this.#accepted}: leadership was lost meanwhile; nothing was proposed`,
        ),
      );
    }
    this.#accepted = version;
    return new Promise((resolve, reject) => {
      this.#line.push({ payload, version, commit, resolve, reject });
    });
  }

  /** Accepts a step of a restore. Resolves when it has been applied. */
  addStep(payload: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#line.push({ payload, version: undefined, commit: () => undefined, resolve, reject });
    });
  }

  /** The step of this place in the log has been applied. */
  settleStep(index: number, term: number): void {
    const sent = this.#sent.get(index);
    if (sent?.term !== term) return;
    this.#sent.delete(index);
    sent.proposal.resolve();
  }

  /** A restore took effect: the next transaction of ours makes the version after this one. */
  restartFrom(version: number): void {
    this.#accepted = version;
  }

  /** True when the entry of this place in the log is one of ours. */
  has(index: number, term: number): boolean {
    return this.#sent.get(index)?.term === term;
  }

  get waiting(): boolean {
    return this.#line.length > 0;
  }

  /** Number of proposals that have been accepted and have not settled. */
  get open(): number {
    return this.#line.length + this.#sent.size;
  }

  /** The payloads that may go into the log next. */
  group(): Uint8Array[] {
    return this.#line.slice(0, groupMax).map(({ payload }) => payload);
  }

  /** The first `count` in line are in the log now, from `index` on. */
  sentAt(index: number, term: number, count: number): void {
    this.#line.splice(0, count).forEach((proposal, i) => this.#sent.set(index + i, { term, proposal }));
  }

  /**
   * Commits the proposal of this place in the log, if it is ours: the entry of that index and term. `beforeCommit` gets
   * its version.
   * @returns false when the entry is of another proposer.
   */
  commit(index: number, term: number, beforeCommit: (version: number) => void): boolean {
    const sent = this.#sent.get(index);
    const version = sent?.proposal.version;
    if (sent?.term !== term || version === undefined) return false;
    this.#sent.delete(index);
    beforeCommit(version);
    sent.proposal.commit();
    sent.proposal.resolve();
    return true;
  }

  /** Leadership is gone: what is in the log may still commit, what is in line never was proposed. */
  failAll(why: string, committedVersion: number): void {
    const sent = [...this.#sent.values()];
    const line = this.#line;
    this.#sent.clear();
    this.#line = [];
    this.#accepted = committedVersion;
    for (const { proposal } of sent)
      proposal.reject(new StoreError('OUTCOME_UNKNOWN', `${why}: the change may still commit`));
    for (const proposal of line) proposal.reject(new StoreError('NOT_LEADER', `${why}; nothing was proposed`));
  }

  /** A transaction came through the log, or in a snapshot: the next one of ours follows it. */
  follow(version: number): void {
    if (this.open === 0) this.#accepted = version;
  }
}
