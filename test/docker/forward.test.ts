import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DockerApi, openDockerApi, type Role } from '../../src/docker/index.js';
import {
  ask,
  begin,
  fleetKinds,
  hostOf,
  outputOf,
  type ServedFleet,
  serveFleet,
  upgrade,
} from '../support/docker-http.js';
import { PlainFleet } from '../support/plain-fleet.js';
import { until } from '../support/processes.js';

/** A replica whose role a test changes. */
class Replica {
  role: Role = { is: 'replica', primary: undefined };
  readonly #listeners = new Set<() => void>();
  api!: DockerApi;

  static async open(waitMs: number): Promise<Replica> {
    const replica = new Replica();
    const replication = {
      waitMs,
      role: () => replica.role,
      onChange: (run: () => void) => {
        replica.#listeners.add(run);
        return () => void replica.#listeners.delete(run);
      },
    };
    const options = { listen: ['tcp://127.0.0.1:0'], version: '1', replication };
    replica.api = await openDockerApi(new PlainFleet([]), options);
    return replica;
  }

  get waiting(): number {
    return this.#listeners.size;
  }

  become(role: Role): void {
    this.role = role;
    for (const run of this.#listeners) run();
  }
}

describe.each(fleetKinds)('a replica of a primary with a %s fleet', (kind) => {
  let primary: ServedFleet;
  let replica: Replica;
  let address: string;

  beforeEach(async () => {
    primary = await serveFleet([{ name: 'node-1' }], {}, kind);
    replica = await Replica.open(300);
    replica.become({ is: 'replica', primary: primary.address });
    address = hostOf(replica.api);
  });
  afterEach(async () => {
    await replica.api.close();
    await primary.close();
  });

  it('answers about itself, and hands everything else to the primary', async () => {
    expect((await ask(address, 'GET', '/v1.41/info')).json.SystemStatus).toContainEqual(['Primary', primary.address]);
    expect((await ask(address, 'HEAD', '/_ping')).status).toBe(200);
    expect((await ask(address, 'GET', '/version')).json.Version).toBe('swarm/1');
    const body = { Image: 'busybox', Cmd: ['sleep', '60'] };
    const made = await ask(address, 'POST', '/v1.41/containers/create?name=web', body);
    expect(made).toMatchObject({ status: 201, headers: { server: 'skep/1.2.3 (linux)' } });
    expect((await ask(address, 'GET', '/containers/json?all=1&x=a%2Fb')).json).toMatchObject([{ Id: made.json.Id }]);
    expect(await ask(address, 'GET', '/containers/nosuch/json')).toMatchObject({ status: 404 });
  });

  it('passes streams and hijacked connections, half-closed ones too', async () => {
    const body = { Image: 'busybox', Cmd: ['cat'], OpenStdin: true, StdinOnce: true };
    await ask(address, 'POST', '/containers/create?name=cat', body);
    const events = await begin(address, 'GET', '/events');
    const stream = await upgrade(address, '/containers/cat/attach?stream=1&stdin=1&stdout=1');
    await ask(address, 'POST', '/containers/cat/start');
    stream.socket.end('through two managers\n');
    await once(stream.socket, 'end');
    expect(outputOf(stream.received())).toBe('through two managers\n');
    const [first] = (await once(events, 'data')) as [Buffer];
    expect(first.toString()).toContain('"node-1"');
    events.destroy();
  });

  it('says which primary it cannot reach', async () => {
    await primary.api.close();
    const answer = await ask(address, 'GET', '/containers/json');
    expect(answer.status).toBe(500);
    expect(answer.json.message).toMatch(
      new RegExp(`^Unable to reach primary cluster manager \\(${primary.address}\\): .*ECONNREFUSED`),
    );
  });

  it('waits for a primary, but not for ever', async () => {
    replica.become({ is: 'replica', primary: undefined });
    const late = await ask(address, 'GET', '/containers/json');
    expect(late).toMatchObject({
      status: 503,
      json: { message: expect.stringContaining('no primary cluster manager') },
    });
    expect(replica.waiting).toBe(0);
  });

  it('goes on when a primary is elected meanwhile, itself too', async () => {
    await replica.api.close();
    replica = await Replica.open(60_000);
    address = hostOf(replica.api);
    for (const role of [{ is: 'replica', primary: primary.address }, { is: 'primary' }] as const) {
      replica.role = { is: 'replica', primary: undefined };
      const answer = ask(address, 'GET', '/containers/json');
      await until('the request waits', () => replica.waiting > 0);
      replica.become(role);
      expect(await answer).toMatchObject({ status: 200, json: [] });
    }
  });

  it('does not hand a request on twice', async () => {
    replica.become({ is: 'replica', primary: address });
    expect(await ask(address, 'GET', '/containers/json')).toMatchObject({
      status: 503,
      json: { message: expect.stringContaining('not the primary any more') },
    });
  });
});
