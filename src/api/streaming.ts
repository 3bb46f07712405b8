import type { handleServerStreamingCall, ServerWritableStream } from '@grpc/grpc-js';
import { toStatus } from '../rpc/index.js';

/** Output of a method that streams. */
export interface Answers<Res> {
  /** Writes one message, and waits when the reader is slow. Returns at once when the reader has gone. */
  readonly say: (response: Res) => Promise<void>;
  /** Aborts when the reader has gone. */
  readonly signal: AbortSignal;
}

/** Makes a method that answers with a stream. It ends when `serve` does, with its error if there is one. */
export function streaming<Req, Res>(
  serve: (call: ServerWritableStream<Req, Res>, answers: Answers<Res>) => Promise<void>,
): handleServerStreamingCall<Req, Res> {
  return (call) => {
    const stop = new AbortController();
    const { signal } = stop;
    call.on('cancelled', () => stop.abort());
    call.on('close', () => stop.abort());
    serve(call, { say: (response) => writeSlowly(call, response, signal), signal }).then(
      () => call.end(),
      (error: unknown) => call.emit('error', toStatus(error)),
    );
  };
}

async function writeSlowly<Res>(
  call: ServerWritableStream<never, Res> | ServerWritableStream<unknown, Res>,
  response: Res,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted || call.write(response)) return;
  await new Promise<void>((resolve) => {
    const go = () => {
      call.removeListener('drain', go);
      signal.removeEventListener('abort', go);
      resolve();
    };
    call.once('drain', go);
    signal.addEventListener('abort', go, { once: true });
  });
}
