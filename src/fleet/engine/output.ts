import { SplitError } from './json-splitter.js';

/** A piece of what a container wrote. */
export interface OutputFrame {
  /** Stream that the data belongs to. */
  readonly stream: 'stdin' | 'stdout' | 'stderr';
  /** Data of one frame, or of a part of it. */
  readonly data: Buffer;
}

const streams = ['stdin', 'stdout', 'stderr'] as const;
const headerBytes = 8;

/** The longest frame that is taken for one: an engine's are far shorter. */
const frameBytesMax = 16 * 1024 * 1024;

/**
 * Takes apart the output of a container without a terminal: frames of 8 bytes (stream, three zeros, length) and data. What a
 * container with a terminal writes (`Config.Tty`) has no frames: read it as it is. Data comes as it arrives, so one frame may
 * be several pieces.
 *
 * @param head Bytes that precede those of `input`: the `head` of an upgraded connection.
 * @throws {SplitError} for what has no frames, and for an end within one.
 */
export async function* demultiplex(
  input: AsyncIterable<Buffer>,
  head: Buffer = Buffer.alloc(0),
): AsyncGenerator<OutputFrame, undefined> {
  const frames = new Frames();
  yield* frames.push(head);
  for await (const chunk of input) yield* frames.push(chunk);
  if (!frames.between) throw new SplitError('the output of the container ended within a frame');
  return undefined;
}

class Frames {
  #header = Buffer.alloc(0);
  #left = 0;
  #stream: OutputFrame['stream'] = 'stdout';

  get between(): boolean {
    return this.#left === 0 && this.#header.length === 0;
  }

  *push(chunk: Buffer): Generator<OutputFrame, undefined> {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#left > 0) {
        const data = rest.subarray(0, this.#left);
        this.#left -= data.length;
        rest = rest.subarray(data.length);
        yield { stream: this.#stream, data };
      } else {
        const missing = headerBytes - this.#header.length;
        this.#header = Buffer.concat([this.#header, rest.subarray(0, missing)]);
        rest = rest.subarray(missing);
        if (this.#header.length === headerBytes) this.#begin();
      }
    }
    return undefined;
  }

  #begin(): void {
    const stream = streams[this.#header[0] ?? 0xff];
    const length = this.#header.readUInt32BE(4);
    if (!stream || this.#header.readUIntBE(1, 3) !== 0 || length > frameBytesMax) {
      throw new SplitError('the output of the container has no frames; a container with a terminal is read as it is');
    }
    this.#stream = stream;
    this.#left = length;
    this.#header = Buffer.alloc(0);
  }
}
