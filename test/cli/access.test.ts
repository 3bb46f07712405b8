import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/base/log.js';
import { type OpenReplica, openReplica } from '../../src/daemon/open-replica.js';
import { authorities } from '../../src/kinds/index.js';
import { skep } from '../support/cli-run.js';
import { until } from '../support/network-wait.js';

const folder = mkdtempSync(join(tmpdir(), 'skep-acc-'));
const env = { XDG_CONFIG_HOME: join(folder, 'config') };
const socket = join(folder, 'm1', 'run', 'control.sock');
const tokenFile = join(folder, 'token');
let member: OpenReplica;

/** On the machine of the member, as its owner. */
const local = (...args: string[]) => skep(['--host', `unix:${socket}`, ...args], { env });
/** Anywhere, with a login. */
const remote = (...args: string[]) => skep(['--host', member.addr, ...args], { env });

async function loggedIn(name: string, role: string): Promise<string> {
  expect(await local('user', 'add', name, '--role', role)).toMatchObject({ code: 0, out: `${name}\n` });
  const { code, out } = await local('token', 'create', 'user', name);
  expect(code).toBe(0);
  writeFileSync(tokenFile, out);
  const { code: ended, err } = await skep(['login', member.addr, '--context', name, '--token-file', tokenFile], {
    env,
  });
  expect(ended).toBe(0);
  return err;
}

