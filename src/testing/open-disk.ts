import { crc32 } from 'node:zlib';
import { assert } from '../base/assert.js';
import { DamageError } from '../base/damage.js';
import { bytesEqual } from '../base/plain.js';
import { StoreError } from '../base/store-error.js';
import type { HardState, Snapshot, SnapshotMetadata } from '../raft/index.js';
import type { Disk, DiskWrite, StagedSnapshot, StoredState } from '../replica/index.js';
import type { SimClock } from './sim-clock.js';
import type { SimDisk } from './sim-disk.js';

/** Bytes of one chunk of a snapshot. */
const chunkBytes = 65_536;

/** A disk as one process has it open: every wait is on the clock of that process, so nothing of it goes on after its death. */
export class OpenDisk implements Disk {
  readonly #disk: SimDisk;
  readonly #clock: SimClock;
  readonly #staged = new Map<string, { readonly snapshot: Snapshot; readonly content: Uint8Array }>();

  constructor(disk: SimDisk, clock: SimClock) {
    this.#disk = disk;
    this.#clock = clock;
  }

  async load(): Promise<StoredState> {
    await this.#wait(1);
    return this.#disk.load();
  }

  async write(write: DiskWrite): Promise<void> {
    await this.#writeBallot(write.hardState);
    this.#disk.begin(write);
    const stallMs = this.#disk.stallOf(write);
    if (stallMs > 0) await this.#wait(stallMs);
    await this.#sync();
    this.#disk.settle();
  }

  async createSnapshot(metadata: SnapshotMetadata, chunks: AsyncIterable<Uint8Array>): Promise<Snapshot> {
    const content = await this.#disk.shared.of(metadata, chunks);
    const snapshot = { metadata, data: descriptorOf(content) };
    await this.#sync();
    if (this.#disk.snapshot.metadata.index < metadata.index) this.#disk.publish(snapshot, content);
    return snapshot;
  }

  stageSnapshot(snapshot: Snapshot): Promise<StagedSnapshot> {
    const parts: Uint8Array[] = [];
    const key = `${snapshot.metadata.term}.${snapshot.metadata.index}`;
    return Promise.resolve({
      size: Buffer.from(snapshot.data).readUInt32BE(0),
      write: (chunk) => {
        parts.push(chunk);
        return Promise.resolve();
      },
      finish: async () => {
        const content = Buffer.concat(parts);
        if (!bytesEqual(descriptorOf(content), snapshot.data)) throw new DamageError('the snapshot arrived damaged');
        await this.#sync();
        this.#staged.set(key, { snapshot, content });
      },
      discard: () => {
        this.#staged.delete(key);
        return Promise.resolve();
      },
    });
  }

  async installSnapshot(snapshot: Snapshot, hardState: HardState): Promise<void> {
    const { index, term } = snapshot.metadata;
    const staged = this.#staged.get(`${term}.${index}`);
    assert(staged !== undefined, 'a snapshot is staged before it is installed');
    await this.#writeBallot(hardState);
    await this.#sync();
    this.#disk.publish(snapshot, staged.content);
    this.#staged.delete(`${term}.${index}`);
    await this.#sync();
    this.#disk.reset({ index, term }, Math.max(hardState.commit, index));
  }

  async *readSnapshot({ metadata }: Snapshot): AsyncGenerator<Uint8Array, void> {
    await this.#wait(0.1);
    const { snapshot, content } = this.#disk;
    if (metadata.index !== snapshot.metadata.index)
      throw new StoreError('NOT_FOUND', `the snapshot of ${metadata.index} is gone`);
    for (let at = 0; at < content.length; at += chunkBytes) yield content.subarray(at, at + chunkBytes);
  }

  async compact(index: number): Promise<void> {
    await this.#wait(0.1);
    this.#disk.compact(index);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Term and vote are durable before anything that follows from them. */
  async #writeBallot(hardState: HardState | undefined): Promise<void> {
    const ballot = this.#disk.durableBallot;
    if (!hardState || (ballot?.term === hardState.term && ballot.vote === hardState.vote)) return;
    await this.#sync();
    this.#disk.writeBallot(hardState);
  }

  async #sync(): Promise<void> {
    const { ms, fails } = this.#disk.draw();
    await this.#wait(ms);
    if (!fails) return;
    this.#disk.counts.failedWrites++;
    throw new StoreError('DISK_FAILED', 'the disk does not take the write');
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#clock.schedule(ms, resolve));
  }
}

/** Descriptor of a snapshot in the log: its size and checksum. */
function descriptorOf(content: Uint8Array): Uint8Array {
  const data = Buffer.alloc(8);
  data.writeUInt32BE(content.length, 0);
  data.writeUInt32BE(crc32(content), 4);
  return data;
}
