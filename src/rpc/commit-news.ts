import type { AppendEntries, Message } from '../raft/index.js';

/** Appends without entries, which tell of a commit index and no more. */
const isNews = (message: Message): message is AppendEntries =>
  message.type === 'appendEntries' && message.entries.length === 0;

/**
 * Keeps back the news of a commit index for one peer: entries that follow soon carry it too, and then it needs no message,
 * and no answer, of its own. Raft allows for messages that are lost; these are not, they are said by others.
 */
export class CommitNews {
  #held: AppendEntries | undefined;

  /** True when there is news that is to be sent soon. */
  get waiting(): boolean {
    return this.#held !== undefined;
  }

  /** Returns what is to be sent now, in order. */
  take(batch: readonly Message[]): readonly Message[] {
    if (batch.length === 1 && batch[0] && isNews(batch[0])) {
      this.#held = batch[0];
      return [];
    }
    const held = this.release();
    return held && !batch.some((message) => tellsOf(message, held)) ? [held, ...batch] : batch;
  }

  /** Returns what was kept back, and lets go of it. */
  release(): AppendEntries | undefined {
    const held = this.#held;
    this.#held = undefined;
    return held;
  }
}

/** Tells whether a message has the same news, and more. */
function tellsOf(message: Message, { term, leaderCommit }: AppendEntries): boolean {
  return message.type === 'appendEntries' && message.term >= term && message.leaderCommit >= leaderCommit;
}
