import { Slicer, type Clock } from '../base/clock.js';
import { encodeSnapshot, SnapshotDecoder, type ClusterSnapshot } from '../wire/index.js';

/** Encodes a snapshot piece by piece, giving the event loop back in between. */
export async function* encodeInSlices(snapshot: ClusterSnapshot, clock: Clock): AsyncGenerator<Uint8Array, void> {
  const slicer = new Slicer(clock);
  for (const chunk of encodeSnapshot(snapshot, () => slicer.due)) {
    yield chunk;
    if (slicer.due) await slicer.pause();
  }
}

/**
 * Decodes a snapshot as it comes, giving the event loop back in between; `also` takes each chunk first. Throws
 * `DecodeError`.
 */
export async function decodeInSlices(
  chunks: AsyncIterable<Uint8Array>,
  clock: Clock,
  also?: (chunk: Uint8Array) => Promise<void>,
): Promise<ClusterSnapshot> {
  const slicer = new Slicer(clock);
  const decoder = new SnapshotDecoder();
  for await (const chunk of chunks) {
    await also?.(chunk);
    for (const _record of decoder.records(chunk)) if (slicer.due) await slicer.pause();
  }
  return decoder.finish();
}
