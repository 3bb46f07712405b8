import { timerMaxMs } from '../base/clock.js';
import type { Event } from '../kinds/index.js';
import type { transactionsOf } from '../state/index.js';
import type { messages } from '../wire/index.js';
import { turns } from './turns.js';
import type { Step } from './watch-messages.js';

type WatchResponse = messages.WatchResponse;
export type Transactions = ReturnType<typeof transactionsOf>;

const bookmarkDefaultMs = 10_000;
/**
 * Bookmark intervals after which a bookmark is sent although nothing has happened: it shows a watcher that the member
 * is alive.
 */
const quietTimes = 5;

/** Milliseconds between bookmarks, as a request asks for them. */
export const bookmarkInterval = (wantedMs: number) => Math.min(wantedMs || bookmarkDefaultMs, timerMaxMs);

/** Transactions of a watch from one version on, and the place where their messages go. */
export interface FeedOptions {
  readonly lineage: string;
  /** Everything after this version is sent. */
  readonly from: number;
  readonly transactions: Transactions;
  /** First result, which has been read already. */
  readonly first: Awaited<ReturnType<Transactions['nextTransaction']>> | undefined;
  readonly bookmarkMs: number;
  /** Messages with what is wanted of a transaction. */
  readonly messagesOf: (transaction: readonly Event[]) => Iterable<Step>;
  /** Sends one message; waits when the reader is slow. */
  readonly say: (response: WatchResponse) => Promise<void>;
  /** Called before the messages of a transaction are made. */
  readonly begin?: (version: number) => void;
  /** Called when everything up to this version was sent, and nothing waits. */
  readonly rest?: (version: number) => void;
}

/** Sends each transaction whole; a bookmark when nothing of interest has happened for a while. */
export class WatchFeed {
  readonly #options: FeedOptions;
  /** Everything up to this version has been sent. */
  #seen: number;
  /** Version of which the reader knows that it has everything up to it. */
  #told: number;
  #quiet = 0;
  /** True while a bookmark waits for a reader that is slow: one, not one for each interval. */
  #marking = false;
  #saying: Promise<unknown> = Promise.resolve();

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#seen = this.#told = options.from;
  }

  /** Resolves when there are no more transactions. Rejects when they cannot go on without a gap. */
  async run(): Promise<void> {
    const { bookmarkMs, first, messagesOf, begin } = this.#options;
    const timer = setInterval(() => this.#mark(), bookmarkMs);
    try {
      for (let next = first ?? (await this.#following()); !next.done; next = await this.#following()) {
        // prettier-ignore
        const transaction = next.value;
        const { version } = transaction[0] as Event;
        begin?.(version);
        const said = await this.#inTurn(() => messagesOf(transaction));
        this.#seen = version;
        if (said === 0) continue;
        this.#told = version;
        this.#quiet = 0;
      }
    } finally {
      clearInterval(timer);
    }
  }

  #following(): ReturnType<Transactions['nextTransaction']> {
    const { transactions, rest } = this.#options;
    const next = transactions.nextTransaction();
    const version = transactions.upToDate;
    if (version !== undefined) rest?.(version);
    return next;
  }

  #mark(): void {
    if (this.#marking) return;
    const version = Math.max(this.#options.transactions.upToDate ?? 0, this.#seen);
    if (version <= this.#told && ++this.#quiet < quietTimes) return;
    this.#marking = true;
    this.#told = version;
    this.#quiet = 0;
    this.#inTurn(() => [{ lineage: this.#options.lineage, bookmark: { version } }]).then(
      () => (this.#marking = false),
      () => undefined,
    );
  }

  #inTurn(responses: () => Iterable<Step>): Promise<number> {
    const said = this.#saying.then(() => sayAll(responses, this.#options.say));
    this.#saying = said;
    return said;
  }
}

/** Makes one message after the other, and sends each. Resolves with how many there were. */
async function sayAll(
  responses: () => Iterable<Step>,
  say: (response: WatchResponse) => Promise<void>,
): Promise<number> {
  let said = 0;
  let steps: Iterator<Step> | undefined;
  const following = () => turns.do(() => (steps ??= responses()[Symbol.iterator]()).next());
  for (let next = await following(); next.done !== true; next = await following()) {
    if (!next.value) continue;
    await say(next.value);
    said++;
  }
  return said;
}
