import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../waiting.js';
import { type Check, expectSame, expectThat, patienceMs } from './check.js';
import { tellOf } from './command.js';
import type { World } from './world.js';

const names = ['shop_api', 'shop_db', 'shop_proxy'] as const;
const wanted = { shop_api: 6, shop_db: 1, shop_proxy: 2 } as const;

/** Puts the stack of `web/` into the folder of the world, and gives the nodes the labels that it asks for. */
async function prepare(world: World): Promise<string> {
  const folder = join(world.folder, 'web');
  await cp(join(import.meta.dirname, 'web'), folder, { recursive: true });
  const labels = [['edge=true', 'disk=ssd', 'zone=a'], ['edge=true', 'zone=b'], ['zone=b']];
  for (const [at, { name }] of world.engines.entries())
    await world.good('node', 'update', ...(labels[at] ?? []).flatMap((label) => ['--label-add', label]), name);
  return folder;
}

const deploy = (world: World) => world.good('stack', 'deploy', '-c', 'web/compose.yaml', 'shop');

async function untilUp(world: World): Promise<void> {
  for (const name of names) await world.untilRunning(name, wanted[name]);
  await Promise.all(names.map((name) => untilCalm(world, name)));
}

/** Waits until no update goes on. */
const untilCalm = (world: World, name: string) =>
  until(
    `no update of ${name} goes on`,
    async () => !/^(updating|rollback_started)$/.test((await world.service(name)).UpdateStatus?.State ?? ''),
    patienceMs,
  );

/** The tasks that run, by service. */
async function tasksOf(world: World): Promise<Record<string, string[]>> {
  const all: Record<string, string[]> = {};
  for (const name of names) all[name] = (await world.runningTasks(name)).map(({ ID }) => ID).sort();
  return all;
}

/** Everything of the stack that the cluster and its engines still have. */
async function leftOf(world: World): Promise<string[]> {
  const left: string[] = [];
  for (const kind of ['service', 'secret', 'config']) left.push(...(await world.good(kind, 'ls', '-q')).split('\n'));
  left.push(...(await world.good('network', 'ls', '-q', '--filter', 'scope=swarm')).split('\n'));
  left.push(...(await world.containers()).map(({ Names }) => Names.join()));
  return left.filter((one) => one !== '');
}

/** Writes to the store so far. */
async function versionOf(world: World): Promise<number> {
  const out = JSON.parse(await world.goodSkep('status', '-o', 'json')) as { version?: number | string };
  expectThat(out.version !== undefined, `status has no version: ${JSON.stringify(out).slice(0, 400)}`);
  return Number(out.version);
}

/** Versions of all services, secrets, configs and networks of the stack. */
async function writtenOf(world: World): Promise<string> {
  const parts: string[] = [];
  for (const kind of ['services', 'secrets', 'configs', 'networks?filters={"scope":["swarm"]}'])
    for (const one of await world.ask<{ ID?: string; Id?: string; Version?: { Index: number } }[]>(`/${kind}`))
      parts.push(`${one.ID ?? one.Id}@${one.Version?.Index ?? ''}`);
  return parts.sort().join();
}

