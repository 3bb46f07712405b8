import { type Deferred, deferred } from '../../src/base/deferred.js';
import { type Change, type ProposedTransaction, type Proposer, type StoreAction, StoreError } from '../../src/index.js';

interface Held {
  readonly transaction: ProposedTransaction;
  readonly commit: () => void;
  readonly answer: Deferred<void>;
}

interface Options {
  /** `hold` waits to be told; `during` commits before `proposeValue` returns. */
  readonly commit?: 'hold' | 'during';
  readonly version?: number;
  /** Hold the rounds of `confirmLeadership` until told. */
  readonly holdRounds?: boolean;
  readonly sizeOf?: (action: StoreAction) => number;
  readonly admit?: () => Promise<void> | undefined;
  readonly changes?: readonly Change[];
}

/** A proposer under the test's thumb, with the manners that the port asks for: versions in order, failures in order. */
export class FakeProposer implements Proposer {
  /** Every transaction handed in, accepted or not. */
  readonly proposed: ProposedTransaction[] = [];
  readonly committed: ProposedTransaction[] = [];
  readonly rounds: Deferred<void>[] = [];
  readonly sizeOf?: (action: StoreAction) => number;
  readonly admit?: () => Promise<void> | undefined;
  readonly #options: Options;
  readonly #held: Held[] = [];
  #version: number;
  #accepted: number;

  constructor(options: Options = {}) {
    this.#options = options;
    this.#version = this.#accepted = options.version ?? 0;
    if (options.sizeOf) this.sizeOf = options.sizeOf;
    if (options.admit) this.admit = options.admit;
  }

  getVersion(): number {
    return this.#version;
  }

  /** Versions that wait for a majority. */
  get waiting(): number[] {
    return this.#held.map(({ transaction }) => transaction.version);
  }

  changesBetween(from: number, to: number): Promise<readonly Change[]> {
    return Promise.resolve((this.#options.changes ?? []).filter(({ version }) => version > from && version <= to));
  }

  confirmLeadership(): Promise<void> {
    const round = deferred<void>({ quiet: true });
    this.rounds.push(round);
    if (!this.#options.holdRounds) round.resolve();
    return round.promise;
  }

  proposeValue(transaction: ProposedTransaction, commit: () => void): Promise<void> {
    this.proposed.push(transaction);
    if (transaction.version !== this.#accepted + 1) {
      return Promise.reject(new StoreError('NOT_LEADER', `version ${transaction.version} is not the next one`));
    }
    this.#accepted++;
    const held = { transaction, commit, answer: deferred<void>({ quiet: true }) };
    this.#held.push(held);
    if (this.#options.commit === 'during') this.commit();
    return held.answer.promise;
  }

  /** Commits the oldest `count` proposals, in order. */
  commit(count = 1): void {
    for (let i = 0; i < count; i++) {
      const held = this.#held.shift();
      if (!held) throw new Error('nothing waits to be committed');
      this.#version = held.transaction.version;
      this.committed.push(held.transaction);
      held.commit();
      held.answer.resolve();
    }
  }

  /** Refuses the proposal at this place in the line, and all after it, in order. */
  refuse(error: unknown, at = 0): void {
    const refused = this.#held.splice(at);
    this.#accepted = this.#version + this.#held.length;
    for (const { answer } of refused) answer.reject(error);
  }

  /** Another leader's transaction came through the log: everything that waits is lost. */
  followed(version: number, error: unknown): void {
    const lost = this.#held.splice(0);
    this.#version = this.#accepted = version;
    for (const { answer } of lost) answer.reject(error);
  }
}

export const notLeader = () => new StoreError('NOT_LEADER', 'another member leads');
