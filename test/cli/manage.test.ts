import { describe, expect, it } from 'vitest';
import type { ManageSettings } from '../../src/cli/index.js';
import { type RunOptions, skep } from '../support/cli-run.js';

const url = 'nodes://10.0.0.1:2375';

/** Settings that a command line comes to. */
async function settingsOf(args: readonly string[], options: RunOptions = {}): Promise<ManageSettings> {
  let settings: ManageSettings | undefined;
  const manage = (given: ManageSettings) => {
    settings = given;
    return Promise.resolve();
  };
  const ran = await skep(['manage', ...args], { ...options, manage });
  expect(ran).toEqual({ code: 0, out: '', err: '' });
  if (!settings) throw new Error('manage was not called');
  return settings;
}

/** A command line that is refused: nothing may have begun. */
async function refused(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  let called = false;
  const manage = () => {
    called = true;
    return Promise.resolve();
  };
  const { code, err } = await skep(['manage', ...args], { env, manage });
  expect({ code, called }).toEqual({ code: 2, called: false });
  return err;
}

describe('the settings of skep manage', () => {
  it('have defaults', async () => {
    expect(await settingsOf([url])).toEqual({
      discovery: url,
      discoveryOptions: { 'kv.path': 'docker/swarm/nodes' },
      heartbeatMs: 60_000,
      listen: ['tcp://127.0.0.1:2375'],
      cors: false,
      strategy: 'spread',
      filters: undefined,
      overcommit: 0.05,
      createRetry: 0,
      refreshMinMs: 30_000,
      refreshMaxMs: 60_000,
      failureRetry: 3,
      tls: undefined,
      rootDir: undefined,
      replication: undefined,
      logLevel: 'info',
    });
  });

  it.each<[string, Partial<ManageSettings>]>([
    ['--strategy binpack', { strategy: 'binpack' }],
    ['--strategy binpacking', { strategy: 'binpacking' }],
    ['-f health --filter port', { filters: ['health', 'port'] }],
    ['-H :4000', { listen: ['tcp://:4000'] }],
    ['-H tcp://10.0.0.1:4000 --host unix:///run/s.sock', { listen: ['tcp://10.0.0.1:4000', 'unix:///run/s.sock'] }],
    ['-H 10.0.0.1:1,10.0.0.1:2', { listen: ['tcp://10.0.0.1:1', 'tcp://10.0.0.1:2'] }],
    ['--cors', { cors: true }],
    ['--api-enable-cors', { cors: true }],
    ['--heartbeat 1s', { heartbeatMs: 1_000 }],
    ['--cluster-driver swarm -c swarm', {}],
    ['--cluster-opt swarm.overcommit=-0.5', { overcommit: -0.5 }],
    ['--oc 0.2', { overcommit: 0.2 }],
    ['--overcommit .1 --cluster-opt swarm.createretry=2', { overcommit: 0.1, createRetry: 2 }],
    ['--engine-refresh-min-interval 5s --engine-refresh-max-interval 5s', { refreshMinMs: 5_000, refreshMaxMs: 5_000 }],
    ['--engine-failure-retry 1', { failureRetry: 1 }],
    ['--discovery-opt kv.path=x', { discoveryOptions: { 'kv.path': 'x' } }],
    ['--rootdir /tmp/x', { rootDir: '/tmp/x' }],
    ['--log-level debug', { logLevel: 'debug' }],
    ['--tls --tlscert c --tlskey k', { tls: { certFile: 'c', keyFile: 'k', caFile: undefined, verify: false } }],
    ['--tlsverify --tlscacert a --tlscert c --tlskey k', { tls: { certFile: 'c', keyFile: 'k', caFile: 'a', verify: true } }],
    ['--store m1,m2:1', { replication: { store: ['m1:4242', 'm2:1'], advertise: '127.0.0.1:2375', ttlMs: 20_000 } }],
    [
      '-H unix:///s --store [::1] --replication --replication-ttl 5s --addr h:1',
      { replication: { store: ['[::1]:4242'], advertise: 'h:1', ttlMs: 5_000 } },
    ],
  ])('take %s', async (args, expected) => {
    expect(await settingsOf([...args.split(' '), url])).toMatchObject(expected);
  }); // prettier-ignore

  it.each<[string, Partial<ManageSettings>]>([
    ['', { replication: { store: ['m1:4242', 'm2:7'], advertise: '127.0.0.1:2375', ttlMs: 20_000 } }],
    ['--store other:1', { replication: { store: ['other:1'], advertise: '127.0.0.1:2375', ttlMs: 20_000 } }],
    ['--rootdir d', { rootDir: 'd', replication: undefined }],
  ])('take the skep managers of the discovery URL: %s', async (args, expected) => {
    expect(await settingsOf([...args.split(' ').filter(Boolean), 'skep://m1,m2:7/fleet'])).toMatchObject(expected);
  });

  it.each([
    [['--host', 'm1:1', 'manage', '--host', 'h:2', url], ['tcp://h:2']],
    [
      ['m', '--host=h:2', '--host', 'h:3', '-Hh:4', url],
      ['tcp://h:2', 'tcp://h:3', 'tcp://h:4'],
    ],
    [['--host=m1:1', 'manage', url], ['tcp://127.0.0.1:2375']],
    [['manage', '--strategy', 'spread', '--host', 'h:2', '--', url], ['tcp://h:2']],
  ])('tell their own --host from that of other commands: %j', async (args, listen) => {
    let settings: ManageSettings | undefined;
    const manage = (given: ManageSettings) => Promise.resolve(void (settings = given));
    expect(await skep(args, { manage })).toEqual({ code: 0, out: '', err: '' });
    expect(settings?.listen).toEqual(listen);
  });

  it('come from the environment, behind flags', async () => {
    const env = { SWARM_DISCOVERY: url, SWARM_HOST: ':4000', SWARM_ADVERTISE: '10.0.0.1:4000' };
    const settings = await settingsOf(['--store', 'm1'], { env });
    expect(settings).toMatchObject({ discovery: url, listen: ['tcp://:4000'], replication: { advertise: '10.0.0.1:4000' } });
    const flags = ['--store', 'm1', '-H', ':5000', '--advertise', 'h:5', 'nodes://h:1'];
    expect(await settingsOf(flags, { env })).toMatchObject({
      discovery: 'nodes://h:1',
      listen: ['tcp://:5000'],
      replication: { advertise: 'h:5' },
    });
  }); // prettier-ignore

  it('are taken under the short name too', async () => {
    let called = false;
    await skep(['m', url], {
      manage: () => {
        called = true;
        return Promise.resolve();
      },
    });
    expect(called).toBe(true);
  });
});

