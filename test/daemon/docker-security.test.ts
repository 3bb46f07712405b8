import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Context } from '../../src/cli/index.js';
import { runManager } from '../../src/daemon/manager.js';
import { createBackend } from '../../src/discovery/index.js';
import { type FakeEngineServer, openFakeEngine } from '../../src/testing/index.js';
import { skep } from '../support/cli-run.js';
import { until } from '../support/network-wait.js';

const folder = mkdtempSync(join(tmpdir(), 'skep-docker-'));
const env = { XDG_RUNTIME_DIR: folder, XDG_CONFIG_HOME: join(folder, 'config') };
const hasDocker = (process.env.PATH ?? '').split(delimiter).some((dir) => existsSync(join(dir, 'docker')));
if (!hasDocker && process.env.SKEP_REQUIRE_ALL === '1') throw new Error('the docker command is needed');
if (!hasDocker) console.warn('skipped, for want of the docker command: the Docker API with security');

const audit = (name: string) => join(folder, `${name}.audit`);
/** Refusals of the Docker API that the audit of a member has. */
const denied = (name: string) =>
  readFileSync(audit(name), 'utf8')
    .split('\n')
    .flatMap((line) => (line.includes('"denied"') ? [JSON.parse(line) as { method: string }] : []))
    .filter(({ method }) => method.startsWith('Docker ') && !method.endsWith('/_ping'));

/** A manager in this process, as `skep manager` runs it. */
interface Managed {
  readonly addr: string;
  readonly docker: string;
  readonly stop: () => Promise<number>;
}

async function start(name: string, engine: string, more: object = {}): Promise<Managed> {
  const end = new AbortController();
  let printed = '';
  const context = {
    streams: { out: (text: string) => void (printed += text), err: (text: string) => void (printed += text) },
    env,
    signal: end.signal,
    version: '1.2.3',
    createBackend,
  } as unknown as Context;
  const flags = {
    ...{ name, dataDir: join(folder, name), listen: '127.0.0.1:0', peers: [], join: [], logLevel: 'error' },
    ...{ security: 'on', fleet: `nodes://${engine}`, docker: ['tcp://127.0.0.1:0'], ...more },
  };
  const running = runManager(flags, context);
  let ended = false;
  running.finally(() => (ended = true)).catch(() => undefined);
  await until(`${name} is ready`, () => printed.includes('ready ') || ended, 60_000);
  const [, addr = '', docker = ''] = /addr=(\S+).*docker=(\S+)/.exec(printed) ?? [];
  if (docker === '') throw new Error(printed);
  const stop = () => {
    end.abort();
    return running;
  };
  return { addr, docker, stop };
}

/** The docker command with the files of a login. */
async function docker(host: string, user: string, ...args: string[]): Promise<{ out: string; err: string }> {
  const tls = { DOCKER_CERT_PATH: join(env.XDG_CONFIG_HOME, 'skep/contexts', user) };
  return new Promise((resolve) => {
    execFile(
      'docker',
      ['-H', host, '--tlsverify', ...args],
      { env: { ...process.env, HOME: folder, ...tls }, timeout: 60_000 },
      (_error, out, err) => resolve({ out, err }),
    );
  });
}

