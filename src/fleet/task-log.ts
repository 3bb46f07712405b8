import { Readable } from 'node:stream';
import { StoreError } from '../base/store-error.js';
import { type Task, taskStateOrder } from '../kinds/index.js';
import type { EngineAccess } from './access.js';
import { taskLabel } from './driver/labels.js';
import type { CallOptions } from './engine/calls.js';
import type { DockerClient } from './engine/docker-client.js';

/** Part of a task's output. */
export interface TaskLogOptions {
  /** True: goes on with what comes, until the container ends or the signal aborts. */
  readonly follow?: boolean;
  /** Default true. */
  readonly stdout?: boolean;
  /** Default true. */
  readonly stderr?: boolean;
  /** True puts the time of each line before it. */
  readonly timestamps?: boolean;
  /** The last so many lines; default `all`. */
  readonly tail?: string | number;
  /** Seconds since the epoch, with a fraction; `''` is the beginning. */
  readonly since?: string;
  /** Seconds since the epoch, with a fraction; `''` is no end. */
  readonly until?: string;
}

/** Tells whether a task has, or had, a container that writes. */
export function hasOutput({ nodeId, status }: Task): boolean {
  if (nodeId === undefined || status.state === 'rejected') return false;
  return status.container !== undefined || taskStateOrder(status.state) >= taskStateOrder('running');
}

/**
 * Finds the container of a task on its engine: by the id that the task says, else by its label.
 * @throws {StoreError} `NOT_FOUND`
 */
export async function containerOf(client: DockerClient, task: Task, options: CallOptions = {}): Promise<string> {
  const known = task.status.container?.containerId ?? '';
  if (known !== '') return known;
  const filters = { label: [`${taskLabel}=${task.id}`] };
  const [found] = await client.listContainers({ all: true, filters, ...options });
  if (found) return found.Id;
  throw new StoreError('NOT_FOUND', `task ${task.id} has no container on engine ${client.engine}; see skep explain`);
}

/**
 * Returns a function that opens the output of a task: frames of 8 bytes and output, as engines send them. The output of a
 * terminal gets frames too, one a line. Destroy the stream when it is not read to its end.
 */
export function taskLogs(access: EngineAccess) {
  return async (task: Task, options: TaskLogOptions, signal?: AbortSignal): Promise<Readable> => {
    if (task.nodeId === undefined)
      throw new StoreError('NOT_FOUND', `task ${task.id} is on no node yet; see skep explain`);
    const client = await access.open(task.nodeId, signal);
    try {
      const stream = await openLog(client, task, options, signal);
      stream.once('close', () => client.close());
      return stream;
    } catch (error) {
      client.close();
      throw error;
    }
  };
}

async function openLog(
  client: DockerClient,
  task: Task,
  { tail = 'all', since = '', until = '', ...rest }: TaskLogOptions,
  signal: AbortSignal | undefined,
): Promise<Readable> {
  const container = await containerOf(client, task, { signal });
  const times = { ...(since !== '' && { since }), ...(until !== '' && { until }) };
  const count = tail === 'all' ? tail : Number(tail);
  const stream = await client.containerLogs(container, { ...rest, ...times, tail: count, signal });
  return task.spec.container?.tty ? Readable.from(framed(stream), { objectMode: false }) : stream;
}

const stdoutNumber = 1;
const headBytes = 8;
const newline = 0x0a;

/** Puts each line of a terminal into a frame. */
async function* framed(stream: Readable): AsyncGenerator<Buffer, void> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let at = rest.indexOf(newline); at !== -1; at = rest.indexOf(newline)) {
      yield frameOf(rest.subarray(0, at + 1));
      rest = rest.subarray(at + 1);
    }
  }
  if (rest.length > 0) yield frameOf(rest);
}

function frameOf(data: Buffer): Buffer {
  const head = Buffer.alloc(headBytes);
  head[0] = stdoutNumber;
  head.writeUInt32BE(data.length, 4);
  return Buffer.concat([head, data]);
}
