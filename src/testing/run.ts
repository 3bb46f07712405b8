import type { ReplicaSettings } from '../replica/index.js';
import { Chance } from './chance.js';
import { drawFaults, type FaultKind, faultKinds, type FaultPlan } from './faults.js';
import { Load } from './load.js';
import { SimCluster } from './sim-cluster.js';
import { SimWatcher, type WatchCounts } from './sim-watcher.js';
import { Trouble } from './trouble.js';
import { World } from './world.js';

/** Script that works with a cluster whose members come and go. */
export type Scenario = (world: World) => void | Promise<void>;

export interface RunOptions {
  readonly seed: number;
  /** Drawn from the seed when absent. */
  readonly members?: number;
  /** Duration of the trouble, simulated milliseconds. Default five minutes. */
  readonly durationMs?: number;
  /** Default all. */
  readonly faults?: readonly FaultKind[];
  readonly clients?: number;
  readonly watchers?: number;
  readonly operationsPerSecond?: number;
  /** Runs beside the load. When the trouble is over it may go on for two simulated minutes more. */
  readonly scenario?: Scenario;
}

/** Events of a run, counted by name. */
export type Counts = Readonly<Record<string, number>>;

export interface RunResult {
  readonly seed: number;
  readonly members: number;
  readonly plan: FaultPlan;
  /** The first promise that was broken. */
  readonly failure: Error | undefined;
  /** The last things that happened before it. */
  readonly trace: readonly string[];
  /** The same for two runs of one seed. */
  readonly hash: number;
  readonly simulatedMs: number;
  readonly events: number;
  readonly counts: Counts;
}

const durationDefaultMs = 300_000;

/** Time that a scenario has when the trouble is over, simulated milliseconds. */
const scenarioEndMs = 120_000;

/** Time without trouble before the members are compared, simulated milliseconds. */
const peaceMs = 20_000;

/** Runs a scenario; what it throws breaks the run at once. */
async function play(scenario: Scenario, world: World, cluster: SimCluster): Promise<void> {
  try {
    await scenario(world);
  } catch (error) {
    cluster.fail(error);
  }
}

/** Draws the settings of a run: small numbers, so that snapshots and compaction happen often. */
function drawSettings(chance: Chance): Partial<ReplicaSettings> {
  return {
    snapshotInterval: chance.between(20, 200),
    keepEntries: chance.pick([0, 5, 50]),
    messageBytes: chance.pick([1, 2_000, 65_536]),
    history: { transactions: chance.pick([20, 50, 200]) },
  };
}

/** Makes a watcher; four in ten read slowly. */
function drawWatcher(name: string, cluster: SimCluster, chance: Chance, counts: WatchCounts): SimWatcher {
  const slow = chance.happens(0.4);
  const limit = slow ? chance.pick([1, 20, 200]) : 10_000;
  return new SimWatcher(name, cluster, chance, { counts, limit, readMs: slow ? chance.pick([50, 400]) : 0 });
}

/** Runs one cluster from one seed: trouble, then peace, then the reckoning. */
export async function runSeed(options: RunOptions): Promise<RunResult> {
  const { seed, durationMs = durationDefaultMs, faults = faultKinds } = options;
  const { clients = 5, watchers = 3, operationsPerSecond = 20 } = options;
  const chance = new Chance(seed, 'run');
  const drawn = chance.pick([1, 2, 3, 3, 3, 5, 5, 5, 5, 7]);
  const members = options.members ?? drawn;
  const plan = drawFaults(seed, faults);
  const cluster = new SimCluster({ seed, members, faults: plan, settings: drawSettings(chance) });
  const load = new Load(cluster, seed);
  const watchCounts: WatchCounts = { transactions: 0, resumed: 0, compacted: 0, overflowed: 0, resynced: 0 };
  const watching = Array.from({ length: watchers }, (_, i) =>
    drawWatcher(`w${i}`, cluster, new Chance(seed, `watcher ${i}`), watchCounts),
  );
  const trouble = new Trouble(cluster, new Chance(seed, 'trouble'), plan);
  const failed = () => cluster.failure !== undefined;

  try {
    await cluster.begin();
    load.start(clients, operationsPerSecond);
    for (const watcher of watching) watcher.start();
    const world = options.scenario && new World(cluster, new Chance(seed, 'scenario'));
    const played = world && options.scenario && play(options.scenario, world, cluster);
    trouble.start();
    await cluster.scheduler.run(durationMs, failed);
    trouble.stop();
    load.stop();
    world?.endTrouble();
    if (played && !failed()) await cluster.wait(played, scenarioEndMs);
    if (!failed()) await cluster.scheduler.run(peaceMs, failed);
    for (const watcher of watching) watcher.stop();
    if (!failed()) await cluster.settle();
  } catch (error) {
    cluster.fail(error);
  }
  return {
    seed,
    members,
    plan,
    failure: cluster.failure,
    trace: cluster.trace,
    hash: cluster.hash,
    simulatedMs: cluster.scheduler.now,
    events: cluster.scheduler.events,
    counts: countsOf(cluster, load, watchCounts, trouble),
  };
}

function countsOf(cluster: SimCluster, load: Load, watches: WatchCounts, trouble: Trouble): Counts {
  const { networkCounts, diskCounts, raft } = cluster;
  return {
    versions: cluster.store.version,
    ...load.counts,
    leaderChanges: Math.max(0, raft.counts.leaders - 1),
    truncatedConflicts: raft.counts.conflicts,
    configurations: raft.counts.configs,
    snapshotsSent: networkCounts.snapshots,
    snapshotsInstalled: diskCounts.installs,
    messagesDelivered: networkCounts.delivered,
    messagesLost: networkCounts.lost + networkCounts.blocked,
    messagesRepeated: networkCounts.repeated,
    lostUnsyncedWrites: diskCounts.lostWrites,
    tornTails: diskCounts.tornWrites,
    failedWrites: diskCounts.failedWrites,
    disksDamaged: diskCounts.damaged,
    damageNoticed: diskCounts.noticed,
    watchedTransactions: watches.transactions,
    watchesResumed: watches.resumed,
    watchesCompacted: watches.compacted,
    watchesOverflowed: watches.overflowed,
    watchesResynced: watches.resynced,
    ...trouble.counts,
  };
}
