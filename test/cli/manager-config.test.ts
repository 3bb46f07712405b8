import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ManagerFlags } from '../../src/cli/index.js';
import { Folder, skep } from '../support/cli-run.js';

let folder: Folder;
let file: string;
beforeAll(async () => {
  folder = await Folder.make();
  file = await folder.write('skep.yaml', 'name: m1\nlisten: a:1\npeers: [a:1, b:1]\nlog-level: warn\n');
});
afterAll(() => folder.remove());

/** Runs `skep manager`; `handed` is what it would have started with. */
async function manager(args: readonly string[], env: Record<string, string> = {}) {
  const start = vi.fn((_flags: ManagerFlags) => Promise.resolve(0));
  const ran = await skep(['manager', ...args], { manager: start, env });
  return { ...ran, handed: start.mock.calls[0]?.[0] };
}

describe('skep manager --config', () => {
  it('starts with what the file says', async () => {
    const { code, handed } = await manager(['--config', file]);
    expect(code).toBe(0);
    expect(handed).toEqual({ name: 'm1', listen: 'a:1', peers: ['a:1', 'b:1'], join: [], logLevel: 'warn' });
  });

  it('is preceded by variables, and these by flags', async () => {
    const env = { SKEP_NAME: 'env', SKEP_LOG_LEVEL: 'error' };
    const { handed } = await manager(['--config', file, '--name', 'flag'], env);
    expect(handed).toMatchObject({ name: 'flag', logLevel: 'error', listen: 'a:1' });
  });

  it('adds no default of a flag to what the file or a variable says', async () => {
    const { handed } = await manager(['--config', file], { SKEP_HEARTBEAT_MS: '50' });
    expect(handed).toMatchObject({ listen: 'a:1', logLevel: 'warn', heartbeatMs: 50 });
  });

  it('comes from SKEP_CONFIG, unless it is given', async () => {
    const other = await folder.write('other.yaml', 'name: m2\n');
    expect((await manager([], { SKEP_CONFIG: file })).handed?.name).toBe('m1');
    expect((await manager(['--config', other], { SKEP_CONFIG: file })).handed?.name).toBe('m2');
  });

  it('reports every mistake with its place, and starts nothing: 2', async () => {
    const wrong = await folder.write('wrong.yaml', 'name: m1\ndataDir: d\npeers:\n  - a:1\n  - b\n');
    const { code, out, err, handed } = await manager(['--config', wrong]);
    expect({ code, out, handed }).toEqual({ code: 2, out: '', handed: undefined });
    expect(err.split('\n')).toEqual([
      `error: ${wrong}:2:1: there is no setting "dataDir"; did you mean "data-dir"?`,
      `error: ${wrong}:5:5: peers: an address is HOST:PORT, is "b"`,
      '(see --help)',
      '',
    ]);
  });

  it('that contradicts a flag is a mistake, and says where both are: 2', async () => {
    const { code, err, handed } = await manager(['--config', file, '--join', 'c:1']);
    expect({ code, handed }).toEqual({ code: 2, handed: undefined });
    expect(err).toContain(`error: 'peers' (${file}:3:1) cannot be used with '--join'`);
  });

  it('that is not there is a mistake: 2', async () => {
    const { code, err } = await manager(['--config', join(folder.path, 'nowhere.yaml')]);
    expect(code).toBe(2);
    expect(err).toContain('nowhere.yaml cannot be read: ENOENT');
  });

  it('refuses variables that cannot be right: 2', async () => {
    const { code, err } = await manager(['--name', 'm1'], { SKEP_LISTEN: 'here' });
    expect(code).toBe(2);
    expect(err).toContain('error: SKEP_LISTEN: an address is HOST:PORT, is "here"');
  });
});

describe('skep manager --help', () => {
  it('names the variable of each setting', async () => {
    const help = (await skep(['manager', '--help'])).out.replaceAll(/\s+/g, ' ');
    for (const name of ['NAME', 'DATA_DIR', 'LISTEN', 'PEERS', 'BEGIN', 'KINDS', 'DNS', 'CONFIG'])
      expect(help).toContain(`or SKEP_${name}`);
    expect(help).toContain('time between heartbeats (or SKEP_HEARTBEAT_MS; default: 100)');
    expect(help).not.toContain('SKEP_FORCE_NEW_CLUSTER');
  });
});

