import { systemKinds } from '../../src/kinds/index.js';
import { Chance } from '../../src/testing/chance.js';
import { drawFaults, type FaultKind } from '../../src/testing/faults.js';
import { Violation } from '../../src/testing/raft-invariants.js';
import type { RunResult } from '../../src/testing/run.js';
import { SimClock } from '../../src/testing/sim-clock.js';
import { SimCluster } from '../../src/testing/sim-cluster.js';
import { Trouble } from '../../src/testing/trouble.js';
import { type EngineFaultKind, engineFaultKinds, EngineTrouble } from './engine-trouble.js';
import { startManager } from './manager.js';
import { ServiceInvariants } from './service-invariants.js';
import { SimEngine } from './sim-engine.js';
import { Users } from './users.js';

/** Faults of members in a run of services. Disks and membership have the simulation of the store alone. */
export const memberFaultKinds = [
  'network',
  'partition',
  'crash',
  'pause',
  'clock',
  'transfer',
] as const satisfies readonly FaultKind[];
export type ServiceFaultKind = (typeof memberFaultKinds)[number] | EngineFaultKind;
export const serviceFaultKinds: readonly ServiceFaultKind[] = [...memberFaultKinds, ...engineFaultKinds];

/** Events that must happen at least once in many runs: without one, the simulation proves nothing about it. */
export const servicesMustHappen = [
  ...['leaderChanges', 'crashes', 'allCrashes', 'partitions', 'pauses', 'clockJumps', 'transfers'],
  ...['hang', 'kill', 'slow', 'cut', 'death', 'removal', 'answersLost'],
  ...['containers', 'starts', 'restarts', 'updatesCompleted', 'rollbacks'],
  ...['create', 'scale', 'update', 'badUpdate', 'rollback', 'remove', 'drain', 'activate'],
] as const;

/** Options of one run. */
export interface ServiceRunOptions {
  readonly seed: number;
  /** Duration of the trouble, simulated milliseconds. Default two minutes. */
  readonly durationMs?: number;
  readonly faults?: readonly ServiceFaultKind[];
  readonly members?: number;
  readonly engines?: number;
}

/** Time after the trouble in which everything must be as it should, simulated ms: pauses, stops and updates take their time. */
const calmMs = 240_000;
/** Time for which it must stay so. */
const restMs = 10_000;

