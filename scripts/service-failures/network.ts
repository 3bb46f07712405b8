import { setTimeout as delay } from 'node:timers/promises';
import { drivers, isHeld } from '../../src/kinds/index.js';
import { expectThat } from '../engine-failures/row.js';
import { until } from '../waiting.js';
import type { Round, Row } from './row.js';
import { patienceMs } from './world.js';

const creation = /^POST \/v[\d.]+\/containers\/create/;

/** Rows in which the network between managers and engines is at fault. */
export const networkRows: readonly Row[] = [
  { name: 'network slow (500 ms)', round: slow },
  { name: 'network resets 5 %', round: resets },
  { name: 'answer lost after create', round: lostCreation },
  { name: 'one manager cut from one engine', still: true, round: oneCut },
  { name: 'all managers cut from two engines', still: true, round: mostCut },
];

async function slow({ world, tally, calm }: Round): Promise<void> {
  for (const { proxy } of world.sites) proxy.latencyMs = 250; // each way
  await tally.run(() => world.services.update('web'));
  await calm();
}

async function resets({ world, tally, calm }: Round): Promise<void> {
  for (const { proxy } of world.sites) proxy.resetPercent = 5;
  await tally.run(() => world.services.update('web'));
  await tally.run(() => world.services.update('api'));
  await delay(10_000);
  for (const { proxy } of world.sites) proxy.heal();
  await calm();
}

/** The engine made the container, and nobody heard of it: it is adopted. */
async function lostCreation({ world, tally, calm }: Round): Promise<void> {
  for (const { proxy } of world.sites) proxy.dropAnswer(creation, 2);
  await tally.run(() => world.services.update('web'));
  await tally.run(() => world.services.update('api'));
  await calm();
  expectThat(
    world.sites.some(({ proxy }) => proxy.hasDropped),
    'an answer was lost',
  );
}

/** The engine gets another driver, and its node stays ready. */
async function oneCut({ world, tally, victim, calm }: Round): Promise<void> {
  const before = await world.running();
  const { nodeId, want } = await world.engine(victim);
  const { name } = await world.client.get(drivers, want);
  world.cuts.cut(name, victim.real.name);
  await until('another manager drives it', async () => (await world.engine(victim)).want !== want, patienceMs, 100);
  await calm();
  expectThat((await world.client.get('node', nodeId)).status.state === 'ready', 'the node is ready');
  expectThat((await world.running()).join() === before.join(), 'nothing was restarted');
  await tally.run(() => world.services.update('web'));
  await calm();
}

/** Most engines silent: nothing moves, and nothing restarts when they are back. */
async function mostCut({ world, victim, others, calm }: Round): Promise<void> {
  const before = await world.running();
  const cut = [victim, others[0]];
  for (const { name } of world.managers) for (const { real } of cut) world.cuts.cut(name, real.name);
  await until('both are held', async () => (await world.nodes()).filter(isHeld).length === 2, patienceMs, 100);
  await delay(20_000);
  expectThat((await world.running()).join() === before.join(), 'nothing was moved');
  world.cuts.mend({ reset: true });
  await calm();
  expectThat((await world.running()).join() === before.join(), 'nothing was restarted');
}
