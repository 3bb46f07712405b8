import { describe, expect, it } from 'vitest';
import { fromFile } from '../../src/settings/config-file.js';
import { fromEnvironment, fromFlags, managerFlags, settle } from '../../src/settings/sources.js';

interface Given {
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly file?: string;
}

const settled = ({ flags = {}, env = {}, file = '' }: Given) =>
  settle([fromFlags(flags), fromEnvironment(env), fromFile(file, 'skep.yaml')]);

describe('the sources of settings', () => {
  // Each setting is missing in one source more than the one before it.
  it('precede one another: flag, environment, file, default', () => {
    const file = 'name: file\ndata-dir: file\nlisten: file:1';
    const env = { SKEP_NAME: 'env', SKEP_DATA_DIR: 'env' };
    const { values, mistakes } = settled({ flags: { name: 'flag' }, env, file });
    expect(mistakes).toEqual([]);
    expect(values).toMatchObject({
      name: { value: 'flag', from: 'flag', at: '--name' },
      dataDir: { value: 'env', from: 'environment', at: 'SKEP_DATA_DIR' },
      listenAddr: { value: 'file:1', from: 'file', at: 'skep.yaml:3:1' },
      logLevel: { value: 'info', from: 'default', at: '' },
      heartbeatMs: { value: 100, from: 'default', at: '' },
    });
  });

  it('replace a list as a whole, also with an empty one', () => {
    const file = 'name: m1\npeers: [a:1, b:1]\njoin: []';
    expect(settled({ env: { SKEP_PEERS: 'c:1' }, file }).values.peers.value).toEqual(['c:1']);
    expect(settled({ flags: { peers: [] }, file }).values.peers.value).toEqual([]);
  });

  it('let a variable switch off what the file switches on', () => {
    const { values } = settled({ env: { SKEP_BEGIN: 'false' }, file: 'name: m1\nbegin: true' });
    expect(values.begin).toEqual({ value: false, from: 'environment', at: 'SKEP_BEGIN' });
  });

  it('hand the process its own defaults, and leave those of the library to it', () => {
    const handed = managerFlags(settled({ flags: { name: 'm1', advertise: ['a:1'] }, file: 'heartbeat-ms: 50' }));
    expect(handed).toEqual({
      ...{ name: 'm1', listen: '127.0.0.1:4242', advertise: ['a:1'], peers: [], join: [] },
      ...{ heartbeatMs: 50, logLevel: 'info' },
    });
  });
});

describe('the environment', () => {
  it('is read by the type of each setting', () => {
    const { layer, mistakes } = fromEnvironment({
      SKEP_NAME: 'm1',
      SKEP_PEERS: 'a:1, b:2',
      SKEP_BEGIN: '1',
      SKEP_HEARTBEAT_MS: '50',
      SKEP_KINDS: './a.js,./b.js',
      SKEP_DATA_DIR: '',
      SKEP_HOST: 'not of a member',
    });
    expect(mistakes).toEqual([]);
    expect(Object.fromEntries(Object.entries(layer).map(([name, { value }]) => [name, value]))).toEqual({
      ...{ name: 'm1', peers: ['a:1', 'b:2'], begin: true, heartbeatMs: 50, kinds: ['./a.js', './b.js'] },
    });
  });

  it.each([
    [{ SKEP_LISTEN: 'here' }, 'SKEP_LISTEN: an address is HOST:PORT, is "here"'],
    [{ SKEP_PEERS: 'a:1,' }, 'SKEP_PEERS: an address is HOST:PORT, is "a:1,"'],
    [{ SKEP_BEGIN: 'yes' }, 'SKEP_BEGIN: true or false is needed, is "yes"'],
    [{ SKEP_HEARTBEAT_MS: '1e3' }, 'SKEP_HEARTBEAT_MS: a whole number from 1 is needed, is "1e3"'],
    [{ SKEP_LOG_LEVEL: 'loud' }, 'SKEP_LOG_LEVEL: known levels are debug, info, warn, error, is "loud"'],
    [
      { SKEP_FORCE_NEW_CLUSTER: 'true' },
      'SKEP_FORCE_NEW_CLUSTER is not read: use the flag --force-new-cluster, as a later start would make another new cluster',
    ],
  ])('is refused by the name of the variable: %j', (env, says) => {
    expect(fromEnvironment(env).mistakes).toEqual([says]);
  });
});