describe('skep manage refuses', () => {
  it.each([
    ['--strategy best', "--strategy best: strategy not supported; known are spread, binpack, random"],
    ['-f healt', '--filter healt: filter not supported; known are health, port'],
    ['-H udp://h:1', '--host: unsupported protocol: "udp"; write tcp://HOST:PORT or unix:///PATH'],
    ['-H tcp://h', '--host: tcp://h is not tcp://HOST:PORT'],
    ['-H unix://rel', '--host: unix://rel has no absolute path'],
    ['-H h:99999', '--host: tcp://h:99999 needs a port from 0 to 65535'],
    ['--tls', '--tlscert and --tlskey must be provided when using --tls'],
    ['--tls --tlscert c', '--tlscert and --tlskey must be provided when using --tls'],
    ['--tlsverify --tlskey k', '--tlscert and --tlskey must be provided when using --tls'],
    ['--tlsverify --tlscert c --tlskey k', '--tlscacert must be provided when using --tlsverify'],
    ['--tlscacert a', '--tlscert, --tlskey and --tlscacert require the use of either --tls or --tlsverify'],
    ['--tlscert c', '--tlscert, --tlskey and --tlscacert require the use of either --tls or --tlsverify'],
    ['--engine-refresh-min-interval 0s', 'min refresh interval should be a positive number'],
    ['--engine-refresh-max-interval 29s', 'max refresh interval cannot be less than min refresh interval'],
    ['--engine-refresh-min-interval x', 'invalid --engine-refresh-min-interval: time: invalid duration'],
    ['--engine-failure-retry 0', 'invalid failure retry count'],
    ['--engine-failure-retry x', 'invalid failure retry count'],
    ['--engine-failure-retry 1.5', 'invalid failure retry count'],
    ['--heartbeat 500ms', '--heartbeat should be at least one second'],
    ['--heartbeat x', 'invalid --heartbeat: time: invalid duration'],
    ['-c mesos', 'unsupported cluster "mesos"; the only one is swarm'],
    ['--cluster-opt swarm.overcommit', '--cluster-opt must contain key=value strings'],
    ['--cluster-opt mesos.user=x', 'unknown --cluster-opt mesos.user; known are swarm.overcommit, swarm.createretry'],
    ['--cluster-opt swarm.overcommit=-1', 'swarm.overcommit should be larger than -1, -1 is invalid'],
    ['--cluster-opt swarm.overcommit=', 'swarm.overcommit should be larger than -1,  is invalid'],
    ['--oc Infinity', 'swarm.overcommit should be larger than -1, Infinity is invalid'],
    ['--cluster-opt swarm.createretry=-1', 'swarm.createretry can not be negative, -1 is invalid'],
    ['--cluster-opt swarm.createretry=x', 'swarm.createretry can not be negative, x is invalid'],
    ['--discovery-opt x', '--discovery-opt must contain key=value strings'],
    ['--log-level loud', 'known levels are debug, info, warn, error'],
    ['--replication', '--replication needs skep managers that keep the state: give --store HOST:PORT,...'],
    ['--replication --store m1', '--advertise address must be provided when using --replication'],
    ['--replication --rootdir d --advertise h:1', '--rootdir is of one manager, --replication of several'],
    ['--store m1 --rootdir d', '--rootdir and --store both say where to keep what was asked for'],
    ['--store m1 --advertise 10.0.0.1', '--advertise should be of the form ip:port or hostname:port'],
    ['--advertise nonsense', '--advertise should be of the form ip:port or hostname:port'],
    ['--store m1 -H 0.0.0.0:2375', 'no other manager could reach this one at its first --host; give --advertise HOST:PORT'],
    ['--store m1 -H tcp://[::]:2375', 'give --advertise HOST:PORT'],
    ['--store m1 -H unix:///s', 'give --advertise HOST:PORT'],
    ['--store m1 -H 10.0.0.1:0', 'give --advertise HOST:PORT'],
    ['--store m1:x', "--store must be HOST[:PORT][,HOST[:PORT]...], is 'm1:x'"],
    ['--replication-ttl 0s', '--replication-ttl should be a positive number'],
    ['--replication-ttl -1s', '--replication-ttl should be a positive number'],
    ['--replication-ttl 100ms', '--replication-ttl should be at least 500ms'],
    ['--replication-ttl x', 'invalid --replication-ttl: time: invalid duration'],
    ['--refresh-on-node-filter', "unknown option '--refresh-on-node-filter'"],
  ])('%s', async (args, message) => {
    expect(await refused([...args.split(' '), url])).toContain(message);
  }); // prettier-ignore

  it('an empty directory name', async () => {
    expect(await refused(['--rootdir', '', url])).toContain('--rootdir is empty; name a directory');
  });

  it('to begin without discovery', async () => {
    expect(await refused([])).toBe("skep: discovery required to manage a cluster. See 'skep manage --help'.\n");
  });

  it('two discovery URLs', async () => {
    expect(await refused([url, url])).toContain('too many arguments');
  });

  it.each([
    [{ SWARM_HOST: 'udp://x' }, 'unsupported protocol: "udp"'],
    [{ SWARM_ADVERTISE: 'x' }, '--advertise should be of the form ip:port or hostname:port'],
  ])('what the environment says wrong: %j', async (env, message) => {
    expect(await refused([url], env as Record<string, string>)).toContain(message);
  });

  it('the first thing that is wrong, in the order of Docker Swarm', async () => {
    const wrong = [
      ['--tls', '--tlscert and --tlskey must'],
      ['--engine-refresh-min-interval=0s', 'min refresh interval'],
      ['--heartbeat=1ms', '--heartbeat should'],
      ['--strategy=x', 'strategy not supported'],
      ['--filter=x', 'filter not supported'],
      ['--cluster-driver=x', 'unsupported cluster'],
      ['--host=udp://x', 'unsupported protocol'],
      ['--replication-ttl=0s', '--replication-ttl should'],
    ] as const;
    for (const [at, [, message]] of wrong.entries())
      expect(await refused([...wrong.slice(at).map(([flag]) => flag), url])).toContain(message);
  });
});

describe('skep manage --help', () => {
  it('shows its own --host, and the forms of discovery', async () => {
    const { code, out } = await skep(['manage', '--help']);
    expect(code).toBe(0);
    const own = out.split('Global Options:')[0] ?? '';
    expect(own).toMatch(/-H, --host <ip:port> +an address to listen on/);
    expect(out).toContain('token://<token>');
    // The options of commands that ask a manager mean nothing here.
    expect(out).not.toMatch(/members to ask|--actor/);
  });
});
