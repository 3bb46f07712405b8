import type { ServerWritableStream } from '@grpc/grpc-js';

/** Writes one message, and waits when the reader is slow. Returns at once when `signal` is aborted. */
export async function writeSlowly<Res>(
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
