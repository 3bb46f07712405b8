import { once } from 'node:events';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/base/random.js';
import type { FakeEngineServer } from '../../src/testing/index.js';
import { buildIfMissing, endAll, SkepProcess } from '../support/cli-process.js';
import { freePort } from '../support/cli-run.js';
import { ask, begin, outputOf, type Reply, upgrade } from '../support/docker-http.js';
import { fakeEngines, sleeper, until } from '../support/fleet.js';

beforeAll(() => buildIfMissing());
afterEach(() => endAll());

/** One `skep manage` of several. */
class ManageProcess {
  readonly process: SkepProcess;
  readonly address: string;

  constructor(port: number, store: string, engines: readonly FakeEngineServer[]) {
    this.address = `127.0.0.1:${port}`;
    const listening = ['-H', this.address, '--advertise', this.address];
    const replication = ['--replication', '--store', store, '--replication-ttl', '1500ms'];
    const quick = ['--engine-refresh-min-interval', '100ms', '--engine-refresh-max-interval', '200ms'];
    const url = `nodes://${engines.map(({ address }) => address).join(',')}`;
    this.process = new SkepProcess(['manage', ...listening, ...replication, ...quick, url]);
  }

  ask(method: string, path: string, body?: unknown): Promise<Reply> {
    return ask(this.address, method, path, body);
  }

  /** A fact of `docker info`. */
  async fact(name: string): Promise<string | undefined> {
    const { json } = await this.ask('GET', '/info');
    return (json.SystemStatus as [string, string][]).find(([key]) => key === name)?.[1];
  }

  async untilFact(name: string, value: string): Promise<void> {
    await expect.poll(() => this.fact(name).catch(String), { timeout: 20_000, interval: 50 }).toBe(value);
  }
}

/** A store, engines, and two managers: the first leads. */
async function twoManagers(engineCount = 2) {
  const engines = await fakeEngines(engineCount);
  const store = `127.0.0.1:${await freePort()}`;
  await new SkepProcess(['manager', '--name', 'm1', '--listen', store]).line('ready ');
  const start = async () => {
    const manager = new ManageProcess(await freePort(), store, engines);
    await manager.process.line('ready ');
    return manager;
  };
  const primary = await start();
  await primary.untilFact('Role', 'primary');
  const replica = await start();
  await replica.untilFact('Primary', primary.address);
  for (const manager of [primary, replica])
    await expect
      .poll(async () => (await manager.ask('GET', '/info')).json.NCPU, { timeout: 10_000 })
      .toBe(2 * engineCount);
  return { engines, primary, replica, start };
}

/** Containers of a name on all engines that answer. */
const madeOf = (engines: readonly FakeEngineServer[], name: string) =>
  engines.flatMap(({ model }) => [...model.containers.all].filter((one) => one.name === name));

const names = async (manager: ManageProcess): Promise<string[]> => {
  const { json } = await manager.ask('GET', '/containers/json?all=1');
  return json.map(({ Names }: { Names: string[] }) => Names[0]?.split('/')[2] ?? '').sort();
};

async function runSleeper(manager: ManageProcess, name: string, more: object = {}): Promise<string> {
  const made = await manager.ask('POST', `/v1.41/containers/create?name=${name}`, sleeper(more));
  expect(made).toMatchObject({ status: 201 });
  expect((await manager.ask('POST', `/v1.41/containers/${made.json.Id}/start`)).status).toBe(204);
  return made.json.Id;
}