beforeAll(async () => {
  const dataDir = join(folder, 'm1');
  member = await openReplica({ name: 'm1', dataDir, listenAddr: '127.0.0.1:0', security: 'on', logger: silentLogger });
  await until('there is a CA', () => member.store.view((tx) => tx.kind(authorities).find().length === 1));
});
afterAll(async () => {
  await member.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('skep in a cluster with security', () => {
  it('needs no login on the machine of the member', async () => {
    expect(statSync(join(folder, 'm1', 'run')).mode & 0o777).toBe(0o700);
    expect(statSync(socket).mode & 0o777).toBe(0o600);
    expect(await local('whoami')).toMatchObject({ code: 0, out: 'local\n' });
    expect((await local('status')).code).toBe(0);
  });

  it('shows a token once, and never its secret again', async () => {
    const { code, out, err } = await local('token', 'create', 'member', '--note', 'for m2');
    expect(code).toBe(0);
    expect(out).toMatch(/^skepj1_[a-z2-7]{32}_[a-z2-7]{10}_[a-z2-7]{33}\n$/);
    expect(err).toContain('--token-file');
    const listed = await local('token', 'ls', '-o', 'json');
    expect(listed.out).toContain('for m2');
    expect(listed.out).toContain(out.split('_')[2]);
    expect(listed.out).not.toContain(out.trim().split('_')[3]?.slice(0, 26));
  });

  it('takes a token from a file for a program without a login', async () => {
    await local('user', 'add', 'robot', '--role', 'operator');
    const made = await local('token', 'create', 'user', 'robot', '--bearer', '--ttl', '1h');
    expect(made.out).toMatch(/^skept1_[a-z2-7]{10}_[a-z2-7]{33}\n$/);
    expect(made.err).toContain('SKEP_TOKEN_FILE');
    expect((await local('token', 'ls')).out).toMatch(/bearer robot/);
    const ca = await local('ca', 'show');
    expect(ca.out).toMatch(/^-----BEGIN CERTIFICATE-----[^]*-----END CERTIFICATE-----\n$/);
    const [token, caFile] = [join(folder, 'robot-token'), join(folder, 'robot-ca')];
    writeFileSync(token, made.out);
    writeFileSync(caFile, ca.out);
    const robot = (given: Record<string, string>, ...args: string[]) =>
      skep(['--host', member.addr, ...args], { env: { ...env, ...given } });
    const files = { SKEP_TOKEN_FILE: token, SKEP_CA_FILE: caFile };
    expect(await robot(files, 'whoami')).toMatchObject({ code: 0, out: 'user/robot (operator)\n' });
    expect((await robot(files, 'network', 'create', 'by-robot')).code).toBe(0);
    expect((await robot({ SKEP_TOKEN_FILE: token }, 'whoami')).err).toContain('SKEP_TOKEN_FILE needs SKEP_CA_FILE');
    expect((await robot({ ...files, SKEP_CA_FILE: token }, 'whoami')).err).toContain('no certificate of a CA');
    expect(await local('token', 'create', 'member', '--bearer')).toMatchObject({ code: 2 });
    await local('user', 'rm', 'robot');
    expect((await robot(files, 'node', 'ls')).code).toBe(6);
  });

  it('makes a secret for peers without asking a member', async () => {
    const { code, out, err } = await skep(['--host', '127.0.0.1:1', 'token', 'generate-peers'], { env });
    expect(code).toBe(0);
    expect(out).toMatch(/^skepp1_[a-z2-7]{59}\n$/);
    expect(err).toContain('--peers-secret-file');
  });

  it('logs users in, with files for them alone', async () => {
    expect(await loggedIn('alice', 'viewer')).toContain('You are user/alice');
    const key = join(env.XDG_CONFIG_HOME, 'skep/contexts/alice/key.pem');
    expect(statSync(key).mode & 0o777).toBe(0o600);
    expect(await remote('--context', 'alice', 'whoami')).toMatchObject({ code: 0, out: 'user/alice (viewer)\n' });
    const { out } = await skep(['context', 'ls', '-o', 'json'], { env });
    expect(JSON.parse(out)).toMatchObject([{ name: 'alice', identity: 'user/alice' }]);
    expect(out).not.toContain('PRIVATE');
  });

  it('lets them do what their role says, and exits with 6 for the rest', async () => {
    expect((await remote('--context', 'alice', 'node', 'ls')).code).toBe(0);
    const refused = await remote('--context', 'alice', 'network', 'create', 'x');
    expect(refused.code).toBe(6);
    expect(refused.err).toContain('user/alice (viewer) may not');
    expect(await remote('--context', 'alice', 'token', 'create', 'member')).toMatchObject({ code: 6 });
  });

  it('answers what one may do, and why', async () => {
    const ask = (...args: string[]) => remote('--context', 'alice', 'can', ...args);
    expect((await ask('read', 'service')).out).toBe('yes: role viewer: read *\n');
    expect((await ask('write', 'service', 'web')).out).toBe('no\n');
    expect((await ask('read', 'service', '--user', 'root')).code).toBe(6);
    expect((await local('can', 'read', 'service', '--user', 'alice')).out).toBe('yes: role viewer: read *\n');
  });

  it('refuses a key that others can read, and does not repair it', async () => {
    const key = join(env.XDG_CONFIG_HOME, 'skep/contexts/alice/key.pem');
    await chmod(key, 0o640);
    const { code, err } = await remote('--context', 'alice', 'whoami');
    expect(code).toBe(2);
    expect(err).toContain(`chmod 600 ${key}`);
    expect(statSync(key).mode & 0o777).toBe(0o640);
    await chmod(key, 0o600);
  });

  it('makes roles, and removes none that is in use', async () => {
    expect((await local('role', 'add', 'web', 'read,write service web-', 'read node')).code).toBe(0);
    expect((await local('role', 'ls')).out).toContain('read,write service web-; read node');
    await loggedIn('wendy', 'web');
    expect((await remote('--context', 'wendy', 'node', 'ls')).code).toBe(0); // without a right to read the cluster object
    expect((await remote('--context', 'wendy', 'network', 'ls')).code).toBe(6);
    expect((await local('role', 'rm', 'web')).code).toBe(4);
    expect((await local('user', 'ls')).out).toMatch(/wendy\s+web/);
    expect((await local('user', 'rm', 'wendy')).code).toBe(0);
    expect((await local('role', 'rm', 'web')).code).toBe(0);
    expect((await local('role', 'add', 'admin', 'read *')).code).toBe(7);
  });

  it.each([
    ['of a stranger', 'skepx', 'that is no token'],
    ['that is cut', 'skepj1_abc', 'characters are missing'],
  ])('says of a token %s what is wrong, before it asks anyone', async (_, text, expected) => {
    writeFileSync(tokenFile, text);
    const { code, err } = await skep(['login', '127.0.0.1:1', '--token-file', tokenFile], { env });
    expect(code).toBe(6);
    expect(err).toContain(expected);
  });

  it('forgets a login', async () => {
    expect((await skep(['logout', '--context', 'alice'], { env })).code).toBe(0);
    const { code, err } = await remote('--context', 'alice', 'whoami');
    expect(code).toBe(2);
    expect(err).toContain('there is no context alice');
  });
});
