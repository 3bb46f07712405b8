import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/base/random.js';
import { until } from '../../scripts/waiting.js';
import {
  type Backend,
  BackendRegistry,
  createBackend,
  DiscoveryError,
  DiscoveryWatch,
  entriesOf,
  MemoryBackend,
  openTokenServer,
  Registrations,
  type TokenServer,
} from '../../src/discovery/index.js';
import { Folder, freePort, Running, skep } from '../support/cli-run.js';
import { virtualTime } from '../support/discovery-watch.js';

let folder: Folder;
let hub: TokenServer;

beforeAll(async () => {
  folder = await Folder.make();
  hub = await openTokenServer({ listen: '127.0.0.1:0' });
});
afterAll(async () => {
  await hub.close();
  await folder.remove();
});

/** A backend that tells this, and remembers what it was made with. */
function told(look: ConstructorParameters<typeof DiscoveryWatch>[0]) {
  const given: unknown[] = [];
  const backend: Backend = {
    initialize: (...all) => void given.push(...all),
    watch: ({ signal } = {}) => new DiscoveryWatch(look, signal),
    register: () => Promise.resolve(),
  };
  const registry = new BackendRegistry({ mine: () => backend });
  return { given, createBackend: registry.create.bind(registry) };
}

describe('skep create', () => {
  it('prints a token as json', async () => {
    const token = /^[0-9a-f]{32}$/;
    expect(JSON.parse((await skep(['create', '-o', 'json'])).out)).toEqual({ token: expect.stringMatching(token) as string });
    expect((await skep(['create', '-o', 'name'])).out.trimEnd()).toMatch(token);
  }); // prettier-ignore

  it.each([['create'], ['c']])('prints a fresh token (%s)', async (command) => {
    const [one, other] = [await skep([command]), await skep([command])];
    expect(one).toEqual({ code: 0, out: expect.stringMatching(/^[0-9a-f]{32}\n$/) as string, err: '' });
    expect(one.out).not.toBe(other.out);
  });

  it('takes no arguments', async () => {
    const err = "skep: the `create` command takes no arguments. See 'skep create --help'.\n";
    expect(await skep(['create', 'x'])).toEqual({ code: 2, out: '', err });
  });

  it.each([['--discovery-url'], ['SKEP_DISCOVERY_URL']])('makes a cluster on a token server, named by %s', async (how) => {
    const named = how.startsWith('--');
    const { code, out } = await skep(named ? ['create', how, hub.url] : ['create'], { env: named ? {} : { [how]: hub.url } });
    expect(code).toBe(0);
    const listing = await skep(['list', `token+http://${hub.addr}/v1/${out.trim()}`]);
    expect(listing).toEqual({ code: 0, out: '', err: '' });
  }); // prettier-ignore

  it.each([
    ['nowhere', 2, 'nowhere is no URL of a token server'],
    ['http://127.0.0.1:1', 5, 'does not answer'],
  ])('says why %s makes none: %d', async (url, code, message) => {
    const ran = await skep(['create', '--discovery-url', url]);
    expect(ran).toEqual({ code, out: '', err: expect.stringContaining(message) as string });
  });
});