describe('two managers of the same engines', { timeout: 90_000 }, () => {
  it('act as one, whichever is asked: the replica hands on calls, logs and terminals', async () => {
    const { engines, primary, replica } = await twoManagers();
    expect(await replica.fact('Role')).toBe('replica');
    expect(await primary.fact('Primary')).toBeUndefined();
    const id = await runSleeper(replica, 'web');
    expect(madeOf(engines, 'web')).toHaveLength(1);
    expect(await names(primary)).toEqual(['web']);
    expect((await primary.ask('POST', '/containers/create?name=web', sleeper())).status).toBe(409);
    expect((await replica.ask('POST', '/containers/create?name=web', sleeper())).status).toBe(409);

    // A stream of logs, as far as it has come.
    const talker = { Image: 'busybox', Cmd: ['sh', '-c', 'echo hello; sleep 1000'] };
    const made = await replica.ask('POST', '/containers/create?name=talker', talker);
    await replica.ask('POST', `/containers/${made.json.Id}/start`);
    const logs = await begin(replica.address, 'GET', `/containers/talker/logs?follow=1&stdout=1`);
    const [piece] = (await once(logs, 'data')) as [Buffer];
    expect(outputOf(piece)).toBe('hello\n');
    logs.destroy();

    // A connection that becomes a terminal, both ways.
    const exec = await replica.ask('POST', `/containers/${id}/exec`, {
      Cmd: ['cat'],
      AttachStdin: true,
      AttachStdout: true,
    });
    expect(exec.status).toBe(201);
    const terminal = await upgrade(replica.address, `/exec/${exec.json.Id}/start`, '{"Detach":false,"Tty":false}');
    expect(terminal.head).toContain('101');
    terminal.socket.write('ping\n');
    await until(() => outputOf(terminal.received()) === 'ping\n');
    terminal.socket.destroy();
  });

  it('go on with one when the other is killed: the same containers, names still unique', async () => {
    const { engines, primary, replica, start } = await twoManagers();
    await runSleeper(primary, 'web', { Env: ['reschedule:on-node-failure'] });
    await runSleeper(replica, 'db');
    primary.process.signal('SIGKILL');
    await primary.process.ended;
    // Until its lease is over, the dead one counts as the primary: it cannot be reached.
    const asked = await replica.ask('POST', '/containers/create?name=web', sleeper());
    if (asked.status === 500) expect(asked.text).toContain('Unable to reach primary cluster manager');
    else expect(asked.status).toBe(409);
    await replica.untilFact('Role', 'primary');
    expect((await replica.ask('POST', '/containers/create?name=web', sleeper())).status).toBe(409);
    expect(await names(replica)).toEqual(['db', 'web']);
    expect(madeOf(engines, 'web')).toHaveLength(1);
    await runSleeper(replica, 'third');

    const back = await start();
    await back.untilFact('Primary', replica.address);
    expect(await names(back)).toEqual(['db', 'third', 'web']);
    // Who is asked to end gives the lead away at once.
    expect(await replica.process.end('SIGTERM')).toBe(0);
    await back.untilFact('Role', 'primary');
    expect(await names(back)).toEqual(['db', 'third', 'web']);
  });

  it('make nothing twice when the one that leads is paused, and wakes up', async () => {
    const { engines, primary, replica } = await twoManagers(3);
    await runSleeper(primary, 'mobile', { Env: ['reschedule:on-node-failure'] });
    await expect.poll(async () => (await primary.ask('GET', '/containers/mobile/json')).json.State.Running).toBe(true);
    const place = (await primary.ask('GET', '/containers/mobile/json')).json.Node.Name as string;
    primary.process.signal('SIGSTOP');
    // What is asked now waits in the sockets of the paused process.
    const late = ['late-1', 'late-2', 'taken'].map((name) =>
      primary.ask('POST', `/containers/create?name=${name}`, sleeper()),
    );
    const lost = engines.find(({ model }) => model.name === place);
    await lost?.faults.kill();
    await replica.untilFact('Role', 'primary');
    await runSleeper(replica, 'taken');
    const alive = engines.filter((engine) => engine !== lost);
    await until(() => madeOf(alive, 'mobile').length === 1);
    primary.process.signal('SIGCONT');
    const statuses = (await Promise.all(late)).map(({ status }) => status);
    await primary.untilFact('Primary', replica.address);
    await lost?.faults.comeBack('same');
    await until(() => madeOf(engines, 'mobile').length === 1);

    // Refused, or handed to the manager that leads; never made by the one that leads no more.
    expect(statuses.every((status) => [201, 409, 503].includes(status))).toBe(true);
    expect(statuses[2]).not.toBe(201);
    for (const [at, name] of ['late-1', 'late-2'].entries())
      expect(madeOf(engines, name)).toHaveLength(statuses[at] === 201 ? 1 : 0);
    expect(madeOf(engines, 'taken')).toHaveLength(1);
    await until(() => madeOf(engines, 'mobile').length === 1);
    const all = await names(replica);
    expect(new Set(all).size).toBe(all.length);
    expect(await names(primary)).toEqual(all);
  });

  it('make each name once, whoever is paused or killed while many ask for it', async () => {
    const { engines, primary, replica, start } = await twoManagers(3);
    const random = seededRandom(11);
    const managers = [primary, replica];
    const made = new Map<string, string>();
    let next = 0;
    let over = false;
    // Each writer asks both managers for the same name at once: one of the two may get it.
    const write = async () => {
      while (!over) {
        const name = `c${next++}`;
        const asked = await Promise.allSettled(
          managers.map((one) => one.ask('POST', `/containers/create?name=${name}`, sleeper())),
        );
        const ids = asked.flatMap((one) =>
          one.status === 'fulfilled' && one.value.status === 201 ? [one.value.json.Id] : [],
        );
        expect(ids.length).toBeLessThan(2);
        if (ids[0]) made.set(name, ids[0]);
      }
    };
    const writers = Array.from({ length: 4 }, write);
    for (let round = 0; round < 5; round++) {
      const roles = await Promise.all(managers.map((one) => one.fact('Role').catch(() => '')));
      const leads = Math.max(0, roles.indexOf('primary'));
      const victim = managers[leads] as ManageProcess;
      if (round === 2) {
        victim.process.signal('SIGKILL');
        await victim.process.ended;
        managers[leads] = await start();
      } else {
        victim.process.signal('SIGSTOP');
        await new Promise((resolve) => setTimeout(resolve, 500 + random(2_500)));
        victim.process.signal('SIGCONT');
      }
      const before = made.size;
      await expect.poll(() => made.size, { timeout: 30_000 }).toBeGreaterThan(before + 5);
    }
    over = true;
    await Promise.all(writers);
    const all = engines.flatMap(({ model }) => [...model.containers.all]);
    const counts = new Map<string, number>();
    for (const { name } of all) counts.set(name, (counts.get(name) ?? 0) + 1);
    expect([...counts].filter(([, count]) => count > 1)).toEqual([]);
    const ids = new Set(all.map(({ id }) => id));
    expect([...made.values()].filter((id) => !ids.has(id))).toEqual([]);
  });
});
