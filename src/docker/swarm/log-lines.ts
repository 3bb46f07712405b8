import { EngineError } from '../../fleet/index.js';
import type { Task } from '../../kinds/index.js';

const headBytes = 8;
/** Longest frame that is believed: engines cut lines at 16 KiB. */
const frameBytesMax = 16 * 1024 * 1024;

/** One piece of output: a line, as engines send it. */
export interface LogFrame {
  /** 1 for output, 2 for errors. */
  readonly stream: number;
  readonly data: Buffer;
}

/** Cuts a stream of bytes into frames: 8 bytes of head, then the output. */
export class FrameCutter {
  #waiting: Buffer = Buffer.alloc(0);

  /** Returns the frames that are whole with these bytes. @throws {EngineError} `BAD_ANSWER` when the bytes are no frames. */
  add(bytes: Buffer): LogFrame[] {
    this.#waiting = this.#waiting.length === 0 ? bytes : Buffer.concat([this.#waiting, bytes]);
    const frames: LogFrame[] = [];
    let at = 0;
    while (this.#waiting.length - at >= headBytes) {
      const length = this.#waiting.readUInt32BE(at + 4);
      if (length > frameBytesMax)
        throw new EngineError('BAD_ANSWER', `a frame of ${length} bytes: the output is not framed`);
      if (this.#waiting.length - at - headBytes < length) break;
      const start = at + headBytes;
      frames.push({ stream: this.#waiting[at] ?? 1, data: this.#waiting.subarray(start, start + length) });
      at = start + length;
    }
    this.#waiting = this.#waiting.subarray(at);
    return frames;
  }
}

/** Writes a frame as engines do. */
export function frameOf({ stream, data }: LogFrame): Buffer {
  const head = Buffer.alloc(headBytes);
  head[0] = stream;
  head.writeUInt32BE(data.length, 4);
  return Buffer.concat([head, data]);
}

/** Facts about a task before each of its lines, as `docker service logs` reads them: after the time, if there is one. */
export function withDetails(data: Buffer, task: Task, timestamps: boolean): Buffer {
  const details =
    `com.docker.swarm.node.id=${task.nodeId ?? ''},` +
    `com.docker.swarm.service.id=${task.serviceId ?? ''},` +
    `com.docker.swarm.task.id=${task.id} `;
  const space = timestamps ? data.indexOf(0x20) : -1;
  return Buffer.concat([data.subarray(0, space + 1), Buffer.from(details), data.subarray(space + 1)]);
}