describe.skipIf(!hasDocker)('the Docker API of managers with security', { timeout: 120_000 }, () => {
  let engine: FakeEngineServer;
  let first: Managed;
  let second: Managed;
  const here = (...args: string[]) => skep(['--host', `unix:${join(folder, 'm1/run/control.sock')}`, ...args], { env });

  beforeAll(async () => {
    engine = await openFakeEngine({ name: 'engine-1' });
    first = await start('m1', engine.address, { audit: audit('m1') });
    const tokenFile = join(folder, 'token');
    writeFileSync(tokenFile, (await here('token', 'create', 'member')).out);
    second = await start('m2', engine.address, { join: [first.addr], tokenFile, audit: audit('m2') });
    for (const [name, role] of [
      ['anna', 'admin'],
      ['otto', 'operator'],
      ['vera', 'viewer'],
    ] as const) {
      await here('user', 'add', name, '--role', role);
      writeFileSync(tokenFile, (await here('token', 'create', 'user', name)).out);
      const { code } = await skep(['login', first.addr, '--context', name, '--token-file', tokenFile], { env });
      expect(code).toBe(0);
    }
    await until('the engine is a node', async () => (await here('node', 'ls')).out.includes('engine-1'), 60_000);
  }, 180_000);
  afterAll(async () => {
    await second?.stop();
    await first?.stop();
    await engine?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('serves docker --tlsverify by the files of a login, at each manager', async () => {
    for (const { docker: host } of [first, second]) {
      const { out, err } = await docker(host, 'vera', 'node', 'ls', '--format', '{{.Hostname}}');
      expect(err).toBe('');
      expect(out).toContain('engine-1\n');
      const listed = await docker(host, 'vera', 'ps', '--format', '{{.Names}}'); // one of them asks the other
      expect(listed).toEqual({ out: '', err: '' });
    }
  });

  it('refuses a stranger, in clear text and over TLS', async () => {
    const stranger = new Promise<string>((resolve, reject) => {
      const ask = { rejectUnauthorized: false };
      get(first.docker.replace('tcp:', 'https:') + '/v1.41/nodes', ask, (answer) => {
        answer.setEncoding('utf8').on('data', (text: string) => resolve(`${answer.statusCode} ${text}`));
      }).on('error', reject);
    });
    expect(await stranger).toMatch(/^401 .*needs an identity \(no certificate\)/);
    const clear = await fetch(first.docker.replace('tcp:', 'http:') + '/_ping').then(
      () => 'answered',
      () => 'refused',
    );
    expect(clear).toBe('refused');
  });

  it('gives the rights of the user, and writes its name into history', async () => {
    const create = ['network', 'create', '--driver', 'overlay', 'net1'];
    expect((await docker(second.docker, 'vera', ...create)).err).toContain(
      'user/vera (viewer) may not do this: it needs the right to write every network',
    );
    const { err } = await docker(second.docker, 'otto', ...create);
    expect(err).toBe('');
    const history = await here('history', 'network/net1', '-o', 'json');
    expect(history.out).toContain('"user/otto"');
  });

  it('lets only an admin touch containers: that owns the computer of the engine', async () => {
    const run = ['run', '-d', '--name', 'c1', 'busybox'];
    expect((await docker(first.docker, 'otto', ...run)).err).toContain('it needs the role admin');
    const made = await docker(second.docker, 'anna', 'create', '--name', 'c1', 'busybox', 'sleep', '1');
    expect(made).toEqual({ out: expect.stringMatching(/^[0-9a-f]{64}\n$/), err: '' });
    expect((await docker(first.docker, 'vera', 'ps', '-a', '--format', '{{.Names}}')).out).toContain('c1');
  });

  it('forgets a user at once', async () => {
    await here('user', 'rm', 'otto');
    expect((await docker(first.docker, 'otto', 'node', 'ls')).err).toContain('needs an identity');
  });

  it('notes every refusal in the audit', async () => {
    await until('both have noted theirs', () => denied('m1').length >= 3 && denied('m2').length >= 1, 10_000);
    expect(denied('m1')).toMatchObject([
      { method: 'Docker GET /nodes', identity: 'anonymous', code: 'UNAUTHENTICATED', address: expect.any(String) },
      { method: 'Docker POST /containers/create', identity: 'user/otto', code: 'DENIED' },
      { method: 'Docker GET /nodes', code: 'UNAUTHENTICATED', why: expect.stringContaining('user/otto') },
    ]);
    expect(denied('m2')).toMatchObject([
      { method: 'Docker POST /networks/create', identity: 'user/vera', why: expect.stringContaining('write every') },
    ]);
  });

  it('prints what docker needs to know', async () => {
    const { out } = await skep(['context', 'docker-env', '--context', 'vera', '--docker', '10.0.0.1:2376'], { env });
    expect(out).toBe(
      [
        'export DOCKER_HOST=tcp://10.0.0.1:2376',
        'export DOCKER_TLS_VERIFY=1',
        `export DOCKER_CERT_PATH='${join(env.XDG_CONFIG_HOME, 'skep/contexts/vera')}'`,
        '',
      ].join('\n'),
    );
  });
});
