import type { Clock } from '../base/clock.js';
import { newId } from '../base/ids.js';
import { simpleConfState } from '../raft/index.js';
import { MemoryStore } from '../state/index.js';
import { type ClusterSnapshot, decodeTransaction } from '../wire/index.js';
import { Members } from './members.js';
import type { Disk, StoredState } from './ports.js';
import { Restoring } from './restore.js';
import type { ReplicaWorld } from './settings.js';
import { encodeInSlices, loadSnapshot } from './snapshot-slices.js';
import type { MemberInfo } from './status.js';

/** Result of a recovery, for the person who asked for it. */
export interface Recovered {
  /** The store version that the new cluster begins with. */
  readonly version: number;
  /** Kept although this member did not know that they were committed: they may never have been acknowledged. */
  readonly uncertain: number;
  /** Members that are left behind. */
  readonly left: readonly MemberInfo[];
  readonly clusterId: string;
  readonly lineage: string;
}

/**
 * Makes the disk of one member the beginning of a new cluster of which it is the only voter: for when a majority is lost
 * for good. Everything in its log is kept, also what it did not know to be committed, because it may have been
 * acknowledged; what only the others had is lost. The cluster id and the lineage are new, so that neither those that are
 * left behind nor a watcher take it for the old one.
 *
 * Durable when it resolves. Interrupted before, the member is what it was.
 */
export async function forceNewCluster(disk: Disk, self: MemberInfo, world: ReplicaWorld): Promise<Recovered> {
  const stored = await disk.load();
  const { snapshot, before, entries, hardState } = stored;
  const { content, members, store } = await replay(disk, stored, world.clock);
  const last = entries.at(-1) ?? { index: Math.max(before.index, snapshot.metadata.index), term: before.term };
  const left = members
    .list()
    .filter(({ id }) => id !== self.id)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const ids = { clusterId: newId(world.random), lineage: newId(world.random) };
  const next: ClusterSnapshot = {
    ...content,
    ...ids,
    members: [self],
    removed: [...new Set([...members.removed(), ...left.map(({ id }) => id)])].sort((a, b) => a - b),
    store: store.save(),
  };
  const term = hardState.term + 1;
  const index = last.index + 1;
  const confState = simpleConfState([self.id]);
  // The term first: a log may not be newer than the ballot beside it. The snapshot replaces the log.
  await disk.write({ entries: [], hardState: { term, vote: 0, commit: hardState.commit }, sync: true });
  await disk.createSnapshot({ index, term, confState }, encodeInSlices(next, world.clock));
  const uncertain = entries.filter(
    (entry) => entry.index > hardState.commit && entry.kind === 'normal' && entry.data.length > 0,
  );
  return { version: store.version, uncertain: uncertain.length, left, ...ids };
}

/** The state that the snapshot and every entry behind it make, committed or not. */
async function replay(disk: Disk, { snapshot, entries }: StoredState, clock: Clock) {
  const store = new MemoryStore();
  const { cluster: content, prepared } = await loadSnapshot(disk, snapshot, store, clock);
  prepared.install();
  const members = new Members();
  members.reset(content.members, content.removed);
  const restoring = new Restoring(store);
  for (const entry of entries) {
    if (entry.index <= snapshot.metadata.index) continue;
    if (entry.kind === 'confChange') members.apply(entry.change);
    else if (entry.data.length > 0) {
      const { info, actions, restore } = decodeTransaction(entry.data);
      if (restore) restoring.apply(restore, info);
      else {
        restoring.abandon();
        store.applyStoreActions(actions, info);
      }
    }
  }
  return { content, members, store };
}
