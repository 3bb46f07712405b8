import { crc32 } from 'node:zlib';
import { bytesEqual } from '../base/plain.js';
import {
  type Entry,
  type HardState,
  NONE,
  simpleConfState,
  type Snapshot,
  type SnapshotMetadata,
} from '../raft/index.js';
import type { Disk, DiskWrite, StagedSnapshot, StoredState } from '../replica/ports.js';
import { arrivedDamaged, decodeDescriptor, encodeDescriptor, notStaged, snapshotGone } from './snapshot-file.js';

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(chunks);
}

/** A disk that forgets everything when the process ends. For replicas without a data directory, and for tests. */
export class MemoryDisk implements Disk {
  #hardState: HardState = { term: 0, vote: NONE, commit: 0 };
  #snapshot: Snapshot = { metadata: { index: 0, term: 0, confState: simpleConfState([]) }, data: new Uint8Array(0) };
  #content: Uint8Array = new Uint8Array(0);
  #staged: {
    readonly snapshot: Snapshot;
    readonly content: Uint8Array;
    readonly parts: readonly Uint8Array[];
  }[] = [];
  #before = { index: 0, term: 0 };
  #entries: Entry[] = [];

  load(): Promise<StoredState> {
    const { index, term } = this.#snapshot.metadata;
    if (index > this.#before.index + this.#entries.length) {
      this.#before = { index, term };
      this.#entries = [];
    }
    return Promise.resolve({
      hardState: this.#hardState,
      snapshot: this.#snapshot,
      before: this.#before,
      entries: this.#entries.slice(),
    });
  }

  write({ entries, hardState }: DiskWrite): Promise<void> {
    const first = entries[0];
    if (first) this.#entries = [...this.#entries.slice(0, first.index - this.#before.index - 1), ...entries];
    if (hardState) this.#hardState = hardState;
    return Promise.resolve();
  }

  async createSnapshot(metadata: SnapshotMetadata, chunks: AsyncIterable<Uint8Array>): Promise<Snapshot> {
    const parts: Uint8Array[] = [];
    for await (const chunk of chunks) parts.push(chunk);
    this.#content = joined(parts);
    this.#snapshot = {
      metadata,
      data: encodeDescriptor({ size: this.#content.length, checksum: crc32(this.#content) }),
    };
    return this.#snapshot;
  }

  stageSnapshot(snapshot: Snapshot): Promise<StagedSnapshot> {
    const parts: Uint8Array[] = [];
    return Promise.resolve({
      size: decodeDescriptor(snapshot.data).size,
      write: (chunk) => {
        parts.push(Uint8Array.from(chunk)); // `slice` of a Buffer is no copy
        return Promise.resolve();
      },
      finish: () => {
        const content = joined(parts);
        const { size, checksum } = decodeDescriptor(snapshot.data);
        if (content.length !== size || crc32(content) !== checksum)
          return Promise.reject(arrivedDamaged('its content is not what its descriptor says'));
        this.#staged.push({ snapshot, content, parts });
        return Promise.resolve();
      },
      discard: () => {
        this.#staged = this.#staged.filter((staged) => staged.parts !== parts);
        return Promise.resolve();
      },
    });
  }

  installSnapshot(snapshot: Snapshot, hardState: HardState): Promise<void> {
    const staged = this.#staged.find((one) => bytesEqual(one.snapshot.data, snapshot.data));
    if (!staged) return Promise.reject(notStaged(snapshot.metadata));
    const { index, term } = snapshot.metadata;
    this.#content = staged.content;
    this.#staged = this.#staged.filter((other) => other.snapshot.metadata.index > index);
    this.#snapshot = snapshot;
    this.#hardState = { ...hardState, commit: Math.max(hardState.commit, index) };
    this.#before = { index, term };
    this.#entries = [];
    return Promise.resolve();
  }

  async *readSnapshot({ metadata }: Snapshot): AsyncGenerator<Uint8Array, void> {
    const content = this.#content;
    await Promise.resolve();
    if (metadata.index !== this.#snapshot.metadata.index) throw snapshotGone(metadata);
    for (let at = 0; at < content.length; at += 65_536) yield content.subarray(at, at + 65_536);
  }

  compact(index: number): Promise<void> {
    const count = index - this.#before.index;
    const last = this.#entries[count - 1];
    if (!last) return Promise.resolve();
    this.#entries.splice(0, count);
    this.#before = { index: last.index, term: last.term };
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