describe('settings that contradict each other', () => {
  it.each<[Given, string]>([
    [{ flags: { peers: ['a:1'], join: ['b:1'] } }, "'--peers' cannot be used with '--join': name peers or members to join, not both"],
    [{ env: { SKEP_JOIN: 'b:1' }, file: 'peers: [a:1]' }, "'peers' (skep.yaml:1:1) cannot be used with 'SKEP_JOIN': name peers or members to join, not both"],
    [{ flags: { join: ['b:1'] }, file: '\nbegin: true' }, "'begin' (skep.yaml:2:1) cannot be used with '--join' or '--peers': begin makes a cluster of one"],
    [{ flags: { forceNewCluster: true } }, "'--force-new-cluster' needs '--data-dir', of the member that is left"],
    [{ flags: { forceNewCluster: true, dataDir: 'd' }, file: 'peers: [a:1]' }, "'--force-new-cluster' cannot be used with '--join' or 'peers' (skep.yaml:1:1)"],
    [{ file: 'data-dir: ""' }, "'data-dir' (skep.yaml:1:1) names no directory"],
    [{ env: { SKEP_HEARTBEAT_MS: '600' } }, "'--election-timeout-ms' (1000) must be at least twice 'SKEP_HEARTBEAT_MS' (600)"],
    [{ file: 'heartbeat-ms: 50\nelection-timeout-ms: 99' }, "'election-timeout-ms' (skep.yaml:2:1) (99) must be at least twice 'heartbeat-ms' (skep.yaml:1:1) (50)"],
  ])('are refused by the names that their sources have: %j', (given, says) => {
    const flags = { name: 'm1', ...given.flags };
    expect(settled({ ...given, flags }).mistakes).toEqual([says]);
  }); // prettier-ignore

  it('are not looked for among values that were refused', () => {
    expect(settled({ flags: { forceNewCluster: true }, env: { SKEP_LISTEN: 'x' } }).mistakes).toHaveLength(1);
  });

  it('count a missing name', () => {
    expect(settled({}).mistakes).toEqual([
      "required option '--name <name>' not specified (or SKEP_NAME, or name in the file of --config)",
    ]);
  });
});

describe('the settings of engines', () => {
  const tls = { fleetTlscert: 'c.pem', fleetTlskey: 'k.pem' };
  it.each<[string, Record<string, unknown>, string[]]>([
    ['with a URL alone', { fleet: 'nodes://a:1' }, []],
    ['with a node but no URL', { node: 'n1' }, ["'--node' needs '--fleet': it is about the engines that it names"]],
    ['with TLS', { fleet: 'nodes://a:1', fleetTls: true, ...tls }, []],
    ['with verified TLS', { fleet: 'nodes://a:1', fleetTlsverify: true, fleetTlscacert: 'ca.pem', ...tls }, []],
    ['with verified TLS and no CA', { fleet: 'nodes://a:1', fleetTlsverify: true, ...tls }, ["'--fleet-tlsverify' needs '--fleet-tlscacert'"]],
    ['with TLS and no key', { fleet: 'nodes://a:1', fleetTls: true, fleetTlscert: 'c.pem' }, ["'--fleet-tls' needs '--fleet-tlscert' and '--fleet-tlskey'"]],
    ['with a CA and no TLS', { fleet: 'nodes://a:1', fleetTlscacert: 'ca.pem' }, ["'--fleet-tlscacert' needs '--fleet-tlsverify' or '--fleet-tls'"]],
  ])('%s', (_name, flags, mistakes) => {
    expect(settled({ flags: { name: 'm1', ...flags } }).mistakes).toEqual(mistakes);
  }); // prettier-ignore

  it('take options as key=value', () => {
    const { layer, mistakes } = fromEnvironment({ SKEP_FLEET_DISCOVERY_OPT: 'kv.path=a/b, kv.cacertfile=c' });
    expect(mistakes).toEqual([]);
    expect(layer.fleetDiscoveryOpt?.value).toEqual(['kv.path=a/b', 'kv.cacertfile=c']);
    expect(fromEnvironment({ SKEP_FLEET_DISCOVERY_OPT: 'x' }).mistakes).toEqual([
      'SKEP_FLEET_DISCOVERY_OPT: an option is key=value, is "x"',
    ]);
  });
});
