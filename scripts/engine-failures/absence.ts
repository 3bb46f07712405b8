import process from 'node:process';
import { until } from '../waiting.js';
import type { Site } from './field.js';
import { expectThat, patient, type Round, type Row } from './row.js';

/** Rows in which an engine goes away and comes back. */
export const absenceRows: readonly Row[] = [
  {
    name: 'dockerd killed, back soon',
    options: patient,
    round: (round) => shortAbsence(round, ({ real }) => real.kill9()),
  },
  {
    name: 'dockerd restarted',
    options: patient,
    round: (round) => shortAbsence(round, ({ real }) => real.terminate()),
  },
  { name: 'dockerd killed, back late', round: longAbsence },
  { name: 'dockerd stopped (SIGSTOP)', round: stopped },
  { name: 'dockerd wiped under its address', round: wiped },
];

/** Nothing moves and nothing restarts, and the cluster sees what happened while nobody could tell it. */
async function shortAbsence({ field, tally, victim }: Round, leave: (site: Site) => Promise<void>): Promise<void> {
  const mobile = await tally.run(() => field.run(victim, 'mobile', { moves: true }));
  const ended = await tally.run(() => field.run(victim, 'ended'));
  const before = await field.life(victim, mobile.id);
  const { Pid } = await field.life(victim, ended.id);
  await leave(victim);
  process.kill(Pid, 'SIGKILL');
  await victim.real.start();
  await until('the cluster sees what ended', () => field.cluster.container('ended')?.state.status === 'exited');
  const after = await field.life(victim, mobile.id);
  expectThat(after.Running && after.StartedAt === before.StartedAt && after.Pid === before.Pid, 'mobile runs on');
  expectThat(field.engine(victim).isHealthy, 'the engine was never lost');
  expectThat((await field.names()).sort().join() === 'ended,mobile', 'nothing was made anew');
  // Events arrive again.
  await tally.run(() => field.engine(victim).client.killContainer(mobile.id));
  await until('the cluster sees the kill', () => field.cluster.container('mobile')?.state.status === 'exited');
}

/** What may move does, the rest waits; what comes back twice is removed there. */
async function longAbsence({ field, tally, victim, others }: Round): Promise<void> {
  const fixed = await tally.run(() => field.run(victim, 'fixed'));
  await tally.run(() => field.run(victim, 'one', { moves: true }));
  await tally.run(() => field.run(victim, 'two', { moves: true }));
  const [neighbour] = others;
  const near = await tally.run(() => field.run(neighbour, 'near', { moves: true }));
  const [fixedBefore, nearBefore] = [await field.life(victim, fixed.id), await field.life(neighbour, near.id)];
  await victim.real.kill9();
  for (const name of ['one', 'two']) {
    await field.untilMoved(name, victim);
    tally.moved++;
  }
  await tally.run(() => field.cluster.createContainer({ Image: 'busybox', Cmd: ['true'] }, 'new'));
  expectThat(field.cluster.container('fixed')?.engine.state === 'unhealthy', 'fixed waits on its engine');
  await victim.real.start();
  await field.untilHealthy();
  await until('what came back twice is removed', async () => (await field.listOf(victim)).length === 1);
  const [fixedAfter, nearAfter] = [await field.life(victim, fixed.id), await field.life(neighbour, near.id)];
  expectThat(fixedAfter.StartedAt === fixedBefore.StartedAt, 'fixed runs on');
  expectThat(nearAfter.StartedAt === nearBefore.StartedAt, 'near runs on');
  expectThat((await field.names()).sort().join() === 'fixed,near,new,one,two', 'each is there once');
}

/** Every call ends by its deadline; nobody waits for the engine that hangs. */
async function stopped({ field, tally, victim, others }: Round): Promise<void> {
  const hung = field.engine(victim);
  const there = await tally.run(() => field.run(victim, 'there', { moves: true }));
  victim.real.pause();
  const kept = await tally.run(() => field.run(others[0], 'kept'));
  const endless = hung.client.startContainer(there.id, { timeoutMs: 60_000 });
  let waits = true;
  const ended = endless.catch(() => undefined).finally(() => (waits = false));
  const calls = [
    () => hung.client.inspectContainer(there.id),
    () => hung.client.listContainers(),
    () => hung.client.listImages(),
    () => hung.client.stopContainer(there.id, { timeoutS: 0, timeoutMs: 3_000 }),
  ];
  const errors = await Promise.all(calls.map((call) => tally.refused(call)));
  for (const error of errors) expectThat(/TIMEOUT/.test(String(error)), `a deadline ends the call: ${String(error)}`);
  await field.untilMoved('there', victim);
  tally.moved++;
  await tally.run(() => field.cluster.createContainer({ Image: 'busybox', Cmd: ['true'] }, 'meanwhile'));
  await tally.run(() => field.cluster.removeContainer(kept, { force: true }));
  expectThat(waits, 'the others were not asked after the engine that hangs');
  victim.real.resume();
  await ended;
  await field.untilHealthy();
  await until('what came back twice is removed', async () => (await field.listOf(victim)).length === 0);
  expectThat((await field.names()).sort().join() === 'meanwhile,there', 'each is there once');
}

/** Another engine answers at the address: what may move is made anew, the rest is forgotten. */
async function wiped({ field, tally, victim }: Round): Promise<void> {
  const mobile = await tally.run(() => field.run(victim, 'mobile', { moves: true }));
  await tally.run(() => field.run(victim, 'fixed'));
  const { engineId } = field.engine(victim);
  await victim.real.kill9(); // in good order it would remove its containers, and the cluster would see it
  await victim.real.wipe();
  await until('mobile is made anew', () => {
    const now = field.cluster.container('mobile');
    return now !== undefined && now.id !== mobile.id && now.state.status === 'running';
  });
  tally.moved++;
  await field.untilHealthy();
  expectThat(field.engine(victim).engineId !== engineId, 'the cluster knows the new engine');
  expectThat(field.cluster.container('mobile')?.swarmId === mobile.swarmId, 'mobile keeps its Swarm id');
  await until('fixed is forgotten', () => !field.records.some(({ name }) => name === 'fixed'));
  await tally.run(() => field.cluster.createContainer({ Image: 'busybox', Cmd: ['true'] }, 'fixed'));
  expectThat((await field.names()).sort().join() === 'fixed,mobile', 'each is there once');
}