describe('skep manager --check-config', () => {
  it('says ok and starts nothing: 0', async () => {
    const { code, out, err, handed } = await manager(['--config', file, '--check-config']);
    expect({ code, out, err, handed }).toEqual({ code: 0, out: 'ok\n', err: '', handed: undefined });
  });

  it('says everything that is wrong: 2', async () => {
    const args = ['--config', file, '--check-config', '--begin', '--join', 'c:1'];
    const { code, out, err, handed } = await manager(args, { SKEP_HEARTBEAT_MS: '600' });
    expect({ code, out, handed }).toEqual({ code: 2, out: '', handed: undefined });
    expect(err.match(/^error: /gm)).toHaveLength(3);
  });

  it('loads the modules of kinds: 2 when one cannot be', async () => {
    const empty = await folder.write('empty.mjs', 'export const nothing = 1;\n');
    const none = await manager(['--name', 'm1', '--check-config', '--kinds', empty]);
    expect(none.code).toBe(2);
    expect(none.err).toContain('empty.mjs exports no kind');
    const lost = await manager(['--name', 'm1', '--check-config', '--kinds', join(folder.path, 'lost.mjs')]);
    expect(lost.code).toBe(2);
    expect(lost.err).toContain('lost.mjs cannot be loaded');
  });
});

describe('skep manager --explain-config', () => {
  const args = ['--explain-config', '--heartbeat-ms', '50'];

  it('prints each setting with its value and where it came from: 0', async () => {
    const { code, out, err, handed } = await manager(['--config', file, ...args], { SKEP_LOG_LEVEL: 'error' });
    expect({ code, err, handed }).toEqual({ code: 0, err: '', handed: undefined });
    const lines = out.trimEnd().split('\n').map((line) => line.replaceAll(/ +/g, ' '));
    expect(lines).toEqual([
      'SETTING VALUE FROM',
      `name m1 ${file}:1:1`,
      'data-dir - default',
      `listen a:1 ${file}:2:1`,
      'advertise - default',
      `peers a:1,b:1 ${file}:3:1`,
      'join - default',
      'begin false default',
      'security auto default',
      'insecure-anywhere false default',
      'audit - default',
      'audit-strict false default',
      'stale-access-ms 600000 default',
      'force-new-cluster false default',
      'heartbeat-ms 50 --heartbeat-ms',
      'election-timeout-ms 1000 default',
      'snapshot-interval 10000 default',
      'kinds - default',
      'log-level error SKEP_LOG_LEVEL',
      'log-format auto default',
      'token-file - default',
      'peers-secret-file - default',
      'insecure false default',
      'dns - default',
      'http - default',
      'http-anywhere false default',
      'http-name - default',
      'http-origin - default',
      'fleet - default',
      'node - default',
      'fleet-heartbeat-ms 60000 default',
      'fleet-discovery-opt - default',
      'fleet-tls false default',
      'fleet-tlsverify false default',
      'fleet-tlscacert - default',
      'fleet-tlscert - default',
      'fleet-tlskey - default',
      'docker - default',
      'ingress - default',
    ]);
  }); // prettier-ignore

  it('prints JSON with -o json', async () => {
    const { code, out } = await manager(['--config', file, ...args, '-o', 'json'], { SKEP_LOG_LEVEL: 'error' });
    expect(code).toBe(0);
    const rows = JSON.parse(out) as { setting: string }[];
    const row = (name: string) => rows.find(({ setting }) => setting === name);
    expect(row('peers')).toEqual({ setting: 'peers', value: ['a:1', 'b:1'], from: 'file', at: `${file}:3:1` });
    expect(row('heartbeat-ms')).toEqual({ setting: 'heartbeat-ms', value: 50, from: 'flag', at: '--heartbeat-ms' });
    expect(row('log-level')).toEqual({ setting: 'log-level', value: 'error', from: 'environment', at: 'SKEP_LOG_LEVEL' });
    expect(row('data-dir')).toEqual({ setting: 'data-dir', value: null, from: 'default', at: null });
  }); // prettier-ignore

  it('reports mistakes instead: 2', async () => {
    const { code, out, err } = await manager(['--explain-config']);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain("required option '--name <name>' not specified");
  });
});
