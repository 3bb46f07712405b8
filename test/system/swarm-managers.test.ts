import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildIfMissing, endAll, SkepProcess } from '../support/cli-process.js';
import { freePort } from '../support/cli-run.js';
import { ask, type Reply } from '../support/docker-http.js';
import { fakeEngines } from '../support/fleet.js';
import { until } from '../support/processes.js';

beforeAll(() => buildIfMissing());
afterEach(() => endAll());

/** One `skep manager --docker`. */
class DockerManager {
  readonly process: SkepProcess;
  readonly name: string;
  readonly listen: string;
  #address = '';

  constructor(name: string, listen: string, peers: readonly string[], engines: string) {
    this.name = name;
    this.listen = listen;
    const place = ['--listen', listen, '--peers', peers.join(',')];
    this.process = new SkepProcess([
      ...['manager', '--name', name, ...place, '--fleet', engines, '--docker', 'tcp://127.0.0.1:0'],
    ]);
  }

  async ready(): Promise<this> {
    const line = await this.process.line('ready ');
    this.#address = / docker=tcp:\/\/(\S+)/.exec(line)?.[1] ?? '';
    return this;
  }

  ask(method: string, path: string, body?: unknown): Promise<Reply> {
    return ask(this.#address, method, path, body);
  }
}

async function threeManagers() {
  const engines = await fakeEngines(2);
  const url = `nodes://${engines.map(({ address }) => address).join(',')}`;
  const addrs: string[] = [];
  for (let at = 0; at < 3; at++) addrs.push(`127.0.0.1:${await freePort()}`);
  const managers = addrs.map((addr, at) => new DockerManager(`m${at + 1}`, addr, addrs, url));
  await Promise.all(managers.map((one) => one.ready()));
  return { managers, engines };
}

/** Nodes with a manager, by the address of the manager: the node of an engine on its host, or one for the manager alone. */
const managersOf = async (manager: DockerManager) => {
  const { json } = await manager.ask('GET', '/nodes');
  return new Map(
    (json as any[]).filter((one) => one.ManagerStatus).map((one) => [one.ManagerStatus.Addr as string, one]),
  );
};

/** Address of the manager that leads. */
const leaderOf = async (manager: DockerManager) =>
  [...(await managersOf(manager))].find(([, { ManagerStatus: status }]) => status.Leader)?.[0];

const spec = (name: string, more: object = {}) => ({
  Name: name,
  TaskTemplate: { ContainerSpec: { Image: 'busybox' }, ...more },
});

describe('three managers with the Docker API', { timeout: 120_000 }, () => {
  it('each answer from their own memory, and write through the leader', async () => {
    const { managers } = await threeManagers();
    const [first] = managers as [DockerManager];
    await until('a leader is known', async () => (await leaderOf(first)) !== undefined);
    const leader = await leaderOf(first);
    const follower = managers.find(({ listen }) => listen !== leader) as DockerManager;
    const { json: info } = await follower.ask('GET', '/info');
    expect(info.Swarm).toMatchObject({ LocalNodeState: 'active', ControlAvailable: true, Managers: 3 });
    const { json: nodes } = await follower.ask('GET', '/nodes');
    const led = await managersOf(follower);
    expect([...led.keys()].sort()).toEqual(managers.map(({ listen }) => listen).sort());
    expect([...led.values()].filter((one) => one.ManagerStatus.Leader)).toHaveLength(1);
    expect((nodes as any[]).map(({ ID: id }) => id)).toContain(info.Swarm.NodeID);

    // What was just written is there for the next request, whichever manager has it from whom.
    for (const [at, one] of [...managers, ...managers].entries()) {
      const network = await one.ask('POST', '/networks/create', { Name: `net${at}`, Driver: 'overlay' });
      expect(network.status, network.text).toBe(201);
      const made = await one.ask('POST', '/services/create', spec(`web${at}`, { Networks: [{ Target: `net${at}` }] }));
      expect(made.status, made.text).toBe(201);
      const read = await one.ask('GET', `/services/web${at}`);
      expect(read.json.Spec.TaskTemplate.Networks).toEqual([{ Target: network.json.Id }]);
      const { json: listed } = await one.ask('GET', '/networks?filters={"scope":["swarm"]}');
      expect((listed as any[]).map(({ Name: name }) => name)).toContain(`net${at}`);
    }
    const { json: made } = await first.ask('GET', '/services/web1');
    await until('all managers have it', async () => {
      const reads = await Promise.all(managers.map((one) => one.ask('GET', '/services/web1')));
      return reads.every(({ json }) => json.Version?.Index === made.Version.Index);
    });
    const twice = await follower.ask('POST', '/services/create', spec('web1'));
    expect(twice).toMatchObject({ status: 409 });
    const update = { ...spec('web1'), Mode: { Replicated: { Replicas: 3 } } };
    const path = (version: number) => `/services/${made.ID}/update?version=${version}`;
    expect(await follower.ask('POST', path(made.Version.Index), update)).toMatchObject({ status: 200 });
    const late = await follower.ask('POST', path(made.Version.Index), update);
    expect(late).toMatchObject({ status: 500, json: { message: expect.stringContaining('update out of sequence') } });
  });

  it('hand containers on to the one that acts, and go on when the leader dies', async () => {
    const { managers } = await threeManagers();
    const [first] = managers as [DockerManager];
    await until('engines answer', async () => (await first.ask('GET', '/info')).json.NCPU === 4);
    const create = () => first.ask('POST', '/containers/create?name=one', { Image: 'busybox', Cmd: ['sleep', '600'] });
    let made = await create();
    // While they agree on the one that acts, a manager may say that it has done nothing.
    await until('one of them acts', async () => made.status !== 503 || (made = await create()).status !== 503);
    expect(made.status, made.text).toBe(201);
    for (const one of managers) {
      const { json } = await one.ask('GET', '/containers/json?all=1');
      expect((json as any[]).map(({ Id: id }) => id)).toEqual([made.json.Id]);
      expect((await one.ask('POST', '/networks/create', { Name: `local-${one.name}`, Driver: 'bridge' })).status).toBe(
        201,
      );
      expect((await one.ask('DELETE', `/networks/local-${one.name}`)).status).toBe(204);
    }
    await until('a leader is known', async () => (await leaderOf(first)) !== undefined);
    const leader = await leaderOf(first);
    const other = managers.find(({ listen }) => listen !== leader) as DockerManager;
    managers.find(({ listen }) => listen === leader)?.process.signal('SIGKILL');
    expect((await other.ask('GET', '/services')).json).toEqual([]);
    const service = await other.ask('POST', '/services/create', spec('after'));
    expect(service.status, service.text).toBe(201);
    expect((await other.ask('GET', '/services/after')).status).toBe(200);
    await until('the manager that is gone shows', async () => {
      const gone = (await managersOf(other)).get(leader ?? '');
      return gone?.ManagerStatus.Reachability === 'unreachable';
    });
  });
});
