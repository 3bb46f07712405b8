import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import { replicaSettings } from '../../src/replica/settings.js';
import { Snapshots, type SnapshotsOptions } from '../../src/replica/snapshots.js';
import { controlOf, MemoryStore } from '../../src/state/index.js';

const mebibyte = 1024 * 1024;

describe('a snapshot is due', () => {
  /** Entries until one is due, in a store with so many objects of a MiB. */
  async function entriesUntilDue(objects: number, entryBytes: number): Promise<number> {
    const store = new MemoryStore();
    for (let i = 0; i < objects; i++)
      await store.update(
        (tx) => void tx.configs().create({ spec: { annotations: { name: `c${i}` }, data: 'A'.repeat(mebibyte) } }),
      );
    expect(controlOf(store).objectBytes).toBeGreaterThanOrEqual(objects * mebibyte);
    const settings = replicaSettings({ snapshotInterval: 20 });
    const snapshots = new Snapshots({ store, settings, clock: systemClock } as unknown as SnapshotsOptions);
    let entries = 0;
    while (!snapshots.due) {
      snapshots.count(entryBytes);
      entries++;
    }
    return entries;
  }

  it.each([
    ['after the interval, of a small state', 15, 10, 20],
    ['after an eighth of its size in the log, of a large one', 24, mebibyte / 10, 31],
    ['after the interval, when that is longer', 24, mebibyte, 20],
    ['at the limit of the log in bytes, whatever the interval says', 15, 32 * mebibyte, 2],
  ])('%s', async (_when, objects, entryBytes, entries) => {
    expect(await entriesUntilDue(objects, entryBytes)).toBe(entries);
  });
});
