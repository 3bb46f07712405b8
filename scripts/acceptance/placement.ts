import { until } from '../waiting.js';
import { freePort } from '../waiting.js';
import { type Check, expectSame, expectThat, patienceMs, within } from './check.js';
import type { DockerTask } from './docker-json.js';
import { pauser, quick } from './specs.js';
import type { World } from './world.js';

const unplaceable = ['service', 'create', '-d', '--name', 'web', ...quick];

/** Waits for a pending task that says why, which is compared with what Docker says. */
async function untilPending(world: World, text: string): Promise<DockerTask> {
  let seen: DockerTask | undefined;
  await until(
    `a task waits and says "${text}"`,
    async () => {
      seen = (await world.tasks('web')).find(({ Status }) => Status.State === 'pending' && Status.Err !== undefined);
      return seen?.Status.Err === text;
    },
    patienceMs,
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}; seen: ${seen?.Status.Err}`);
  });
  const shown = await world.good('service', 'ps', 'web', '--no-trunc', '--format', '{{.CurrentState}} {{.Error}}');
  expectThat(shown.includes(`"${text}"`), `service ps shows ${shown}`);
  return seen as DockerTask;
}

const withinConstraint = 'no suitable node (scheduling constraints not satisfied on 3 nodes)';

/** Where tasks go, and what they say when they go nowhere. */
export const placementChecks: readonly Check[] = [
  {
    number: 12,
    says: 'a task without a node that meets its constraint says so as in Docker, and runs when a label is added',
    async run(world) {
      await world.good(...unplaceable, '--constraint', 'node.labels.disk==ssd', ...pauser);
      await untilPending(world, withinConstraint);
      const [engine] = world.engines;
      await world.good('node', 'update', '--label-add', 'disk=ssd', engine?.name ?? '');
      const began = performance.now();
      await world.untilRunning('web', 1);
      return `${withinConstraint}; ${within('runs', performance.now() - began, 1_000)}`;
    },
  },
  {
    number: 13,
    says: 'a published host port is taken once on each engine, and one task more waits',
    async run(world) {
      const port = await freePort();
      const publish = `mode=host,published=${port},target=80`;
      await world.good(...unplaceable, '--replicas', '4', '--publish', publish, ...pauser);
      await world.untilRunning('web', 3);
      expectSame(await world.spread('web'), [1, 1, 1], 'spread');
      const text = 'no suitable node (host-mode port already in use on 3 nodes)';
      await untilPending(world, text);
      return `1/1/1, the fourth: ${text}`;
    },
  },
  {
    number: 14,
    says: 'reserved memory is given once, and a task that finds too little waits',
    async run(world) {
      const memory = Number(await world.good('info', '-f', '{{.MemTotal}}')) / 3;
      const reserve = String(Math.floor((memory * 0.6) / 2 ** 20) * 2 ** 20);
      await world.good(...unplaceable, '--replicas', '4', '--reserve-memory', reserve, ...pauser);
      await world.untilRunning('web', 3);
      expectSame(await world.spread('web'), [1, 1, 1], 'spread');
      const text = 'no suitable node (insufficient resources on 3 nodes)';
      await untilPending(world, text);
      return `1/1/1 with 60 % of the memory each, the fourth: ${text}`;
    },
  },
  {
    number: 15,
    says: 'a global service has one task on each node, two while one is drained, then three again',
    async run(world) {
      const [engine] = world.engines;
      await world.good('service', 'create', '--name', 'web', '--mode', 'global', ...quick, ...pauser);
      expectSame(await world.spread('web'), [1, 1, 1], 'spread');
      await world.good('node', 'update', '--availability', 'drain', engine?.name ?? '');
      await until('two are left', async () => (await world.spread('web')).join() === '0,1,1', patienceMs, 50);
      await world.good('node', 'update', '--availability', 'active', engine?.name ?? '');
      await world.untilRunning('web', 3);
      expectSame(await world.spread('web'), [1, 1, 1], 'spread at the end');
      return '1/1/1, drained 0/1/1, active 1/1/1';
    },
  },
  {
    number: 16,
    says: 'skep node drain --wait ends when the node is empty and its tasks run elsewhere',
    async run(world) {
      const [engine] = world.engines;
      await world.good('service', 'create', '--name', 'web', '--replicas', '6', ...quick, ...pauser);
      const began = performance.now();
      await world.goodSkep('node', 'drain', engine?.name ?? '', '--wait');
      const tookMs = performance.now() - began;
      expectSame(await world.spread('web'), [0, 3, 3], 'spread when the command ended');
      expectSame((await world.runningTasks('web')).length, 6, 'running tasks');
      return `0/3/3 after ${(tookMs / 1_000).toFixed(1)} s`;
    },
  },
  {
    number: 29,
    says: 'explain of the task of check 12 names all three nodes, and what each lacks',
    async run(world) {
      await world.good(...unplaceable, '--constraint', 'node.labels.disk==ssd', ...pauser);
      await untilPending(world, withinConstraint);
      const out = await world.goodSkep('explain', 'web.1');
      for (const { name } of world.engines) {
        const row = out.split('\n').find((line) => line.startsWith(name)) ?? '';
        expectThat(/no\s+constraint\s+.*disk/.test(row), `row of ${name}: "${row}" in ${out}`);
      }
      expectThat(/add label disk=ssd/.test(out), `no word about what helps: ${out}`);
      return out
        .split('\n')
        .filter((line) => /^node-/.test(line))
        .join('; ')
        .replace(/ +/g, ' ');
    },
  },
];
