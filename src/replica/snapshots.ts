import type { Clock } from '../base/clock.js';
import type { Logger } from '../base/log.js';
import { StoreError } from '../base/store-error.js';
import type { ConfState, Snapshot } from '../raft/index.js';
import { controlOf, type MemoryStore } from '../state/index.js';
import type { ClusterSnapshot } from '../wire/index.js';
import { ArrivalNews } from './arrival-news.js';
import type { LogStorage } from './log-storage.js';
import { onDisk } from './on-disk.js';
import type { Disk } from './ports.js';
import type { ReplicaSettings } from './settings.js';
import { decodeInSlices, encodeInSlices, type LoadedSnapshot, loadSnapshot } from './snapshot-slices.js';

/** On disk, checked, and not yet taken or refused by raft. */
interface StagedArrival extends LoadedSnapshot {
  readonly index: number;
  readonly discard: () => Promise<void>;
}

export interface SnapshotsOptions {
  readonly disk: Disk;
  readonly storage: LogStorage;
  readonly store: MemoryStore;
  readonly settings: ReplicaSettings;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Bytes of objects up to which `snapshotInterval` alone decides. */
const smallStateBytes = 16 * 1024 * 1024;

const nameOf = ({ metadata: { index, term } }: Snapshot) => `${term}.${index}`;

/** Taking, staging and loading snapshots, in slices beside the work of the replica. */
export class Snapshots {
  readonly #options: SnapshotsOptions;
  #entries = 0;
  #bytes = 0;
  #taking: Promise<void> | undefined;
  readonly #arrived = new Map<string, StagedArrival>();
  /** Two streams of one snapshot would write to one file. */
  readonly #staging = new Set<string>();

  constructor(options: SnapshotsOptions) {
    this.#options = options;
  }

  /** Counts an applied entry. */
  count(bytes: number): void {
    this.#entries++;
    this.#bytes += bytes;
  }

  /**
   * A snapshot writes the whole state. Of a large one it waits for more log, so that both stay in proportion: the writes
   * of snapshots are at most eight times those of the log.
   */
  get #worthWriting(): boolean {
    const { objectBytes } = controlOf(this.#options.store);
    return objectBytes < smallStateBytes || this.#bytes >= objectBytes / 8;
  }

  /** A snapshot is being taken. */
  get busy(): boolean {
    return this.#taking !== undefined;
  }

  get due(): boolean {
    const { snapshotInterval, snapshotBytes } = this.#options.settings;
    if (this.#taking !== undefined) return false;
    return (this.#entries >= snapshotInterval && this.#worthWriting) || this.#bytes >= snapshotBytes;
  }

  /**
   * Takes a snapshot of what is applied now, at `index`, and then gives up the log before it. Runs beside everything
   * else; rejects when the disk does.
   */
  take(index: number, confState: ConfState, content: ClusterSnapshot): Promise<void> {
    this.#entries = 0;
    this.#bytes = 0;
    this.#taking = this.#write(index, confState, content).finally(() => {
      this.#taking = undefined;
    });
    return this.#taking;
  }

  /** Resolves when no snapshot is being taken. */
  async idle(): Promise<void> {
    await this.#taking?.catch(() => undefined);
  }

  async #write(index: number, confState: ConfState, content: ClusterSnapshot): Promise<void> {
    const { disk, storage, settings, clock } = this.#options;
    const term = storage.term(index);
    const metadata = { index, term, confState };
    const snapshot = await onDisk(() => disk.createSnapshot(metadata, encodeInSlices(content, clock)));
    if (storage.newest.metadata.index >= index) return; // a leader's snapshot came in meanwhile
    storage.createSnapshot(index, confState, snapshot.data);
    const compactTo = index - settings.keepEntries;
    if (compactTo < storage.firstIndex()) return;
    storage.compact(compactTo);
    await onDisk(() => disk.compact(compactTo));
  }

  /** Takes in a snapshot that a leader sends: on disk, decoded, and built. */
  async stage(snapshot: Snapshot, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const { disk, store, clock, logger } = this.#options;
    const name = nameOf(snapshot);
    if (this.#arrived.has(name)) return; // sent again because our answer was lost
    if (this.#staging.has(name)) throw new StoreError('BUSY', `the snapshot ${name} is arriving already`);
    this.#staging.add(name);
    try {
      const staged = await disk.stageSnapshot(snapshot);
      try {
        const news = new ArrivalNews(clock, logger, staged.size);
        const cluster = await decodeInSlices(chunks, clock, (chunk) => {
          news.count(chunk.length);
          return staged.write(chunk);
        });
        await staged.finish();
        news.end();
        const prepared = await controlOf(store).prepare(cluster.store);
        // Others stay: raft may have accepted one that is not installed yet, and may refuse this one.
        const { index } = snapshot.metadata;
        this.#arrived.set(name, { index, cluster, prepared, discard: () => staged.discard() });
      } catch (error) {
        await staged.discard();
        throw error;
      }
    } finally {
      this.#staging.delete(name);
    }
    await this.#forgetRefused();
  }

  /** Raft takes no snapshot of what is committed already. */
  async #forgetRefused(): Promise<void> {
    const { commit } = this.#options.storage.initialState().hardState;
    for (const [name, { index, discard }] of this.#arrived) {
      if (index > commit) continue;
      this.#arrived.delete(name);
      await discard();
    }
  }

  /** The staged snapshot that raft has accepted. */
  arrived(snapshot: Snapshot): LoadedSnapshot | undefined {
    const found = this.#arrived.get(nameOf(snapshot));
    this.#arrived.delete(nameOf(snapshot));
    this.#entries = 0;
    this.#bytes = 0;
    return found;
  }

  /** Reads a snapshot from our own disk. Throws {@link DamageError}. */
  load(snapshot: Snapshot): Promise<LoadedSnapshot> {
    const { disk, store, clock } = this.#options;
    return loadSnapshot(disk, snapshot, store, clock);
  }
}
