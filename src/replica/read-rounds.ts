import { type Deferred, deferred } from '../base/deferred.js';
import { StoreError } from '../base/store-error.js';

/** Bytes of a context: the tag and the number of a round. */
const contextBytes = 1 + 8;

interface Round {
  /** Callers that wait for it. */
  readonly answers: readonly Deferred<number>[];
  /** Ticks since it was asked. */
  age: number;
}

/**
 * Asks raft for indexes that linearizable reads must wait for. All reads before a round begins share it;
 * a round whose question was lost is asked again.
 */
export class ReadRounds {
  #next: Deferred<number> | undefined;
  readonly #asked = new Map<number, Round>();
  readonly #tag: number;
  #counter: number;

  /**
   * @param tag First byte of every context: tells these rounds from others that ask the same raft node.
   * @param start Random: an answer that was meant for this member before it was restarted must fit no current round.
   */
  constructor(tag: number, start: number) {
    this.#tag = tag;
    this.#counter = start;
  }

  /** Resolves with an index, by a round that begins after this call. */
  ask(): Promise<number> {
    this.#next ??= deferred<number>({ quiet: true });
    return this.#next.promise;
  }

  /** Begins the round that waits, if one does. Returns the context to ask raft with. */
  begin(): Uint8Array | undefined {
    const answer = this.#next;
    if (!answer) return undefined;
    this.#next = undefined;
    return this.#put({ answers: [answer], age: 0 });
  }

  /** Takes an answer of raft; one to another round is ignored. */
  answer(context: Uint8Array, index: number): void {
    const key = this.#keyOf(context);
    if (key === undefined) return;
    const round = this.#asked.get(key);
    this.#asked.delete(key);
    for (const waiting of round?.answers ?? []) waiting.resolve(index);
  }

  /**
   * Counts a tick. Returns a context to ask again with when rounds are older than `ticksMax`: raft drops a question in
   * silence without a leader. They become one round: what answers the newest answers all.
   */
  again(ticksMax: number): Uint8Array | undefined {
    const late = [...this.#asked].filter(([, round]) => ++round.age >= ticksMax);
    if (late.length === 0) return undefined;
    for (const [key] of late) this.#asked.delete(key);
    return this.#put({ answers: late.flatMap(([, { answers }]) => answers), age: 0 });
  }

  /** Rejects all waiting reads. */
  failAll(why: string): void {
    const waiting = [...this.#asked.values()].flatMap(({ answers }) => answers);
    if (this.#next) waiting.push(this.#next);
    this.#asked.clear();
    this.#next = undefined;
    for (const answer of waiting) answer.reject(new StoreError('NOT_LEADER', why));
  }

  #put(round: Round): Uint8Array {
    const key = ++this.#counter;
    this.#asked.set(key, round);
    const context = new Uint8Array(contextBytes);
    context[0] = this.#tag;
    new DataView(context.buffer).setBigUint64(1, BigInt(key));
    return context;
  }

  /** Returns the number of the round that the context is of; `undefined` when it is of others. */
  #keyOf(context: Uint8Array): number | undefined {
    if (context.length !== contextBytes || context[0] !== this.#tag) return undefined;
    return Number(new DataView(context.buffer, context.byteOffset).getBigUint64(1));
  }
}
