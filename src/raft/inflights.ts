import type { LogIndex } from './types.js';

/** The appends on their way to one peer: a window that acks open again, in order. */
export class Inflights {
  readonly #messagesMax: number;
  readonly #bytesMax: number;
  #queue: { readonly index: LogIndex; readonly bytes: number }[] = [];
  #bytes = 0;

  /** `bytesMax` 0 is no limit. */
  constructor(messagesMax: number, bytesMax: number) {
    this.#messagesMax = messagesMax;
    this.#bytesMax = bytesMax;
  }

  get count(): number {
    return this.#queue.length;
  }

  /** The bytes may go over the limit once: a message is never split to fit. */
  get full(): boolean {
    return this.#queue.length >= this.#messagesMax || (this.#bytesMax > 0 && this.#bytes >= this.#bytesMax);
  }

  /** An append whose last entry has `index` left. */
  add(index: LogIndex, bytes: number): void {
    this.#queue.push({ index, bytes });
    this.#bytes += bytes;
  }

  /** Frees everything up to `index`, which has arrived. */
  freeUpTo(index: LogIndex): void {
    let done = 0;
    for (const { index: last, bytes } of this.#queue) {
      if (last > index) break;
      this.#bytes -= bytes;
      done++;
    }
    if (done > 0) this.#queue.splice(0, done);
  }

  reset(): void {
    this.#queue = [];
    this.#bytes = 0;
  }
}
