import { SlotFile } from './slots.js';

/**
 * The highest index that is known to be durable, in a file of its own.
 *
 * LevelDB takes a damaged end of its log for an unfinished write and forgets it without a word. The mark remembers how
 * far the log reached, so that a shorter one is noticed. It is written after the log and off the acknowledging path: the
 * last batch before a crash may be missing from it.
 */
export class LogMark {
  readonly #file: SlotFile;
  #wanted: number;
  #writing: Promise<void> | undefined;

  constructor(file: SlotFile) {
    this.#file = file;
    this.#wanted = file.value.a;
  }

  get index(): number {
    return this.#wanted;
  }

  /** The log reaches this far now. Rejections are reported by the next {@link settled}. */
  raise(index: number): void {
    if (index <= this.#wanted) return;
    this.#wanted = index;
    this.#writing ??= this.#catchUp();
    this.#writing.catch(() => undefined);
  }

  /** The log is about to be cut: durable before it happens, or a crash in between would look like damage. */
  async lower(index: number): Promise<void> {
    await this.settled();
    if (index >= this.#wanted) return;
    this.#wanted = index;
    await this.#file.writeDurably(index, 0);
  }

  async settled(): Promise<void> {
    await this.#writing;
  }

  async close(): Promise<void> {
    await this.settled().catch(() => undefined);
    await this.#file.close();
  }

  async #catchUp(): Promise<void> {
    while (this.#file.value.a < this.#wanted) await this.#file.write(this.#wanted, 0);
    this.#writing = undefined;
  }
}
