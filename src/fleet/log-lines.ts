import { type Clock, systemClock } from '../base/clock.js';
import { isStoreError } from '../base/store-error.js';
import { pause } from '../base/waiting.js';
import type { Task } from '../kinds/index.js';
import type { EngineAccess } from './access.js';
import { isEngineError } from './engine/errors.js';
import { demultiplex } from './engine/output.js';
import { type TaskLogOptions, taskLogs } from './task-log.js';

/** A line that a task wrote. */
export interface TaskLine {
  /** Stream to which the task wrote it. */
  readonly stream: 'stdout' | 'stderr';
  /** Time at which the engine received it, RFC 3339 with nine decimals: times of one engine can be compared as text. */
  readonly time: string;
  /** Line without its end. */
  readonly text: string;
}

/** Options of {@link taskLines}. */
export interface TaskLinesOptions extends Pick<TaskLogOptions, 'follow' | 'tail' | 'since'> {
  /** Ends the reading quietly. */
  readonly signal: AbortSignal;
  /** Called when a followed stream broke and is opened again. */
  readonly onBreak?: (error: unknown) => void;
  /** Default: the clock of the system. */
  readonly clock?: Clock;
}

/** Waits before a broken stream is opened again, milliseconds. */
const againMs = 500;
const againMaxMs = 10_000;

/**
 * Reads the output of a task line by line. With `follow` a stream that breaks is opened again after its last line, until
 * the container ends.
 * @throws {StoreError | EngineError} when the output cannot be read; with `follow` only when trying again is no use.
 */
export async function* taskLines(
  access: EngineAccess,
  task: Task,
  { follow = false, tail = 'all', since = '', signal, onBreak, clock = systemClock }: TaskLinesOptions,
): AsyncGenerator<TaskLine, void> {
  const open = taskLogs(access);
  let last = '';
  for (let waitMs = againMs; ; waitMs = Math.min(waitMs * 2, againMaxMs)) {
    try {
      const from = last === '' ? { since, tail } : { since: secondsOf(last), tail: 'all' };
      const stream = await open(task, { ...from, follow, timestamps: true }, signal);
      const before = last;
      try {
        for await (const line of linesOf(stream as AsyncIterable<Buffer>)) {
          if (line.time <= before) continue;
          last = line.time;
          waitMs = againMs;
          yield line;
        }
        return;
      } finally {
        stream.destroy();
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!follow || !isPassing(error)) throw error;
      onBreak?.(error);
      await pause(clock, waitMs, signal);
      if (signal.aborted) return;
    }
  }
}

/** Takes lines with times out of frames. An end without a new line is a line too. */
export async function* linesOf(input: AsyncIterable<Buffer>): AsyncGenerator<TaskLine, void> {
  const rests = { stdin: '', stdout: '', stderr: '' };
  const decoders = { stdin: new TextDecoder(), stdout: new TextDecoder(), stderr: new TextDecoder() };
  for await (const { stream, data } of demultiplex(input)) {
    const lines = (rests[stream] + decoders[stream].decode(data, { stream: true })).split('\n');
    rests[stream] = lines.pop() ?? '';
    for (const line of lines) yield lineOf(stream, line);
  }
  for (const stream of ['stdout', 'stderr'] as const) if (rests[stream] !== '') yield lineOf(stream, rests[stream]);
}

function lineOf(stream: 'stdin' | 'stdout' | 'stderr', whole: string): TaskLine {
  const at = whole.indexOf(' ');
  const time = inNanoseconds(at === -1 ? whole : whole.slice(0, at));
  const text = at === -1 ? '' : whole.slice(at + 1);
  return { stream: stream === 'stderr' ? 'stderr' : 'stdout', time, text: text.replace(/\r$/, '') };
}

/** Returns a time with nine decimals. */
function inNanoseconds(time: string): string {
  const [, seconds, fraction = '', zone] = /^([\d\-T:]+)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(time) ?? [];
  return seconds === undefined ? time : `${seconds}.${fraction.padEnd(9, '0')}${zone}`;
}

/** Returns a time as an engine takes it: seconds since the epoch, with nine decimals. */
export function secondsOf(time: string): string {
  const [, fraction = ''] = /\.(\d+)/.exec(time) ?? [];
  return `${Math.floor(Date.parse(time) / 1_000)}.${fraction.padEnd(9, '0')}`;
}

/** The way to the engine is broken, or the engine is: another try may succeed. */
function isPassing(error: unknown): boolean {
  if (isStoreError(error)) return !isStoreError(error, 'NOT_FOUND') && !isStoreError(error, 'INVALID_OBJECT');
  return !isEngineError(error) || ['UNREACHABLE', 'TIMEOUT', 'SERVER_ERROR'].includes(error.code);
}