/** Stacks of Compose files. */
export const stackChecks: readonly Check[] = [
  {
    number: 19,
    says: 'docker stack deploy brings a three-tier stack up, and stack rm takes all of it away, also when it waits',
    async run(world) {
      await prepare(world);
      for (const detach of ['--detach=true', '--detach=false']) {
        await deploy(world);
        await untilUp(world);
        const rows = (await world.good('stack', 'services', 'shop', '--format', '{{.Name}} {{.Replicas}}')).split('\n');
        const shown = rows.map((row) => row.replace(/ \(max.*/, '')).sort();
        expectSame(
          shown,
          names.map((name) => `${name} ${wanted[name]}/${wanted[name]}`),
          'stack services',
        );
        const states = (await world.good('stack', 'ps', 'shop', '--format', '{{.CurrentState}}')).split('\n');
        expectSame(states.filter((state) => state.startsWith('Running')).length, 9, 'running in stack ps');
        const ran = await world.docker('stack', 'rm', detach, 'shop');
        expectThat(ran.code === 0, tellOf(`docker stack rm ${detach}`, ran));
        await until('nothing is left', async () => (await leftOf(world)).length === 0, patienceMs, 200).catch(
          async (error: unknown) => {
            throw new Error(`${String(error)}; left: ${(await leftOf(world)).join(' ')}`);
          },
        );
      }
      return 'proxy 2/2, api 6/6, db 1/1; stack rm and stack rm --detach=false end, nothing is left';
    },
  },
  {
    number: 20,
    says: 'the same file again writes nothing, restarts no task, and leaves the way back',
    async run(world) {
      await prepare(world);
      await deploy(world);
      await untilUp(world);
      const { PreviousSpec: none } = await world.service('shop_api');
      expectThat(none === undefined, 'a new service has a spec before');
      await world.good('service', 'update', '--env-add', 'WORKERS=5', '--detach', 'shop_api');
      await deploy(world); // back to four: from here on nothing changes
      await untilUp(world);
      const [tasks, written, version] = [await tasksOf(world), await writtenOf(world), await versionOf(world)];
      await deploy(world);
      expectSame(await writtenOf(world), written, 'objects with versions');
      expectSame(await versionOf(world), version, 'version of the store');
      expectSame(await tasksOf(world), tasks, 'tasks');
      const { PreviousSpec: before } = await world.service('shop_api');
      expectThat(JSON.stringify(before).includes('WORKERS=5'), 'the spec before is lost');
      await world.good('service', 'rollback', '-d', 'shop_api');
      const spec = JSON.stringify((await world.service('shop_api')).Spec);
      expectThat(spec.includes('WORKERS=5'), 'the rollback did not return to it');
      return `version ${version} before and after, same tasks; service rollback returns to WORKERS=5`;
    },
  },
  {
    number: 21,
    says: 'skep apply makes the services that docker stack deploy makes',
    async run(world) {
      await prepare(world);
      await deploy(world);
      await untilUp(world);
      const dockers = await specsOf(world);
      await world.good('stack', 'rm', 'shop');
      await until('nothing is left', async () => (await leftOf(world)).length === 0, patienceMs, 200);
      await world.goodSkep('apply', 'web/compose.yaml', '--stack', 'shop', '--wait');
      await untilUp(world);
      const ours = await specsOf(world);
      const differences = names.flatMap((name) => differencesOf(dockers[name], ours[name], name));
      expectThat(differences.length === 0, `service inspect differs: ${differences.join('; ')}`);
      const written = await writtenOf(world);
      await world.goodSkep('apply', 'web/compose.yaml', '--stack', 'shop', '--wait');
      expectSame(await writtenOf(world), written, 'objects after the same file again');
      return 'service inspect of 3 services is the same; skep apply again writes nothing';
    },
  },
  {
    number: 22,
    says: 'a changed secret rolls the services that use it, and no other',
    async run(world) {
      const folder = await prepare(world);
      await deploy(world);
      await untilUp(world);
      const before = await tasksOf(world);
      await writeFile(join(folder, 'db_password.txt'), 'another one\n');
      await deploy(world);
      const rolled = async (name: 'shop_api' | 'shop_db') =>
        (await world.runningTasks(name)).every(({ ID }) => !before[name]?.includes(ID));
      await until(
        'api and db have new tasks',
        async () => (await rolled('shop_api')) && (await rolled('shop_db')),
        patienceMs,
        100,
      );
      await untilUp(world);
      const after = await tasksOf(world);
      expectSame(after['shop_proxy'], before['shop_proxy'], 'tasks of proxy');
      for (const task of ['shop_db.1', 'shop_api.1'])
        expectSame(await world.goodSkep('exec', task, '--', 'cat', '/run/secrets/db_password'), 'another one', task);
      return 'api 6 and db 1 new tasks with the new secret, proxy keeps its 2';
    },
  },
];

/** Specs of the services as docker shows them: networks by name and in the order of names, without ids of files. */
async function specsOf(world: World): Promise<Record<string, unknown>> {
  const networks = await world.ask<{ Id: string; Name: string }[]>('/networks?filters={"scope":["swarm"]}');
  const nameOf = (id: string) => networks.find(({ Id }) => Id === id)?.Name ?? id;
  const specs: Record<string, unknown> = {};
  for (const name of names) {
    const [{ Spec }] = JSON.parse(await world.good('service', 'inspect', name)) as [{ Spec: InspectedSpec }];
    const joined = (Spec.TaskTemplate.Networks ?? []).map((one) => ({ ...one, Target: nameOf(one.Target) }));
    const sorted = joined.sort((a, b) => (a.Target < b.Target ? -1 : 1));
    const spec = { ...Spec, TaskTemplate: { ...Spec.TaskTemplate, Networks: sorted } };
    specs[name] = JSON.parse(JSON.stringify(spec), (key, value: unknown) => (isIdOfFile(key) ? 'an id' : value));
  }
  return specs;
}

interface InspectedSpec {
  readonly TaskTemplate: { readonly Networks?: readonly { readonly Target: string }[] };
}

/** Secrets and configs are made anew: their ids differ. */
const isIdOfFile = (key: string) => key === 'SecretID' || key === 'ConfigID';

/** Places where two JSON values differ. */
function differencesOf(one: unknown, other: unknown, path: string): string[] {
  if (isObject(one) && isObject(other))
    return [...new Set([...Object.keys(one), ...Object.keys(other)])].flatMap((key) =>
      differencesOf(one[key], other[key], `${path}.${key}`),
    );
  const [a, b] = [JSON.stringify(one), JSON.stringify(other)];
  return a === b ? [] : [`${path}: docker ${a}, skep ${b}`];
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
