import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { SkepBackend } from '../../src/coordination/index.js';
import { runManage } from '../../src/daemon/manage.js';
import { createBackend, registerBackend } from '../../src/discovery/index.js';
import { entries, locks } from '../../src/kinds/index.js';
import { type Ran, skep } from '../support/cli-run.js';
import { ask } from '../support/docker-http.js';
import { fakeEngine, sleeper, until } from '../support/fleet.js';
import { SecureCluster } from '../support/secure-cluster.js';

/* `skep manage`, `list` and `join` show members of a cluster with security the identity of every other command. */

const folder = mkdtempSync(join(tmpdir(), 'skep-manage-'));
const env = { XDG_CONFIG_HOME: folder };
const cluster = new SecureCluster();
registerBackend('skep', (ports) => new SkepBackend(ports)); // as the program does

/** Writes a token of an admin to a file. */
async function tokenFile(name: string, use: 'join-user' | 'bearer', roles: readonly string[]): Promise<string> {
  await cluster.admin.putUser({ name, roles });
  const file = join(folder, `${name}.token`);
  writeFileSync(file, (await cluster.admin.createToken({ use, user: name })).token);
  return file;
}

async function login(name: string, roles: readonly string[]): Promise<void> {
  const args = ['login', cluster.member.addr, '--context', name, '--token-file'];
  const { code, err } = await skep([...args, await tokenFile(name, 'join-user', roles)], { env });
  expect({ code, err }).toMatchObject({ code: 0 });
  expect((await skep(['context', 'use'], { env })).code).toBe(0);
}

/** Runs a command until it has said that it is ready, and ends it with the test. */
async function start(
  args: readonly string[],
  more: Record<string, string> = {},
): Promise<{ api: string; err: () => string }> {
  const stop = new AbortController();
  let [out, err] = ['', ''];
  let ran: Ran | undefined;
  const ended = skep(args, {
    ...{ env: { ...env, ...more }, signal: stop.signal, manage: runManage, createBackend },
    onOut: (text) => (out += text),
    onErr: (text) => (err += text),
  });
  void ended.then((one) => (ran = one));
  onTestFinished(async () => {
    stop.abort();
    await ended;
  });
  await until(() => out.startsWith('ready ') || args[0] === 'join' || ran !== undefined);
  if (ran) throw new Error(`it ended: ${ran.err}`);
  return { api: /^ready tcp:\/\/(\S+)/.exec(out)?.[1] ?? '', err: () => err };
}

const times = ['--engine-refresh-min-interval', '60ms', '--engine-refresh-max-interval', '120ms'];
const manage = ['manage', ...times, '-H', 'tcp://127.0.0.1:0', '--advertise', '127.0.0.1:1'];

beforeAll(async () => {
  await cluster.begin();
  await login('fleet', ['operator']);
  await login('nobody', ['viewer']);
});
afterAll(async () => {
  await cluster.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Waits until the manager leads and has written a container into the store. */
async function createsContainer(api: string, name: string): Promise<void> {
  await expect
    .poll(async () => (await ask(api, 'POST', `/containers/create?name=${name}`, sleeper())).status, {
      timeout: 20_000,
    })
    .toBe(201);
  const { objects } = await cluster.admin.list('containers');
  expect(JSON.stringify(objects)).toContain(`"${name}"`);
}

const lockOwner = async () => {
  const { objects } = await cluster.admin.list(locks);
  const held = objects.find(({ lock }) => lock === 'fleet');
  return (await cluster.admin.history(locks, held?.id ?? '')).entries[0]?.actor;
};

describe('skep manage --store, in a cluster with security', () => {
  it('keeps its records there with the login of --context', async () => {
    const engine = await fakeEngine({ name: 'node-1' });
    const { api } = await start([
      ...manage,
      '--context',
      'fleet',
      '--store',
      cluster.member.addr,
      `nodes://${engine.address}`,
    ]);
    await createsContainer(api, 'by-context');
    expect(await lockOwner()).toBe('user/fleet');
  });

  it('keeps its records there with a token', async () => {
    const file = await tokenFile('fleet-token', 'bearer', ['operator']);
    const ca = join(folder, 'ca.pem');
    writeFileSync(ca, (await cluster.admin.rootCa()).roots.join('\n'));
    const engine = await fakeEngine({ name: 'node-1' });
    const variables = { SKEP_TOKEN_FILE: file, SKEP_CA_FILE: ca };
    const { api } = await start([...manage, '--store', cluster.member.addr, `nodes://${engine.address}`], variables);
    await createsContainer(api, 'by-token');
  });

  it.each([
    ['without an identity', [], 'speaks TLS only, and was asked in clear text'],
    ['with a user that may not', ['--context', 'empty'], 'DENIED: user/empty'],
    ['with a context that is not there', ['--context', 'none'], 'there is no context none'],
  ])('ends at once %s', async (_, args, says) => {
    await cluster.admin.putRole({ name: 'empty', rules: ['read node'] });
    await login('empty', ['empty']);
    const ran = await skep([...manage, ...args, '--store', cluster.member.addr, 'nodes://127.0.0.1:1'], {
      env,
      manage: runManage,
    });
    expect(ran).toMatchObject({ code: says.includes('context none') ? 2 : 6, out: '' });
    expect(ran.err).toContain(says);
  });

  it('says in its help where the identity comes from', async () => {
    const { out } = await skep(['manage', '--help']);
    expect(out).toContain('are shown the login of --context');
  });
});

describe('skep:// in a cluster with security', () => {
  const url = () => `skep://${cluster.member.addr}/site`;

  it('is joined and listed with the login of --context', async () => {
    await start(['join', '--context', 'fleet', '--advertise', '10.0.0.1:2375', url()]);
    await until(() => cluster.member.store.view((tx) => tx.kind(entries).find().length > 0));
    const listed = await skep(['list', '--context', 'nobody', url()], { env, createBackend });
    expect(listed).toMatchObject({ code: 0, out: '10.0.0.1:2375\n' });
  });

  it('names the engines of skep manage', async () => {
    const engine = await fakeEngine({ name: 'node-1' });
    await start(['join', '--context', 'fleet', '--advertise', engine.address, `skep://${cluster.member.addr}/engines`]);
    const { api } = await start([
      ...manage,
      '--context',
      'fleet',
      '--heartbeat',
      '1s',
      `skep://${cluster.member.addr}/engines`,
    ]);
    await createsContainer(api, 'discovered');
  });

  it('is not listed by a stranger', async () => {
    const listed = await skep(['list', '--timeout', '5s', url()], { env, createBackend });
    expect(listed.code).not.toBe(0);
    expect(listed.err).toContain('speaks TLS only, and was asked in clear text');
  });
});
