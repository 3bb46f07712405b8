import { setTimeout as delay } from 'node:timers/promises';
import { expectThat } from '../engine-failures/row.js';
import { until } from '../waiting.js';
import type { Round, Row } from './row.js';
import { patienceMs, type Site, type World } from './world.js';

/** Rows in which an engine goes away. */
export const engineRows: readonly Row[] = [
  { name: 'dockerd killed, back after 5 s', still: true, round: backSoon },
  { name: 'dockerd killed, back after 60 s', round: (round) => lost(round, 60) },
  { name: 'dockerd killed, never back', round: (round) => lost(round, 0) },
  { name: 'dockerd stopped 10 s', still: true, round: (round) => hung(round, 10) },
  { name: 'dockerd stopped 40 s', round: (round) => hung(round, 40) },
];

/** Nothing moves, and nothing restarts. */
async function backSoon({ world, victim, calm }: Round): Promise<void> {
  const before = await world.running();
  await victim.real.kill9();
  await delay(5_000);
  await victim.real.start();
  await calm();
  expectThat((await world.running()).join() === before.join(), 'nothing was restarted');
}

/** Tasks move, and their old containers go when the engine is back. */
async function lost({ world, victim, others, calm }: Round, seconds: number): Promise<void> {
  const kept = await world.running(others);
  const { id } = await world.node(victim);
  await victim.real.kill9();
  const back = delay(seconds * 1_000);
  await until(
    'the node is down',
    async () => (await world.client.get('node', id)).status.state === 'down',
    patienceMs,
    100,
  );
  if (seconds === 0) await calm();
  else await untilMoved(world, id);
  await back;
  await victim.real.start();
  await calm();
  void kept;
}

/** Every replicated task that should run does so on another node. */
async function untilMoved(world: World, node: string): Promise<void> {
  await until(
    'tasks run elsewhere',
    async () => {
      const wanted = (await world.tasks()).filter(({ desiredState }) => desiredState === 'running');
      return wanted.every(({ nodeId, status }) => nodeId !== node && status.state === 'running') && wanted.length > 0;
    },
    patienceMs,
    200,
  );
}

/** Every call ends, and the other engines work meanwhile. */
async function hung({ world, tally, victim, calm }: Round, seconds: number): Promise<void> {
  const before = await world.running();
  const { id } = await world.node(victim);
  victim.real.pause();
  const woken = delay(seconds * 1_000).then(() => victim.real.resume());
  if (seconds > 30) {
    await until(
      'the node is down',
      async () => (await world.client.get('node', id)).status.state === 'down',
      patienceMs,
      100,
    );
    await tally.run(() => world.services.update('api'));
    await untilMoved(world, id);
  }
  await woken;
  await calm();
  if (seconds <= 10) expectThat((await world.running()).join() === before.join(), 'nothing was restarted');
}

export type { Site };
