import { type Clock, Slicer } from '../base/clock.js';
import { DamageError } from '../base/damage.js';
import { messageOf } from '../base/errors.js';
import { StoreError } from '../base/store-error.js';
import type { Snapshot } from '../raft/index.js';
import { controlOf, type MemoryStore, type PreparedSnapshot } from '../state/index.js';
import { type ClusterSnapshot, DecodeError, encodeSnapshot, SnapshotDecoder } from '../wire/index.js';
import type { Disk } from './ports.js';

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

/** Snapshot that is read and ready to be swapped in. */
export interface LoadedSnapshot {
  readonly cluster: ClusterSnapshot;
  readonly prepared: PreparedSnapshot;
}

/** Reads a snapshot from our own disk. Throws {@link DamageError} when its content is not what was written. */
export async function loadSnapshot(
  disk: Disk,
  snapshot: Snapshot,
  store: MemoryStore,
  clock: Clock,
): Promise<LoadedSnapshot> {
  try {
    const cluster = await decodeInSlices(disk.readSnapshot(snapshot), clock);
    return { cluster, prepared: await controlOf(store).prepare(cluster.store) };
  } catch (cause) {
    if (!(cause instanceof DecodeError || cause instanceof StoreError)) throw cause;
    const { index } = snapshot.metadata;
    throw new DamageError(`the snapshot of entry ${index} does not hold what it should (${messageOf(cause)})`, {
      cause,
    });
  }
}
