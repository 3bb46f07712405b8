import { EngineError } from './errors.js';

const quote = 0x22;
const backslash = 0x5c;
const open = new Set([0x7b, 0x5b]); // { [
const close = new Set([0x7d, 0x5d]); // } ]
const blank = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** An input that holds no JSON objects one after the other, or one that is too long. Nothing after it can be read. */
export class SplitError extends EngineError {
  /** The message without its code. */
  readonly reason: string;

  constructor(reason: string, options?: ErrorOptions) {
    super('BAD_ANSWER', reason, options);
    this.reason = reason;
  }
}

/**
 * Cuts a stream of JSON objects into one text for each, with or without newlines between them, however the stream is cut
 * into chunks. It looks at bytes: those that matter are ASCII, and no character of UTF-8 has such a byte within it.
 */
export class JsonSplitter {
  readonly #bytesMax: number;
  #parts: Buffer[] = [];
  #bytes = 0;
  #depth = 0;
  #inText = false;
  #escaped = false;

  /** @param bytesMax The longest object, bytes. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** True when the stream may end here. */
  get between(): boolean {
    return this.#depth === 0;
  }

  /** Objects that are complete with this chunk. @throws {SplitError} */
  *push(chunk: Buffer): Generator<string, undefined> {
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (this.#depth === 0) {
        if (blank.has(byte)) continue;
        if (byte !== 0x7b) throw new SplitError(`a JSON object must begin with {, begins with byte ${byte}`);
        from = at;
        this.#depth = 1;
      } else if (this.#ends(byte)) {
        yield this.#take(chunk.subarray(from, at + 1));
      }
    }
    if (this.#depth > 0) this.#keep(chunk.subarray(from));
    return undefined;
  }

  /** Is this the last byte of the object? */
  #ends(byte: number): boolean {
    if (this.#inText) {
      if (this.#escaped) this.#escaped = false;
      else if (byte === backslash) this.#escaped = true;
      else if (byte === quote) this.#inText = false;
    } else if (byte === quote) this.#inText = true;
    else if (open.has(byte)) this.#depth++;
    else if (close.has(byte)) this.#depth--;
    return this.#depth === 0;
  }

  #take(last: Buffer): string {
    this.#keep(last);
    const text = Buffer.concat(this.#parts).toString();
    this.#parts = [];
    this.#bytes = 0;
    return text;
  }

  #keep(part: Buffer): void {
    this.#bytes += part.length;
    if (this.#bytes > this.#bytesMax) throw new SplitError(`a JSON object is longer than ${this.#bytesMax} bytes`);
    this.#parts.push(part);
  }
}

/** Objects of a stream, parsed. @throws {SplitError} also when the stream ends within one. */
export async function* jsonObjects(
  pieces: AsyncIterable<Buffer>,
  bytesMax: number,
): AsyncGenerator<unknown, undefined> {
  const splitter = new JsonSplitter(bytesMax);
  for await (const piece of pieces) for (const text of splitter.push(piece)) yield parse(text);
  if (!splitter.between) throw new SplitError('the stream ended within a JSON object');
  return undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new SplitError('the stream holds what is not JSON', { cause });
  }
}
