import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/waiting.js';
import { buildIfMissing, endAll, SkepProcess } from '../support/cli-process.js';
import { skep } from '../support/cli-run.js';
import { askHttp } from '../support/http-member.js';
import { HttpsUser } from '../support/https-user.js';

describe('skep manager --http', () => {
  let dir = '';
  beforeAll(async () => {
    buildIfMissing();
    dir = await mkdtemp(join(tmpdir(), 'skep-http-'));
  });
  afterAll(async () => {
    await endAll();
    await rm(dir, { recursive: true, force: true });
  });

  it('serves page, JSON, metrics and health until the process ends', { timeout: 90_000 }, async () => {
    const listen = `127.0.0.1:${await freePort()}`;
    const manager = new SkepProcess(
      ['manager', '--name', 'm1', '--data-dir', join(dir, 'm1'), '--listen', listen, '--http', '127.0.0.1:0'], // prettier-ignore
    );
    const [, http = ''] = / http=(\S+)/.exec(await manager.line('ready m1')) ?? [];
    expect((await askHttp(`${http}/`)).text).toContain('<title>skep</title>');
    expect((await askHttp(`${http}/api/status`)).text).toContain('"leader":"m1"');
    expect((await askHttp(`${http}/readyz`)).status).toBe(200);
    await askHttp(`${http}/metrics`); // from here on calls are measured
    expect((await skep(['status', '--host', listen, '--check'])).code).toBe(0);
    const { text } = await askHttp(`${http}/metrics`);
    expect(text).toMatch(/^skep_raft_is_leader 1$/m);
    expect(text).toMatch(/^skep_grpc_call_seconds_count\{method="Membership\/Status",code="OK"\} [1-9]/m);
    expect(await manager.end('SIGTERM')).toBe(0);
    await expect(askHttp(`${http}/`)).rejects.toThrow('ECONNREFUSED');
  });

  it('with security it is for users, over TLS', { timeout: 90_000 }, async () => {
    const place = join(dir, 'secure');
    const manager = new SkepProcess(
      ['manager', '--name', 'm1', '--data-dir', place, '--listen', '127.0.0.1:0', '--security', 'on', '--http', '127.0.0.1:0'], // prettier-ignore
    );
    const [, http = ''] = / http=(https:\S+)/.exec(await manager.line('ready m1')) ?? [];
    const here = async (...args: string[]) =>
      (await skep(['--host', `unix:${join(place, 'run/control.sock')}`, ...args])).out;
    const user = new HttpsUser(http, await here('ca', 'show'));
    await here('user', 'add', 'grafana', '--role', 'viewer');
    const token = (await here('token', 'create', 'user', 'grafana', '--bearer')).trim();
    expect((await user.ask('/metrics')).status).toBe(401);
    expect((await user.ask('/healthz')).status).toBe(200);
    const metrics = await user.ask('/metrics', { authorization: `Bearer ${token}` });
    expect(metrics.text).toMatch(/^skep_raft_is_leader 1$/m);
    expect(manager.err).not.toContain('whatever rights they have');
    user.close();
    expect(await manager.end('SIGTERM')).toBe(0);
  });

  it('does not start when the address is taken: it says which', { timeout: 90_000 }, async () => {
    const taken = `127.0.0.1:${await freePort()}`;
    const first = new SkepProcess(['manager', '--name', 'a', '--listen', '127.0.0.1:0', '--http', taken]);
    await first.line('ready a');
    const second = new SkepProcess(['manager', '--name', 'b', '--listen', '127.0.0.1:0', '--http', taken]);
    expect(await second.ended).not.toBe(0);
    expect(second.err).toContain(`cannot serve HTTP: cannot listen on ${taken}: the port is taken`);
    expect(await first.end('SIGTERM')).toBe(0);
  });
});

describe('the settings of --http', () => {
  const check = (...args: string[]) => skep(['manager', '--name', 'm1', '--check-config', ...args]);

  it.each([
    [['--http', '127.0.0.1:0']],
    [['--http', 'localhost:4280', '--security', 'on']],
    [['--http', '[::1]:4280']],
    [['--http', '0.0.0.0:4280', '--http-anywhere']],
    [['--http', '0.0.0.0:4280', '--security', 'on']],
    [['--http', '0.0.0.0:4280', '--listen', '0.0.0.0:4242']],
    [['--http', '127.0.0.1:0', '--http-name', 'a.example', '--http-origin', 'https://b.example']],
  ])('%j are right', async (args) => {
    expect(await check(...args)).toMatchObject({ code: 0, out: 'ok\n' });
  });

  it.each([
    [['--http', '0.0.0.0:4280'], /open to all who reach that address/],
    [['--http', 'skep-1:4280'], /open to all who reach that address/],
    [['--http', '0.0.0.0:4280', '--http-anywhere', '--security', 'on'], /'--http-anywhere' is for clear text/],
    [['--http-anywhere'], /'--http-anywhere' needs '--http'/],
    [['--http-name', 'a.example'], /'--http-name' needs '--http'/],
    [['--http', '127.0.0.1:0', '--http-origin', 'b.example'], /an origin is/],
    [['--http', '127.0.0.1:0', '--http-origin', '*'], /an origin is/],
    [['--http', '127.0.0.1:0', '--http-name', 'a b'], /a host name/],
    [['--http', '4280'], /HOST:PORT/],
  ])('%j are wrong: 2', async (args, why) => {
    const { code, err } = await check(...args);
    expect(code).toBe(2);
    expect(err).toMatch(why);
  });
});