describe('skep list', () => {
  it.each([['list'], ['l']])('prints an address a line (%s)', async (command) => {
    const ran = await skep([command, '10.0.0.[1:2]:2375,[::1]:1']);
    expect(ran).toEqual({ code: 0, out: '10.0.0.1:2375\n10.0.0.2:2375\n[::1]:1\n', err: '' });
  });

  it('prints what programs read', async () => {
    const json = await skep(['list', '-o', 'json', 'nodes://a:1,[::1]:2']);
    expect(JSON.parse(json.out)).toEqual([{ host: 'a', port: 1 }, { host: '::1', port: 2 }]);
    expect((await skep(['list', '-o', 'ndjson', 'a:1'])).out).toBe('{"host":"a","port":1}\n');
  }); // prettier-ignore

  it('looks where SWARM_DISCOVERY says, unless it is told otherwise', async () => {
    const env = { SWARM_DISCOVERY: 'nodes://env:1' };
    expect((await skep(['list'], { env })).out).toBe('env:1\n');
    expect((await skep(['list', 'arg:1'], { env })).out).toBe('arg:1\n');
  });

  it('reads a file', async () => {
    const path = await folder.write('cluster', '# ours\na:1 # first\nb:[1:2]\n');
    expect(await skep(['list', `file://${path}`])).toEqual({ code: 0, out: 'a:1\nb:1\nb:2\n', err: '' });
  });

  it('hands the backend its timeout as the heartbeat, and its options', async () => {
    const { given, createBackend } = told((tell) => tell.entries(entriesOf([])));
    const args = ['list', '--timeout', '1m30s', '--discovery-opt', 'a=1', '--discovery-opt', 'b=c=d', 'mine://x'];
    expect((await skep(args, { createBackend })).code).toBe(0);
    expect(given).toEqual(['x', 90_000, 180_000, { 'kv.path': 'docker/swarm/nodes', a: '1', b: 'c=d' }]);
    given.length = 0;
    await skep(['list', '--discovery-opt', 'kv.path=mine', 'mine://x'], { createBackend });
    expect(given.slice(1)).toEqual([10_000, 180_000, { 'kv.path': 'mine' }]);
  });

  it.each([
    [['list'], "discovery required to list a cluster. See 'skep list --help'."],
    [['list', '--timeout', 'soon'], "discovery required to list a cluster. See 'skep list --help'."],
    [['list', '--timeout', 'soon', 'a:1'], 'invalid --timeout: time: invalid duration "soon"'],
    [['list', '--timeout', '5', 'a:1'], 'invalid --timeout: time: missing unit in duration "5"'],
    [['list', '--timeout', '0', 'a:1'], '--timeout should be a positive number'],
    [['list', '--timeout', '-1s', 'a:1'], '--timeout should be a positive number'],
    [['list', '--discovery-opt', 'kv.path', 'a:1'], '--discovery-opt must contain key=value strings'],
    [['list', 'mystery://a:1'], 'discovery service not supported'],
    [['list', 'token://'], 'token is empty'],
    [['list', 'abc'], 'address abc: missing port in address, please check you are using the correct discovery (missing token:// ?)'],
    [['list', '--discovery-opt', 'kv.certfile=x', 'etcd://a:1'], 'kv.certfile and kv.keyfile belong together'],
  ])('%j is a mistake: 2', async (args, message) => {
    expect(await skep(args)).toEqual({ code: 2, out: '', err: `skep: ${message}\n` });
  }); // prettier-ignore

  it.each([
    [{ code: 'UNAVAILABLE' as const, message: 'away' }, 5],
    [{ code: 'INVALID_ADDRESS' as const, message: 'wrong' }, 2],
  ])('says why there is no backend: %j', async ({ code: why, message }, code) => {
    const createBackend = () => Promise.reject(new DiscoveryError(why, message));
    expect(await skep(['list', 'mine://'], { createBackend })).toEqual({ code, out: '', err: `skep: ${message}\n` });
  });

  it('lets go of the backend, also when there is no list', async () => {
    let closed = 0;
    const failing = told((tell) => tell.error(new Error('away')));
    for (const { createBackend } of [failing, told((tell) => tell.entries(entriesOf([])))]) {
      const closing: typeof createBackend = async (...args) => {
        const backend = await createBackend(...args);
        return Object.assign(backend, { close: async () => void closed++ });
      };
      await skep(['list', 'mine://'], { createBackend: closing });
      const joining = new Running(['join', '--addr', 'a:1', 'mine://'], { createBackend: closing });
      await new Promise((resolve) => setImmediate(resolve));
      await joining.interrupt();
    }
    expect(closed).toBe(4);
  });

  it('ends with 124 when nothing comes in time', async () => {
    const { clock, pass } = virtualTime();
    const listing = skep(['list', '--timeout', '3s', 'mine://'], { ...told(() => undefined), clock });
    await pass(3_000);
    expect(await listing).toEqual({ code: 124, out: '', err: 'skep: Timed out\n' });
  });

  it('is interrupted with 130', async () => {
    const listing = new Running(
      ['list', 'mine://'],
      told(() => undefined),
    );
    await new Promise((resolve) => setImmediate(resolve));
    expect(await listing.interrupt()).toEqual({ code: 130, out: '', err: '' });
  });

  it.each([
    ['file:///no/such/file', 5, "failed to read '/no/such/file': ENOENT"],
    ['token+http://HUB/v1/unknown', 3, 'Failed to fetch entries, Discovery service returned 404 HTTP status code'],
    ['token+http://NOBODY/v1/t', 5, 'does not answer'],
    ['etcd://NOBODY', 5, 'Unexpected watch error'],
  ])('says why it knows nothing of %s: %d', async (url, code, message) => {
    const at = url.replace('HUB', hub.addr).replace('NOBODY', `127.0.0.1:${await freePort()}`);
    expect(await skep(['list', at])).toEqual({ code, out: '', err: expect.stringContaining(message) as string });
  });

  it('says what is wrong in a file: 7', async () => {
    const path = await folder.write('wrong', 'a\n');
    const err = `skep: failed to read '${path}': address a: missing port in address\n`;
    expect(await skep(['list', `file://${path}`])).toEqual({ code: 7, out: '', err });
  });
});

