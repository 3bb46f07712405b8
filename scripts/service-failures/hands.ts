import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Service, Task } from '../../src/kinds/index.js';
import { expectThat } from '../engine-failures/row.js';
import { freePort, until } from '../waiting.js';
import type { Round, Row } from './row.js';
import { patienceMs, type World } from './world.js';

/** Rows in which a person meddles with an engine, or the engine refuses. */
export const handRows: readonly Row[] = [
  { name: 'container removed by hand', still: true, round: removed },
  { name: 'container stopped by hand', still: true, round: stopped },
  { name: 'container renamed by hand', still: true, round: renamed },
  { name: 'disk full', still: true, round: diskFull },
  { name: 'image missing', still: true, round: imageMissing },
  { name: 'port taken', still: true, round: portTaken },
];

/** A container of `web` on the victim. */
async function ofWeb({ world, victim }: Round): Promise<string> {
  const found = (await world.listOf(victim)).find(
    (one) => one.State === 'running' && one.Names[0]?.startsWith('/web.'),
  );
  if (!found) throw new Error('web has no task on the victim');
  return found.Id;
}

async function removed(round: Round): Promise<void> {
  const { victim, calm, world } = round;
  const id = await ofWeb(round);
  await victim.real.call('DELETE', `/containers/${id}?force=1`);
  await until('its task has failed', async () => endedIn(await world.tasks(), id), patienceMs, 100);
  await calm();
}

async function stopped(round: Round): Promise<void> {
  const { victim, calm, world } = round;
  const id = await ofWeb(round);
  await victim.real.post(`/containers/${id}/stop?t=5`);
  await until('its task has ended', async () => endedIn(await world.tasks(), id), patienceMs, 100);
  await calm();
}

const endedIn = (tasks: readonly Task[], container: string) =>
  !tasks.some(({ status }) => status.container?.containerId === container && status.state === 'running');

/** The label counts, not the name: the container runs on, and goes with its task. */
async function renamed(round: Round): Promise<void> {
  const { victim, calm, world, tally } = round;
  const before = await world.running();
  const id = await ofWeb(round);
  await victim.real.post(`/containers/${id}/rename?name=other`);
  await calm();
  expectThat((await world.running()).join() === before.join(), 'nothing was restarted');
  const drift = await world.skep('drift', '-o', 'json').catch(String);
  expectThat(/was renamed from web\./.test(drift), `drift names it: ${drift}`);
  await tally.run(() => world.services.update('web'));
  await calm();
  expectThat(!(await world.running()).includes(id), 'it was replaced');
}

/** Waits until a task of a service says this of why it ended. Resolves with that task. */
async function failureOf(world: World, { id }: Service, words: RegExp): Promise<Task> {
  const find = () => world.watch.all.find(({ serviceId, status }) => serviceId === id && words.test(status.err));
  await until(`a task says ${words.source}`, () => find() !== undefined, patienceMs, 50);
  return find() as Task;
}

async function diskFull({ world, tally, victim, calm }: Round): Promise<void> {
  victim.real.fillDisk();
  const extra = await tally.run(() => world.services.create('extra', { replicas: 3 }));
  const { nodeId } = await failureOf(world, extra, /no space left on device/);
  expectThat(nodeId === (await world.node(victim)).id, 'it is of the victim');
  await untilAvoided(world, 'extra', nodeId);
  victim.real.freeDisk();
  await calm();
  await tally.run(() => world.services.remove('extra'));
}

async function imageMissing({ world, tally, victim, others, calm }: Round): Promise<void> {
  const image = '127.0.0.1:9/only-there:1'; // the port of a service that nobody offers
  for (const { real } of others) await real.post('/images/busybox/tag?repo=127.0.0.1:9/only-there&tag=1');
  const extra = await tally.run(() => world.services.create('extra', { replicas: 3, image }));
  const { nodeId } = await failureOf(world, extra, /No such image: 127\.0\.0\.1:9\/only-there:1/);
  expectThat(nodeId === (await world.node(victim)).id, 'it is of the victim');
  await untilAvoided(world, 'extra', nodeId);
  await calm();
  await tally.run(() => world.services.remove('extra'));
  await calm();
  for (const { real } of others) await real.call('DELETE', `/images/${image}`);
}

/** The node on which everything failed has nothing of it. */
async function untilAvoided(world: World, name: string, node: string | undefined): Promise<void> {
  await until(
    'the node is avoided',
    async () => {
      const { id } = await world.services.get(name);
      const mine = (await world.tasks()).filter((one) => one.serviceId === id && one.desiredState === 'running');
      return mine.length === 3 && mine.every(({ status, nodeId }) => status.state === 'running' && nodeId !== node);
    },
    patienceMs,
    100,
  );
}

async function portTaken({ world, tally, victim, calm }: Round): Promise<void> {
  const hostPort = await freePort();
  const holder = createServer().listen(hostPort, victim.real.ip);
  await once(holder, 'listening');
  const { id } = await world.node(victim);
  try {
    const wish = { replicas: 1, hostPort, constraints: [`node.id == ${id}`] };
    const extra = await tally.run(() => world.services.create('extra', wish));
    await failureOf(world, extra, /address already in use|port is already allocated/);
    await tally.run(() => world.services.release('extra'));
    await calm();
  } finally {
    holder.close();
  }
  await tally.run(() => world.services.remove('extra'));
}