/** Runs managers and engines from one seed: trouble, then peace, then the reckoning. */
export async function runServices(options: ServiceRunOptions): Promise<RunResult> {
  const { seed, durationMs = 120_000, faults = serviceFaultKinds, members = 3 } = options;
  const memberFaults = memberFaultKinds.filter((kind) => faults.includes(kind));
  const plan = drawFaults(seed, memberFaults);
  const cluster = new SimCluster({
    seed,
    members,
    faults: plan,
    settings: { kinds: systemKinds, history: { transactions: 200 } },
  });
  const { scheduler } = cluster;
  const chance = new Chance(seed, 'services');
  const losesAnswer = chance.pick([0, 0.005, 0.05]);
  const delayMeanMs = chance.pick([0.5, 2, 30]);
  const callFaults = () => ({
    delayMeanMs: cluster.troubled ? delayMeanMs : 0.5,
    losesAnswer: cluster.troubled && faults.includes('answers') ? losesAnswer : 0,
  });
  const invariants = new ServiceInvariants(() => scheduler.now, plan.clockJumpMs === Infinity);
  const engines = Array.from(
    { length: options.engines ?? 5 },
    (_, i) => new SimEngine(`e${i + 1}`, seed, scheduler, callFaults),
  );
  for (const engine of engines) watchEngine(engine, cluster, invariants);
  const users = new Users(cluster, new Chance(seed, 'users'), new SimClock(scheduler));
  const trouble = new Trouble(cluster, new Chance(seed, 'trouble'), plan, { jumpMs: 30_000, pauseMs: 20_000 });
  const engineTrouble = new EngineTrouble(cluster, engines, new Chance(seed, 'engine trouble'), invariants);
  const failed = () => cluster.failure !== undefined;

  let life = 0;
  cluster.onRunning = (member, replica) =>
    startManager({
      ...{ cluster, member, replica, engines },
      chance: new Chance(seed, `manager ${++life}`),
      onSend: (process, engine, request) => cluster.guard(() => invariants.onSend(process, engine, request)),
    });
  let newest = 0;
  cluster.onTransaction = (_member, { store }) => {
    if (store.version <= newest) return;
    newest = store.version;
    const { events = [] } = store.transaction(store.version) ?? {};
    cluster.note(noteOf(newest, events));
    cluster.guard(() => invariants.onCommit(events));
  };

  const settled = async () => {
    const isRight = () => wrongOf(cluster, invariants, engines) === '';
    const end = scheduler.now + calmMs;
    while (!failed() && scheduler.now < end) {
      await scheduler.run(1_000, failed);
      if (!isRight()) continue;
      await scheduler.run(restMs, failed);
      if (isRight()) return;
    }
    cluster.guard(() => {
      throw new Violation('Converges', `after ${calmMs} ms without trouble ${wrongOf(cluster, invariants, engines)}`);
    });
  };

  try {
    await cluster.begin();
    const living = users.live().catch((error: unknown) => cluster.fail(error));
    await scheduler.run(10_000, failed);
    trouble.start();
    engineTrouble.start(engineFaultKinds.filter((kind) => faults.includes(kind)));
    await scheduler.run(durationMs, failed);
    trouble.stop();
    engineTrouble.stop();
    users.stop();
    cluster.calm();
    await cluster.wait(living, 60_000);
    if (!failed()) await cluster.wait(users.repair(), 60_000);
    if (!failed()) await settled();
    if (!failed()) await cluster.settle();
  } catch (error) {
    cluster.fail(error);
  }
  return {
    ...{ seed, members, plan, failure: cluster.failure, trace: cluster.trace, hash: cluster.hash },
    ...{ simulatedMs: scheduler.now, events: scheduler.events },
    counts: {
      versions: cluster.store.version,
      leaderChanges: Math.max(0, cluster.raft.counts.leaders - 1),
      ...trouble.counts,
      ...engineTrouble.counts,
      answersLost: engines.reduce((sum, { lost }) => sum + lost, 0),
      ...invariants.counts,
      ...users.counts,
    },
  };
}

function watchEngine(engine: SimEngine, cluster: SimCluster, invariants: ServiceInvariants): void {
  const { containers } = engine.model;
  const other = containers.create('other', { Image: 'web:1', Cmd: ['serve'] });
  containers.start(other.id);
  // A container of another cluster that copies the labels of ours but one.
  const theirs = containers.create('theirs', {
    Image: 'web:1',
    Cmd: ['serve'],
    Labels: { 'skep.cluster': 'another', 'skep.task': 'theirs' },
  });
  containers.start(theirs.id);
  invariants.foreign(other.id);
  invariants.foreign(theirs.id);
  engine.model.events.listen((event) => {
    if (event.type === 'container')
      cluster.note(`${engine.address}: ${event.action} ${event.attributes['name'] ?? ''}`);
    cluster.guard(() => invariants.onEvent(engine, event));
  });
}

function wrongOf({ leader }: SimCluster, invariants: ServiceInvariants, engines: readonly SimEngine[]): string {
  if (!leader?.replica) return 'there is no leader';
  const nodes = leader.replica.store.view((tx) => tx.nodes().find()).filter(({ engine }) => engine !== undefined);
  const silent = nodes.find(({ status }) => status.state !== 'ready');
  if (silent) return `node ${silent.id} is ${silent.status.state}: ${silent.status.message}`;
  if (nodes.length !== engines.length) return `there are ${nodes.length} nodes of ${engines.length}`;
  return invariants.wrong(engines, new Set(nodes.map(({ id }) => id)));
}

type Events = Parameters<ServiceInvariants['onCommit']>[0];

function noteOf(version: number, events: Events): string {
  const some = events.slice(0, 4).map((event) => {
    const { action, kind, object } = event;
    if (event.kind !== 'task') return `${action} ${kind} ${object.id.slice(0, 8)}`;
    const { desiredState, status } = event.object;
    return `${action} task ${object.id.slice(0, 8)} ${desiredState}/${status.state}`;
  });
  const others = events.length > some.length ? ` and ${events.length - some.length} more` : '';
  return `version ${version}: ${some.join(', ')}${others}`;
}
