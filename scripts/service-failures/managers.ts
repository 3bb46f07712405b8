import { setTimeout as delay } from 'node:timers/promises';
import { expectThat } from '../engine-failures/row.js';
import { until } from '../waiting.js';
import type { Round, Row } from './row.js';
import { patienceMs, type World } from './world.js';

/** Rows in which managers fail. */
export const managerRows: readonly Row[] = [
  { name: 'leader killed, update', round: killedInUpdate },
  { name: 'leader killed, create', round: killedInCreate },
  { name: 'leader killed, drain', round: killedInDrain },
  { name: 'leader killed, rollback', round: killedInRollback },
  { name: 'leader stopped 1 s', still: true, round: (round) => stopped(round, 1) },
  { name: 'leader stopped 12 s', round: (round) => stopped(round, 12) },
  { name: 'leader stopped 60 s', round: (round) => stopped(round, 60) },
  { name: 'all managers restarted', still: true, round: allRestarted },
  { name: 'discovery empty 60 s', still: true, round: undiscovered },
];

/** Number of tasks that run the newest spec of a service. */
async function renewed(world: World, name: string): Promise<number> {
  const { id, spec } = await world.services.get(name);
  const revision = spec.task.container?.env.join();
  return (await world.tasks()).filter(
    (task) => task.serviceId === id && task.status.state === 'running' && task.spec.container?.env.join() === revision,
  ).length;
}

const untilRenewed = (world: World, name: string, count: number) =>
  until(`${count} tasks of ${name} are new`, async () => (await renewed(world, name)) >= count, patienceMs, 50);

/** The update goes on where it was: no task of the new spec is made twice. */
async function killedInUpdate({ world, tally, leader, calm }: Round): Promise<void> {
  const { id, spec } = await tally.run(() => world.services.update('web'));
  await untilRenewed(world, 'web', 2);
  await leader.end('SIGKILL');
  await calm();
  const revision = spec.task.container?.env.join();
  const made = world.watch.all.filter((task) => task.serviceId === id && task.spec.container?.env.join() === revision);
  // The load may have updated the service again meanwhile: then some of these were never needed.
  expectThat(made.length <= 5, `the update went on: 5 new tasks, not ${made.length}`);
}

async function killedInCreate({ world, tally, leader, calm }: Round): Promise<void> {
  await tally.run(() => world.services.create('extra', { replicas: 4 }));
  await leader.end('SIGKILL');
  await calm();
  expectThat((await renewed(world, 'extra')) === 4, 'four tasks run');
  await tally.run(() => world.services.remove('extra'));
}

async function killedInDrain({ world, tally, victim, leader, calm }: Round): Promise<void> {
  const { id } = await world.node(victim);
  await tally.run(() => world.skep('node', 'drain', id, '--yes'));
  await leader.end('SIGKILL');
  await calm();
  const here = (await world.tasks()).filter(({ nodeId, status }) => nodeId === id && status.state === 'running');
  expectThat(here.length === 0, 'the node is empty');
  await tally.run(() => world.skep('node', 'activate', id));
}

async function killedInRollback({ world, tally, leader, calm }: Round): Promise<void> {
  const before = (await world.services.get('web')).spec.task.container?.env.join();
  await tally.run(() => world.services.update('web'));
  await untilRenewed(world, 'web', 3);
  await tally.run(() => world.skep('service', 'rollback', 'web'));
  await untilRenewed(world, 'web', 3);
  await leader.end('SIGKILL');
  await calm();
  const { spec, updateStatus } = await world.services.get('web');
  const after = spec.task.container?.env.join();
  // The load may have updated the service again meanwhile.
  if (after === before)
    expectThat(updateStatus?.state === 'rollbackCompleted', `rolled back, not ${updateStatus?.state}`);
}

/** A leader that wakes up after its lease was over starts nothing. */
async function stopped({ world, tally, leader, calm }: Round, seconds: number): Promise<void> {
  const before = await world.running();
  leader.signal('SIGSTOP');
  const woken = delay(seconds * 1_000).then(() => leader.signal('SIGCONT'));
  if (seconds > 1) await tally.refused(() => world.services.update('api'));
  await woken;
  await calm();
  if (seconds === 1) expectThat((await world.running()).join() === before.join(), 'nothing was restarted');
}

async function allRestarted({ world, calm }: Round): Promise<void> {
  const before = await world.running();
  await Promise.all(world.managers.map((one) => one.end('SIGKILL')));
  await Promise.all(world.managers.map((one) => one.start()));
  await calm();
  expectThat((await world.running()).join() === before.join(), 'nothing was restarted');
}

async function undiscovered({ world, tally, calm }: Round): Promise<void> {
  const before = await world.running();
  world.discover([]);
  await delay(60_000);
  await calm();
  expectThat((await world.running()).join() === before.join(), 'nothing was restarted');
  await tally.run(() => world.services.update('api'));
  await calm();
  world.discover(world.sites);
}
