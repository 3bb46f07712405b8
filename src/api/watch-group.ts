import type { messages } from '../wire/index.js';
import type { Wanted } from './selectors.js';
import { type FeedOptions, WatchFeed } from './watch-feed.js';
import type { WatchMessages } from './watch-messages.js';
import type { WatchesOutput } from './watches-output.js';

/** One watch of a stream of watches. */
export interface Member {
  readonly id: number;
  /** Everything up to this version was sent, or did not matter. */
  after: number;
  /** True while its reader is slow. */
  paused: boolean;
}

/** Watches of one stream that want the same, and their transactions. */
export interface GroupOptions extends Pick<FeedOptions, 'lineage' | 'from' | 'transactions' | 'first' | 'bookmarkMs'> {
  readonly wanted: Wanted;
  readonly made: WatchMessages;
  readonly output: WatchesOutput;
  /** Takes a watch that was paused out of the group. */
  readonly park: (member: Member) => void;
  /** Called when everything up to this version was sent. */
  readonly rest: (version: number) => void;
}

/**
 * Watches of one stream that want the same: each of their messages is made, sent and read once. A watch that comes from an
 * earlier version catches up in a group of its own, and joins the others when it has seen what they have.
 */
export class WatchGroup {
  readonly #options: GroupOptions;
  readonly #feed: WatchFeed;
  readonly #members = new Map<number, Member>();
  /** Those who get the messages of the transaction that is being sent. */
  #receivers: readonly number[] = [];
  #taken: number;
  #stopped = false;

  constructor(options: GroupOptions) {
    const { made, lineage, wanted, from } = options;
    this.#options = options;
    this.#taken = from;
    this.#feed = new WatchFeed({
      ...options,
      messagesOf: (transaction) => (this.#receivers.length > 0 ? made.of(lineage, wanted, transaction) : []),
      say: (response) => this.#say(response),
      begin: (version) => this.#begin(version),
    });
  }

  /** Version of the last transaction that was taken up; what is sent from now on is later. */
  get taken(): number {
    return this.#taken;
  }

  get lineage(): string {
    return this.#options.lineage;
  }

  get members(): readonly Member[] {
    return [...this.#members.values()];
  }

  /** True when it sends no more. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Adds a watch that has seen everything up to {@link taken}, or more. */
  add(member: Member): void {
    this.#members.set(member.id, member);
  }

  /** Lets a watch go; the last one ends the group. */
  remove({ id }: Member): void {
    this.#members.delete(id);
    if (this.#members.size === 0) this.stop();
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    void this.#options.transactions.return();
  }

  /** Resolves when it was stopped, or the store has closed. Rejects when the watches cannot go on without a gap. */
  async run(): Promise<void> {
    try {
      await this.#feed.run();
    } finally {
      this.stop();
    }
  }

  #begin(version: number): void {
    this.#taken = version;
    const receivers: number[] = [];
    for (const member of this.#members.values()) {
      if (member.after >= version) continue;
      if (member.paused) {
        member.after = version - 1;
        this.#options.park(member);
        continue;
      }
      member.after = version;
      receivers.push(member.id);
    }
    this.#receivers = receivers;
  }

  #say(response: messages.WatchResponse): Promise<void> {
    const { output } = this.#options;
    // A watch that has gone meanwhile is not sent the rest; one that has come has another beginning.
    const known = (id: number) => this.#members.has(id);
    const ids = response.bookmark
      ? this.members.filter(({ paused }) => !paused).map(({ id }) => id)
      : this.#receivers.filter(known);
    return ids.length === 0 ? Promise.resolve() : output.say(ids, response);
  }
}
