import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/base/log.js';
import { type OpenReplica, openReplica, type OpenReplicaOptions } from '../../src/daemon/open-replica.js';
import { authorities } from '../../src/kinds/index.js';
import { skep } from '../support/cli-run.js';
import { until } from '../support/network-wait.js';

const folder = mkdtempSync(join(tmpdir(), 'skep-run-'));
const env = { XDG_RUNTIME_DIR: folder, XDG_CONFIG_HOME: join(folder, 'config') };
const runtimeDir = join(folder, 'skep');
const opened: OpenReplica[] = [];

async function open(name: string, options: Partial<OpenReplicaOptions> = {}): Promise<OpenReplica> {
  const member = await openReplica({
    ...{ name, listenAddr: '127.0.0.1:0', security: 'on', runtimeDir, logger: silentLogger },
    ...options,
  });
  opened.push(member);
  await until('there is a CA', () => member.store.view((tx) => tx.kind(authorities).find().length === 1));
  return member;
}

const here = (...args: string[]) => skep(args, { env });
const socketsOf = () =>
  readdirSync(runtimeDir, { recursive: true, encoding: 'utf8' }).filter((one) => /sock$/.test(one));

afterEach(async () => {
  await Promise.all(opened.splice(0).map((member) => member.close()));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('skep on the computer of a member with security', () => {
  it.each([
    ['with a data directory', () => ({ dataDir: join(folder, 'm1') })],
    ['without a data directory', () => ({})],
    [
      'with a data directory of a long path',
      () => {
        const dataDir = join(folder, 'x'.repeat(60), 'y'.repeat(60));
        mkdirSync(dataDir, { recursive: true });
        return { dataDir };
      },
    ],
  ])('finds it without an option or a login: %s', async (_, options) => {
    const member = await open('m1', options());
    expect(await here('whoami')).toMatchObject({ code: 0, out: 'local\n' });
    const { code, out } = await here('status', '-o', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ clusterId: member.status().clusterId, security: 'on' });
    await member.close();
    expect(socketsOf()).toEqual([]);
  });

  it('passes over what a member left that was killed', async () => {
    await open('m1');
    const [one = ''] = socketsOf();
    writeFileSync(join(runtimeDir, one, '..', 'm0.sock'), '');
    expect(await here('whoami')).toMatchObject({ code: 0, out: 'local\n' });
  });

  it('asks which one is meant when members of two clusters run', async () => {
    const [first, second] = [await open('m1'), await open('m2')];
    const { code, err } = await here('status');
    expect(code).toBe(2);
    expect(err).toMatch(/members of 2 clusters run on this computer: choose one with --host unix:\S+, --host unix:\S+/);
    const hosts = [...err.matchAll(/--host (\S+?)(?:,|\n)/g)].map(([, host = '']) => host);
    const ids = await Promise.all(hosts.map(async (host) => (await here('--host', host, 'status', '-o', 'json')).out));
    expect(ids.map((text) => (JSON.parse(text) as { clusterId: string }).clusterId).sort()).toEqual(
      [first, second].map((member) => member.status().clusterId).sort(),
    );
  });

  it('uses no folder that others may write', async () => {
    await open('m1', { dataDir: join(folder, 'private') });
    chmodSync(runtimeDir, 0o770);
    try {
      expect((await here('whoami', '--timeout', '300ms')).out).not.toContain('local');
      const other = await open('m2');
      expect(existsSync(join(runtimeDir, other.status().clusterId.slice(0, 12), 'm2.sock'))).toBe(false);
    } finally {
      chmodSync(runtimeDir, 0o700);
    }
  });

  it('prefers a context that is named or in use, and --host to both', async () => {
    const member = await open('m1', { dataDir: join(folder, 'contexts') });
    const token = join(folder, 'token');
    for (const name of ['alice', 'bob']) {
      await here('user', 'add', name, '--host', hostOf(member));
      writeFileSync(token, (await skep(['token', 'create', 'user', name, '--host', hostOf(member)], { env })).out);
      const { err } = await skep(['login', member.addr, '--context', name, '--token-file', token], { env });
      expect(err).toContain(name === 'alice' ? 'commands use it from now on' : '"skep context use bob"');
    }
    const whoami = async (...args: string[]) => (await here('whoami', ...args)).out;
    expect(await whoami()).toBe('user/alice (viewer)\n'); // in use, at the hosts of the context
    expect(await whoami('--context', 'bob')).toBe('user/bob (viewer)\n');
    expect((await skep(['whoami'], { env: { ...env, SKEP_CONTEXT: 'bob' } })).out).toBe('user/bob (viewer)\n');
    expect(await whoami('--host', member.addr)).toBe('user/alice (viewer)\n');
    expect(await whoami('--host', hostOf(member))).toBe('local\n');
    expect((await here('context', 'use', 'bob')).code).toBe(0);
    expect(await whoami()).toBe('user/bob (viewer)\n');
    expect((await here('context', 'ls')).out).toMatch(/bob\s+yes\s+user\/bob/);
    expect((await here('context', 'use', 'carol')).err).toContain('there is no context carol');
    expect((await here('context', 'rm', 'bob')).code).toBe(0);
    expect(await whoami()).toBe('local\n'); // no context is in use now
    expect((await here('context', 'use')).code).toBe(0);
  });
});

const hostOf = (member: OpenReplica) =>
  `unix:${join(runtimeDir, member.status().clusterId.slice(0, 12), `${member.status().name}.sock`)}`;
