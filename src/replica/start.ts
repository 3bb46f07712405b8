import { simpleConfState } from '../raft/index.js';
import { MemoryStore, type StoreSnapshot } from '../state/index.js';
import type { Genesis } from './formation.js';
import { LogStorage } from './log-storage.js';
import type { ReplicaOptions } from './options.js';
import type { Disk } from './ports.js';
import { Replica } from './replica.js';
import type { ReplicaWorld } from './settings.js';
import { encodeInSlices } from './snapshot-slices.js';

/** Place at which every log begins: the first snapshot. New members get it, or a later one, first. */
const beginning = { index: 1, term: 1 };

/**
 * Puts the first snapshot of a new cluster on an empty disk: a store, empty by default, and the first voters. All of
 * them begin with the same one.
 */
export async function bootstrap(
  disk: Disk,
  { clusterId, lineage, members }: Genesis,
  world: ReplicaWorld,
  store: StoreSnapshot = new MemoryStore().save(),
): Promise<void> {
  const confState = simpleConfState(members.map(({ id }) => id).sort((a, b) => a - b));
  const content = { clusterId, lineage, members, removed: [], store };
  await disk.createSnapshot({ ...beginning, confState }, encodeInSlices(content, world.clock));
  await disk.write({ entries: [], hardState: { term: beginning.term, vote: 0, commit: beginning.index }, sync: true });
}

/** Reads the disk and makes a replica of what is there. Takes part once it is started. */
export async function loadReplica(options: ReplicaOptions): Promise<Replica> {
  const { hardState, snapshot, before, entries } = await options.disk.load();
  const storage = new LogStorage(options.disk);
  storage.load(
    { ...hardState, commit: Math.max(hardState.commit, snapshot.metadata.index) },
    snapshot,
    before,
    entries,
  );
  const replica = new Replica(options, storage, snapshot.metadata.index);
  await replica.start(options.seeds ?? []);
  return replica;
}
