import { isEngineError, isFleetError } from '../../src/fleet/index.js';
import { until } from '../waiting.js';
import { sleeper } from './field.js';
import { expectThat, type Round, type Row } from './row.js';
import type { Tally } from './tally.js';

const creation = /^POST \/v[\d.]+\/containers\/create/;
const start = /^POST \/v[\d.]+\/containers\/[0-9a-f]+\/start/;

/** Rows in which the network between cluster and engines is at fault. */
export const networkRows: readonly Row[] = [
  { name: 'network slow (500 ms)', options: { pingMs: 5_000 }, round: slow },
  { name: 'network resets 5 %', round: resets },
  { name: 'network gone, then back', round: cut },
  { name: 'answer lost after create', round: lostCreation },
  { name: 'answer lost after create, moving', round: (round) => lostInMove(round, { create: true }) },
  { name: 'start lost, moving', round: (round) => lostInMove(round, { create: false }) },
];

async function slow({ field, tally, victim }: Round): Promise<void> {
  victim.proxy.latencyMs = 250; // each way
  const container = await tally.run(() => field.run(victim, 'web', { moves: true }));
  await tally.run(() => field.cluster.renameContainer(container, 'www'));
  const { client } = field.engine(victim);
  expectThat((await tally.run(() => client.inspectContainer(container.id))).State.Running === true, 'it runs');
  await tally.run(() => client.stopContainer(container.id, { timeoutS: 5 }));
  expectThat(field.engine(victim).isHealthy, 'slow is not lost');
  expectThat((await field.names()).join() === 'www', 'it is there once');
  await until('the cluster sees that it stopped', () => field.cluster.container('www')?.state.status === 'exited');
  await tally.run(() => field.cluster.removeContainer(field.cluster.container('www') ?? container));
  expectThat(tally.errors === 0, 'nothing fails');
}

/** Retries of an operation that a reset connection ended. */
const retriesMax = 3;
const containersMade = 8;

async function resets({ field, tally }: Round): Promise<void> {
  for (const { proxy } of field.sites) proxy.resetPercent = 5;
  const names = Array.from({ length: containersMade }, (_, at) => `web${at}`);
  for (const name of names) await persistently(tally, () => made(field, name));
  for (const name of names.slice(0, containersMade / 2))
    await persistently(tally, async () => {
      const container = field.cluster.container(name);
      if (container) await field.cluster.removeContainer(container, { force: true });
    });
  for (const { proxy } of field.sites) proxy.heal();
  await field.untilHealthy();
  const left = names.slice(containersMade / 2).join();
  const there = (await field.names()).sort().join();
  expectThat(there === left, `${left} are left, each once: ${there}`);
  await until('the cluster sees the same', () => namesOf(field.cluster).join() === left);
}

const namesOf = (cluster: Round['field']['cluster']) => [...cluster.containers()].map(({ name }) => name).sort();

/** Makes a container unless it is there: a user who looks before trying again. */
async function made(field: Round['field'], name: string): Promise<void> {
  if (field.cluster.container(name)) return;
  await field.cluster.createContainer(sleeper({ moves: true }), name);
}

/** Tries again what a reset has ended, a bounded number of times; nothing else may fail. */
async function persistently(tally: Tally, operation: () => Promise<void>): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const error = await tally.refused(operation);
    if (!error) return;
    const isReset = isEngineError(error, 'UNREACHABLE') || isFleetError(error, 'OUTCOME_UNKNOWN');
    if (!isReset || attempt >= retriesMax) throw error;
  }
}

/** Nothing arrives and nobody is told: what may move does; what came back twice is removed. */
async function cut({ field, tally, victim }: Round): Promise<void> {
  const fixed = await tally.run(() => field.run(victim, 'fixed'));
  await tally.run(() => field.run(victim, 'mobile', { moves: true }));
  const before = await field.life(victim, fixed.id);
  victim.proxy.blackhole();
  await field.untilMoved('mobile', victim);
  tally.moved++;
  victim.proxy.blackhole(false);
  await field.untilHealthy();
  await until('what came back twice is removed', async () => (await field.listOf(victim)).length === 1);
  expectThat((await field.life(victim, fixed.id)).StartedAt === before.StartedAt, 'fixed runs on');
  expectThat((await field.names()).sort().join() === 'fixed,mobile', 'each is there once');
}

async function lostCreation({ field, tally, victim }: Round): Promise<void> {
  victim.proxy.dropAnswer(creation);
  const container = await tally.run(() => field.cluster.deployContainer(field.engine(victim), sleeper({}), 'web'));
  expectThat(victim.proxy.hasDropped, 'the answer was lost');
  const list = await field.listOf(victim);
  expectThat(list.length === 1 && list[0]?.Id === container.id, 'the container was adopted');
  expectThat(field.records.length === 1 && field.records[0]?.container === container.id, 'its record names it');
  const error = await tally.refused(() => field.cluster.createContainer(sleeper({}), 'web'));
  expectThat(/Conflict: The name web/.test(String(error)), 'its name is taken');
}

/** The engine that a container moves to does not answer to its creation, or never hears that it is to start. */
async function lostInMove({ field, tally, victim, others }: Round, { create }: { create: boolean }): Promise<void> {
  const container = await tally.run(() => field.run(victim, 'web', { moves: true }));
  for (const { proxy } of others)
    if (create) proxy.dropAnswer(creation);
    else proxy.dropRequest(start);
  await victim.real.kill9();
  const moved = await field.untilMoved('web', victim);
  tally.moved++;
  expectThat(moved.swarmId === container.swarmId, 'it keeps its Swarm id');
  expectThat(field.site(moved.engine).proxy.hasDropped, 'something was lost');
  await victim.real.start();
  await field.untilHealthy();
  await until('what came back twice is removed', async () => (await field.names()).join() === 'web');
  await until('its record names it', () => field.records[0]?.container === moved.id && field.records[0].running);
}
