import { Histogram, type Registry } from 'prom-client';
import type { CallMeter } from '../../api/index.js';
import type { Disk } from '../../replica/index.js';
import { metricTable } from './table.js';

type Recorded = 'skep_disk_write_seconds' | 'skep_disk_snapshot_seconds' | 'skep_grpc_call_seconds';

/**
 * Measures of a member that must be taken when something happens: disk writes and calls. Takes none before the first
 * scrape.
 */
export class MemberMeter implements CallMeter {
  #recorded: Readonly<Record<Recorded, Histogram>> | undefined;
  readonly #streams = new Map<string, number>();

  /** True from the first scrape on. */
  get active(): boolean {
    return this.#recorded !== undefined;
  }

  /** Streams that are open, by method; those that were open at the first scrape are missing. */
  get streams(): ReadonlyMap<string, number> {
    return this.#streams;
  }

  /** Begins to measure, into this registry. */
  start(registry: Registry): void {
    if (this.#recorded) return;
    const made = (name: Recorded) => {
      const { help, labels, buckets } = metricTable[name];
      return new Histogram({ name, help, labelNames: labels, buckets: [...buckets], registers: [registry] });
    };
    this.#recorded = {
      skep_disk_write_seconds: made('skep_disk_write_seconds'),
      skep_disk_snapshot_seconds: made('skep_disk_snapshot_seconds'),
      skep_grpc_call_seconds: made('skep_grpc_call_seconds'),
    };
  }

  called(method: string, code: string, seconds: number): void {
    this.#recorded?.skep_grpc_call_seconds.observe({ method: shortMethod(method), code }, seconds);
  }

  streaming(method: string): () => void {
    const name = shortMethod(method);
    const add = (by: number) => this.#streams.set(name, (this.#streams.get(name) ?? 0) + by);
    add(1);
    return () => add(-1);
  }

  /** Returns a disk that measures its writes. */
  disk(disk: Disk): Disk {
    const timed = async <T>(name: Recorded, run: () => Promise<T>): Promise<T> => {
      const recorded = this.#recorded;
      if (!recorded) return run();
      const begun = performance.now();
      const result = await run();
      recorded[name].observe((performance.now() - begun) / 1_000);
      return result;
    };
    return {
      load: () => disk.load(),
      write: (write) => (write.sync ? timed('skep_disk_write_seconds', () => disk.write(write)) : disk.write(write)),
      createSnapshot: (metadata, chunks) =>
        timed('skep_disk_snapshot_seconds', () => disk.createSnapshot(metadata, chunks)),
      stageSnapshot: (snapshot) => disk.stageSnapshot(snapshot),
      installSnapshot: (snapshot, hardState) => disk.installSnapshot(snapshot, hardState),
      readSnapshot: (snapshot) => disk.readSnapshot(snapshot),
      compact: (index) => disk.compact(index),
      close: () => disk.close(),
    };
  }
}

/** `/skep.v1.Control/List` is `Control/List`. */
function shortMethod(path: string): string {
  return path.replace(/^\/(?:[a-z0-9]+\.)*/, '');
}
