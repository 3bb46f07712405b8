import { type Clock, systemClock } from '../base/clock.js';
import type { MarkField, SlotFile } from './slots.js';

/**
 * Time from a write of the log to its mark, milliseconds: under load one mark is for many writes, and the disk does nothing
 * else while a write is out that someone waits for.
 */
const delayMs = 5;

/** Reach of a log: its last index, and the number of durable batches that were written to it. */
export interface Reach {
  readonly index: number;
  readonly batches: number;
}

/**
 * Mark of how far the log is known to reach, in a file beside it.
 *
 * LevelDB takes a damaged end of its log for an unfinished write and forgets it without a word. The mark remembers how
 * far the log reached, so that a shorter or an older one is noticed. It is written after the log and off the
 * acknowledging path: the batches of the last few milliseconds before a crash may be missing from it.
 */
export class LogMark {
  readonly #file: SlotFile<MarkField>;
  readonly #clock: Clock;
  #wanted: Reach;
  /** Ends the wait before the next mark. */
  #hurry: (() => void) | undefined;
  #writing: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(file: SlotFile<MarkField>, clock: Clock = systemClock) {
    this.#file = file;
    this.#clock = clock;
    this.#wanted = { index: file.value.index, batches: file.value.batches };
  }

  get index(): number {
    return this.#wanted.index;
  }

  get batches(): number {
    return this.#wanted.batches;
  }

  /** Takes note that the log reaches this far now. Throws when an earlier mark could not be written: nothing may go on then. */
  raise(index: number, batches: number = this.#wanted.batches): void {
    if (this.#failure) throw this.#failure.error;
    const next = { index: Math.max(index, this.#wanted.index), batches: Math.max(batches, this.#wanted.batches) };
    if (sameReach(next, this.#wanted)) return;
    this.#wanted = next;
    this.#writing ??= this.#catchUp();
    this.#writing.catch(() => undefined);
  }

  /** Lowers the mark before the log is cut, durably: a crash in between would look like damage. */
  async lower(index: number): Promise<void> {
    await this.settled();
    if (index >= this.#wanted.index) return;
    this.#wanted = { index, batches: this.#wanted.batches };
    await this.#file.writeDurably(this.#wanted);
  }

  /** Resolves when the file has the mark; at once, without the wait before it. */
  async settled(): Promise<void> {
    this.#hurry?.();
    await this.#writing;
    if (this.#failure) throw this.#failure.error;
  }

  async close(): Promise<void> {
    await this.settled().catch(() => undefined);
    await this.#file.close();
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const go = () => {
        this.#hurry = undefined;
        resolve();
      };
      const cancel = this.#clock.schedule(delayMs, go);
      this.#hurry = () => {
        cancel();
        go();
      };
    });
  }

  async #catchUp(): Promise<void> {
    try {
      await this.#pause();
      while (!sameReach(this.#wanted, this.#file.value)) await this.#file.write(this.#wanted);
    } catch (error) {
      this.#failure = { error };
      throw error;
    } finally {
      this.#writing = undefined;
    }
  }
}

const sameReach = (one: Reach, other: Reach) => one.index === other.index && one.batches === other.batches;
