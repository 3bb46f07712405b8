import { type CallName, EngineError, maybeDone } from './errors.js';
import { jsonObjects, SplitError } from './json-splitter.js';
import type { Progress } from './types.js';

/** The longest line of progress that is read, bytes. */
const lineBytesMax = 1024 * 1024;

/** Receives lines of progress. What it throws ends the call. */
export type ProgressHandler = (line: Progress) => void;

/**
 * Reads lines of progress to their end. The engine has sent its status by then, so a failure is a line, too.
 * @throws {EngineError} `SERVER_ERROR` with the engine's message.
 */
export async function followProgress(
  call: CallName,
  pieces: AsyncIterable<Buffer>,
  onProgress: ProgressHandler | undefined,
): Promise<Progress | undefined> {
  let last: Progress | undefined;
  for await (const line of linesOf(call, pieces)) {
    const failed = failureIn(line);
    if (failed !== undefined) {
      const message = `engine ${call.engine} failed at ${call.method} ${call.path}: ${failed}`;
      throw new EngineError('SERVER_ERROR', message, { engineMessage: failed });
    }
    onProgress?.(line);
    last = line;
  }
  return last;
}

async function* linesOf(call: CallName, pieces: AsyncIterable<Buffer>): AsyncGenerator<Progress, undefined> {
  try {
    yield* jsonObjects(pieces, lineBytesMax) as AsyncGenerator<Progress, undefined>;
  } catch (cause) {
    if (!(cause instanceof SplitError)) throw cause;
    const message = `engine ${call.engine} answered ${call.method} ${call.path}, but ${cause.reason}${maybeDone}`;
    throw new EngineError('BAD_ANSWER', message, { cause, outcomeUnknown: true });
  }
  return undefined;
}

function failureIn({ error, errorDetail }: Progress): string | undefined {
  const { message } = (errorDetail ?? {}) as { message?: unknown };
  if (typeof message === 'string' && message !== '') return message;
  if (typeof error === 'string' && error !== '') return error;
  return errorDetail || error ? 'no reason given' : undefined;
}