describe('skep join', () => {
  const required = "discovery required to join a cluster. See 'skep join --help'.";
  const form = '--advertise should be of the form ip:port or hostname:port';

  it.each([
    ['', required],
    ['--advertise x --ttl y', required],
    ['mine://', 'missing mandatory --advertise flag'],
    ['mine:// --heartbeat x', 'missing mandatory --advertise flag'],
    ['mine:// --advertise x --delay y', form],
    ['mine:// --advertise :1', form],
    ['mine:// --advertise a:0', form],
    ['mine:// --advertise a:65536', form],
    ['mine:// --addr a:http', form],
    ['mine:// --advertise a:1 --delay x --heartbeat y', 'invalid --delay: time: invalid duration "x"'],
    ['mine:// --advertise a:1 --delay -1s --heartbeat y', '--delay should not be a negative number'],
    ['mine:// --advertise a:1 --heartbeat x --ttl y', 'invalid --heartbeat: time: invalid duration "x"'],
    ['mine:// --advertise a:1 --heartbeat 999ms --ttl y', '--heartbeat should be at least one second'],
    ['mine:// --advertise a:1 --ttl x --discovery-opt y', 'invalid --ttl: time: invalid duration "x"'],
    ['mine:// --advertise a:1 --ttl 60s --discovery-opt y', '--ttl must be strictly superior to the heartbeat value'],
    ['mine:// --advertise a:1 --heartbeat 5m', '--ttl must be strictly superior to the heartbeat value'],
    ['mine:// --advertise a:1 --discovery-opt y', '--discovery-opt must contain key=value strings'],
    ['consul:// --advertise a:1', 'discovery service not supported'],
  ])('%j is a mistake: 2', async (line, message) => {
    const args = line.split(' ').filter((word) => word !== '');
    const { createBackend } = told(() => undefined);
    expect(await skep(['join', ...args], { createBackend })).toEqual({ code: 2, out: '', err: `skep: ${message}\n` });
  });

  it.each([['join'], ['j']])('registers every heartbeat, and takes it back at the end: 0 (%s)', async (command) => {
    const { clock, pass } = virtualTime();
    const registrations = new Registrations(clock);
    const registry = new BackendRegistry({ memory: (ports) => new MemoryBackend(ports, registrations) });
    const env = { SWARM_DISCOVERY: 'memory://', SWARM_ADVERTISE: 'a:1' };
    const joining = new Running([command], { clock, env, createBackend: registry.create.bind(registry) });
    await until('it is registered', () => registrations.has('a:1'));
    await pass(600_000);
    expect(registrations.addresses()).toEqual(['a:1']);
    const { code, out, err } = await joining.interrupt();
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(err.split('\n').filter((line) => line === 'info Registering on the discovery service every 1m0s...')).toHaveLength(11);
    expect(registrations.addresses()).toEqual([]);
  }); // prettier-ignore

  it('survives outages, and says so', async () => {
    const { clock, pass } = virtualTime();
    const answers = [new DiscoveryError('UNAVAILABLE', 'away'), undefined, new DiscoveryError('REFUSED', 'no')];
    const asked: string[] = [];
    const { createBackend } = told(() => undefined);
    const failing: typeof createBackend = async (...args) => ({
      ...(await createBackend(...args)),
      register(address) {
        asked.push(address);
        const error = answers[asked.length - 1];
        return error ? Promise.reject(error) : Promise.resolve();
      },
    });
    const args = ['join', '--addr', 'h:2375', '--heartbeat', '1s', '--ttl', '2s', 'mine://'];
    const joining = new Running(args, { clock, createBackend: failing });
    await until('it has asked', () => asked.length === 1);
    await pass(3_000);
    const { code, err } = await joining.interrupt();
    expect([code, asked]).toEqual([0, ['h:2375', 'h:2375', 'h:2375', 'h:2375']]);
    expect(err.split('\n').filter((line) => line.startsWith('error'))).toEqual(['error away', 'error no']);
  });

  it('begins after a random part of --delay', async () => {
    const { clock, pass } = virtualTime();
    const registrations = new Registrations(clock);
    const registry = new BackendRegistry({ memory: (ports) => new MemoryBackend(ports, registrations) });
    const random = (bound: number) => bound / 4;
    const args = ['join', '--advertise', 'a:1', '--delay', '10s', 'memory://'];
    const joining = new Running(args, { clock, random, createBackend: registry.create.bind(registry) });
    await new Promise((resolve) => setImmediate(resolve));
    await pass(2_499);
    expect(registrations.size).toBe(0);
    await pass(1);
    expect(registrations.size).toBe(1);
    const { err } = await joining.interrupt();
    expect(err).toContain('info Add a random delay 2.5s to avoid synchronized registration\n');
  });

  it.each(['a:1', 'file:///etc/hosts'])('ends where nobody can register: 7 (%s)', async (url) => {
    const { code, err } = await skep(['join', '--advertise', 'b:1', url]);
    expect(code).toBe(7);
    expect(err).toContain('skep: not implemented in this discovery service\n');
  });
});

describe('the three of them together', () => {
  it('find each other through a token server', async () => {
    const token = (await skep(['create', '--discovery-url', hub.url])).out.trim();
    const url = `token+http://${hub.addr}/v1/${token}`;
    const joining = new Running(['join', '--advertise', '10.0.0.1:2375', url]);
    await until('it is listed', async () => (await skep(['list', url])).out === '10.0.0.1:2375\n');
    expect((await joining.interrupt()).code).toBe(0);
    expect(await skep(['list', url])).toEqual({ code: 0, out: '', err: '' });
  });

  it('draw tokens from the chance that they are given', async () => {
    const drawn = await Promise.all([1, 1, 2].map((seed) => skep(['create'], { random: seededRandom(seed), createBackend })));
    expect([drawn[0]?.out === drawn[1]?.out, drawn[0]?.out === drawn[2]?.out]).toEqual([true, false]);
  });
}); // prettier-ignore
