/** Bytes of a ring for messages. */
const size = 1 << 20;
const [written, taken] = [0, 1];

/** Messages from one thread to another through shared memory: one writes, the other reads. */
export class Ring {
  readonly memory: SharedArrayBuffer;
  /** Counts of the bytes that were written and taken so far. */
  readonly #counts: Int32Array;
  readonly #bytes: Buffer;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(8 + size)) {
    this.memory = memory;
    this.#counts = new Int32Array(memory, 0, 2);
    this.#bytes = Buffer.from(memory, 8, size);
  }

  /** Writes a message, and wakes the reader. False when there is no room. */
  write(message: Uint8Array): boolean {
    const end = Atomics.load(this.#counts, written);
    if (end - Atomics.load(this.#counts, taken) + 4 + message.length > size) return false;
    this.#put(end, Uint8Array.of(message.length & 255, message.length >> 8, 0, 0));
    this.#put(end + 4, message);
    Atomics.store(this.#counts, written, end + 4 + message.length);
    Atomics.notify(this.#counts, written);
    return true;
  }

  /** Gives every message to `take` as it comes. Never ends: the thread that reads does. */
  async read(take: (message: Buffer) => void): Promise<never> {
    for (;;) {
      const begin = Atomics.load(this.#counts, taken);
      const waiting = Atomics.waitAsync(this.#counts, written, begin);
      if (waiting.async) await waiting.value;
      const end = Atomics.load(this.#counts, written);
      for (let at = begin; at < end;) {
        const head = this.#get(at, 4);
        const length = head.readUInt16LE(0);
        take(this.#get(at + 4, length));
        at += 4 + length;
        Atomics.store(this.#counts, taken, at);
      }
    }
  }

  #put(at: number, bytes: Uint8Array): void {
    const from = at % size;
    const first = Math.min(bytes.length, size - from);
    this.#bytes.set(bytes.subarray(0, first), from);
    if (first < bytes.length) this.#bytes.set(bytes.subarray(first), 0);
  }

  #get(at: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    for (let i = 0; i < length; i++) bytes[i] = this.#bytes[(at + i) % size] as number;
    return bytes;
  }
}
