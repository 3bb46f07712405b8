import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepLogin } from '../../src/cli/kept-login.js';
import { accessOf, contextsDir, type LoginContext, readContext, writeContext } from '../../src/cli/login-context.js';
import { dueAt } from '../../src/cli/renewal.js';
import { Access, certificateTimes, login, renewLogin } from '../../src/client/index.js';
import { dayMs } from '../../src/identity/index.js';
import type { TlsDialing } from '../../src/rpc/index.js';
import { skep } from '../support/cli-run.js';
import { until } from '../support/network-wait.js';
import { SecureCluster } from '../support/secure-cluster.js';
import { FakeClock } from '../support/state-clock.js';

/* A command that runs for months has a certificate of 30 days: it must not lose its identity meanwhile. */

const folder = mkdtempSync(join(tmpdir(), 'skep-kept-'));
const dir = contextsDir({ XDG_CONFIG_HOME: folder });
const cluster = new SecureCluster();

async function contextOf(name: string): Promise<LoginContext> {
  await cluster.admin.putUser({ name, roles: ['viewer'] });
  const hosts = [cluster.member.addr];
  const { token } = await cluster.admin.createToken({ use: 'join-user', user: name });
  const context = { name, hosts, ...(await login(hosts, token)) };
  await writeContext(dir, context);
  return context;
}

const shownBy = (access: Access) => (Access.dialingOf(access) as TlsDialing).bundle?.certificate;
const kept = (name: string) => readFileSync(join(dir, name, 'cert.pem'), 'utf8');

/** Keeps a login on a clock that stands still, from now on. */
function keeping(context: LoginContext) {
  const clock = new FakeClock(Date.now());
  const access = accessOf(context);
  const said: string[] = [];
  const stop = new AbortController();
  const say = (text: string) => said.push(text);
  const { hosts } = context;
  const ended = keepLogin(context, { access, dir, hosts, clock, say, signal: stop.signal });
  const end = async () => {
    stop.abort();
    await ended;
  };
  /** Lets days pass, each with its looks. */
  const pass = async (days: number) => {
    for (let day = 0; day < days; day++) {
      await until('it waits', () => clock.armed > 0);
      clock.advance(dayMs);
    }
    await until('it waits', () => clock.armed > 0);
  };
  return { clock, access, said, pass, end };
}

beforeAll(() => cluster.begin());
afterAll(async () => {
  await cluster.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the login of a command that runs for long', () => {
  it('is renewed when it is due, and not before', async () => {
    const context = await contextOf('ann');
    const { access, pass, end } = keeping(context);
    const due = dueAt(context.certificate, certificateTimes(context.certificate)) - Date.now();
    await pass(Math.floor(due / dayMs) - 1);
    expect(shownBy(access)).toBe(context.certificate);
    await pass(2);
    await until('it has a new one', () => shownBy(access) !== context.certificate);
    await until('it is kept', () => kept('ann') === shownBy(access));
    expect((await cluster.clientFor(access).whoAmI()).identity).toBe('user/ann');
    await end();
  });

  it('takes the certificate that another command got', async () => {
    const context = await contextOf('bob');
    const { access, pass, end } = keeping(context);
    const renewed = { ...context, ...(await renewLogin(context.hosts, context)) };
    await writeContext(dir, renewed);
    await pass(1);
    await until('it has it', () => shownBy(access) === renewed.certificate);
    await end();
  });

  it('stays who it is when the context becomes another login', async () => {
    const context = await contextOf('cid');
    const { access, pass, end } = keeping(context);
    await writeContext(dir, { ...(await contextOf('dan')), name: 'cid' });
    await pass(31);
    await until('it has a new one', () => shownBy(access) !== context.certificate);
    expect((await cluster.clientFor(access).whoAmI()).identity).toBe('user/cid');
    expect((await readContext(dir, 'cid')).identity).toBe('user/dan');
    await end();
  });

  it('says once that it cannot be renewed', async () => {
    const context = await contextOf('eve');
    const { said, pass, end } = keeping(context);
    await cluster.admin.removeUser('eve');
    await pass(33);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain('ask an admin for "skep token create user eve"');
    await end();
  });

  it('is the only identity that takes another certificate', async () => {
    const context = await contextOf('fay');
    const own = cluster.member.access();
    expect(() => own?.renew(context)).toThrow('this identity has no certificate of a login');
    const { roots } = context;
    const { token } = await cluster.admin.createToken({ use: 'bearer', user: 'fay' });
    expect(() => new Access({ roots, token }).renew(context)).toThrow('this identity has no certificate of a login');
  });
});

describe('skep context show', () => {
  const env = { XDG_CONFIG_HOME: folder };

  it('shows a context with the times of its certificate, and no key', async () => {
    const context = await contextOf('gus');
    const { out, code, err } = await skep(['context', 'show', 'gus'], { env });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const { notBefore, notAfter } = certificateTimes(context.certificate);
    for (const line of [
      'name          gus',
      'in use        no',
      'identity      user/gus',
      `hosts         ${cluster.member.addr}`,
      `domain        ${context.domain}`,
      `valid from    ${new Date(notBefore).toISOString()}`,
      `valid to      ${new Date(notAfter).toISOString()}`,
      `folder        ${join(dir, 'gus')}`,
    ])
      expect(out.split('\n')).toContain(line);
    const json = await skep(['context', 'show', '--context', 'gus', '-o', 'json'], { env });
    const due = Math.floor(dueAt(context.certificate, { notBefore, notAfter }));
    expect(JSON.parse(json.out)).toMatchObject({ name: 'gus', inUse: false, notBefore, notAfter, renewedFrom: due });
    for (const said of [out, json.out]) expect(said).not.toContain('PRIVATE KEY');
    expect((await skep(['context', 'show', '-o', 'name'], { env: { ...env, SKEP_CONTEXT: 'gus' } })).out).toBe('gus\n');
  });

  it('says what to do without one', async () => {
    const { code, err } = await skep(['context', 'show'], { env });
    expect({ code, err }).toEqual({
      code: 2,
      err: 'skep: no context is in use: "skep login HOST", or give --context\n',
    });
    expect((await skep(['context', 'show', 'none'], { env })).err).toContain('there is no context none');
  });
});
