import { SlotFile } from './slots.js';

/** How far a log reached: its last index, and how many durable batches were written to it. */
export interface Reach {
  readonly index: number;
  readonly batches: number;
}

/**
 * How far the log is known to reach, in a file of its own.
 *
 * LevelDB takes a damaged end of its log for an unfinished write and forgets it without a word. The mark remembers how
 * far the log reached, so that a shorter or an older one is noticed. It is written after the log and off the
 * acknowledging path: the last batch before a crash may be missing from it.
 */
export class LogMark {
  readonly #file: SlotFile;
  #wanted: Reach;
  #writing: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(file: SlotFile) {
    this.#file = file;
    this.#wanted = { index: file.value.a, batches: file.value.b };
  }

  get index(): number {
    return this.#wanted.index;
  }

  get batches(): number {
    return this.#wanted.batches;
  }

  /** The log reaches this far now. Throws when an earlier mark could not be written: nothing may go on then. */
  raise(index: number, batches: number = this.#wanted.batches): void {
    if (this.#failure) throw this.#failure.error;
    const next = { index: Math.max(index, this.#wanted.index), batches: Math.max(batches, this.#wanted.batches) };
    if (next.index === this.#wanted.index && next.batches === this.#wanted.batches) return;
    this.#wanted = next;
    this.#writing ??= this.#catchUp();
    this.#writing.catch(() => undefined);
  }

  /** The log is about to be cut: durable before it happens, or a crash in between would look like damage. */
  async lower(index: number): Promise<void> {
    await this.settled();
    if (index >= this.#wanted.index) return;
    this.#wanted = { index, batches: this.#wanted.batches };
    await this.#file.writeDurably(index, this.#wanted.batches);
  }

  async settled(): Promise<void> {
    await this.#writing;
    if (this.#failure) throw this.#failure.error;
  }

  async close(): Promise<void> {
    await this.settled().catch(() => undefined);
    await this.#file.close();
  }

  async #catchUp(): Promise<void> {
    try {
      for (
        let next = this.#wanted;
        next.index !== this.#file.value.a || next.batches !== this.#file.value.b;
        next = this.#wanted
      ) {
        await this.#file.write(next.index, next.batches);
      }
    } catch (error) {
      this.#failure = { error };
      throw error;
    } finally {
      this.#writing = undefined;
    }
  }
}
