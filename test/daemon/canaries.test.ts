import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Logger } from '../../src/base/log.js';
import { systemRandom } from '../../src/base/random.js';
import { Access, Client } from '../../src/client/index.js';
import { newToken, parseToken, type Token } from '../../src/identity/index.js';
import { authorities, tokens } from '../../src/kinds/index.js';
import { Channel, methodOf, TlsDialing } from '../../src/rpc/index.js';
import { skep } from '../support/cli-run.js';
import { SecureCluster } from '../support/secure-cluster.js';

const folder = mkdtempSync(join(tmpdir(), 'skep-canary-'));
const content = 'canary-content-of-a-secret';

/** Everything that was said anywhere, as text. */
const said: string[] = [];
const hear = (from: string, what: unknown) => {
  said.push(`${from}: ${inspect(what, { depth: 20, showHidden: true, getters: false, maxStringLength: Infinity })}`);
  said.push(`${from}: ${typeof what === 'string' ? what : JSON.stringify(what)}`);
};
const logger = Object.fromEntries(
  (['debug', 'info', 'warn', 'error'] as const).map((level) => [
    level,
    (message: string, facts?: object) => hear(`log ${level}`, { message, facts }),
  ]),
) as unknown as Logger;

/** Runs what fails, and hears the error with all that hangs on it. */
async function failing(what: string, attempt: () => Promise<unknown>): Promise<void> {
  const error = await attempt().then(
    () => undefined,
    (one: unknown) => one,
  );
  expect(error, what).toBeDefined();
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    hear(what, cause);
    hear(what, cause.message);
    hear(what, cause.stack);
  }
}

describe('what must stay secret', () => {
  const cluster = new SecureCluster();
  /** Texts that may be nowhere, by what they are. */
  const canaries: [string, string][] = [];
  const canary = (what: string, text: string) => canaries.push([what, text]);
  const secretOf = (text: string) => (parseToken(text) as Token).secret.reveal();

  beforeAll(async () => {
    await cluster.begin({ dataDir: join(folder, 'm1'), audit: join(folder, 'audit.log'), logger });
    const { admin } = cluster;
    canary('the content of a secret', content);
    canary('the same in base64', Buffer.from(content).toString('base64'));
    const { id } = await admin.create('secret', {
      spec: { annotations: { name: 's' }, data: Buffer.from(content).toString('base64') },
    });
    hear('an answer', await admin.get('secret', id));
    hear('a list', await admin.list('secret'));
    hear('history', await admin.history('secret', id));

    const { key = '' } = cluster.member.store.view((tx) => tx.kind(authorities).find()[0]) ?? {};
    canary('the key of the CA', key.split('\n')[1] ?? '');
    hear('the CA', await admin.list('authorities'));
    hear('the CA', await admin.rootCa());

    // Tokens that are made, used, used again, mistyped, shown to the wrong method, and removed.
    await admin.putUser({ name: 'ann', roles: ['viewer'] });
    const join1 = await admin.createToken({ use: 'join-user', user: 'ann' });
    const member = await admin.createToken({ use: 'join-member' });
    const bearer = await admin.createToken({ use: 'bearer', user: 'ann' });
    for (const [what, { token }] of Object.entries({ join1, member, bearer }))
      canary(`the token ${what}`, secretOf(token));
    for (const hash of cluster.member.store.view((tx) =>
      tx
        .kind(tokens)
        .find()
        .map((one) => one.hash),
    ))
      canary('the hash of a token', hash);
    hear('the tokens', await admin.list('tokens'));
    const { roots, domain } = await admin.rootCa();
    const access = await cluster.login(join1.token);
    const ownKey = (Access.dialingOf(access) as TlsDialing).bundle?.key?.reveal() ?? '';
    canary('the key of a user', ownKey.split('\n')[1] ?? '');
    const ann = cluster.clientFor(access);
    const byToken = new Access({ roots, token: bearer.token });
    const program = cluster.clientFor(byToken);
    await program.list('node');
    for (const [what, one] of Object.entries({ access, byToken, ann, program, member: cluster.member }))
      said.push(`inspect ${what}: ${inspect(one, { depth: 6, showHidden: true, maxStringLength: Infinity })}`);
    hear('json', { access, byToken, ann, program });
    const wrong = newToken('bearer', systemRandom).text.reveal();
    canary('a wrong token', secretOf(wrong));
    await failing('used again', () => cluster.login(join1.token));
    await failing('not for a login', () => cluster.login(bearer.token));
    await failing('denied', () => program.create('node', { id: 'x' }));
    await failing('denied', () => ann.removeMember('m1'));
    await failing('unknown', () => cluster.clientFor(new Access({ roots, token: wrong })).list('node'));
    await failing('mistyped', () => Promise.resolve().then(() => new Access({ roots, token: `${bearer.token}x` })));
    await admin.removeToken(bearer.id);
    await failing('removed', () => program.list('node'));
    // A token that reaches the server in the wrong place.
    const channel = new Channel(cluster.member.addr, { own: true, dialing: new TlsDialing({ domain, roots }) });
    await failing('in a request', () =>
      channel.unary(methodOf('certificates', 'Issue'), {
        token: `${member.token}x`,
        request: Buffer.of(1),
        member: 'x',
      }),
    );
    await failing('a bad request', () =>
      channel.unary(methodOf('certificates', 'Issue'), { token: member.token, request: Buffer.of(1), member: '5' }),
    );
    channel.close();
    const clear = new Client({ hosts: [cluster.member.addr], timeoutMs: 300 });
    await failing('clear text', () => clear.list('node'));
    clear.close();
    for await (const chunk of admin.saveSnapshot()) {
      const bytes = Buffer.from(chunk).toString('latin1');
      for (const [what, text] of canaries)
        if (!what.includes('secret') && !what.includes('base64')) expect(bytes.includes(text), what).toBe(false);
    }
    const socket = join(folder, 'm1', 'run', 'control.sock');
    for (const args of [
      ['token', 'ls'],
      ['ls', 'authorities'],
      ['inspect', 'secret', 's'],
      ['history', 'secret', id],
      ['status'],
    ]) {
      const { out, err } = await skep(['--host', `unix:${socket}`, ...args, '-o', 'json']);
      hear(`skep ${args.join(' ')}`, out);
      hear(`skep ${args.join(' ')}`, err);
    }
    await cluster.close();
    said.push(`the audit: ${readFileSync(join(folder, 'audit.log'), 'utf8')}`);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is in no answer, log, error, inspection and audit', () => {
    expect(canaries).toHaveLength(12);
    expect(said.length).toBeGreaterThan(100);
    for (const [what, text] of canaries) {
      expect(text.length, what).toBeGreaterThan(12);
      expect(
        said.filter((one) => one.includes(text)),
        what,
      ).toEqual([]);
    }
  });

  it('would be found: the test hears what is said', () => {
    const heard = said.join('\n');
    for (const known of ['user/ann', 'm1', '"event":"login"', 'may not', 'the cluster has no token'])
      expect(heard).toContain(known);
  });

  it('lies in files for their owner alone', () => {
    const all = readdirSync(join(folder, 'm1'), { recursive: true, encoding: 'utf8' });
    expect(all).toContain('keys');
    for (const name of ['m1/keys', 'audit.log']) expect(statSync(join(folder, name)).mode & 0o077, name).toBe(0);
  });

  it.each([['login'], ['manager']])('is no argument of skep %s: every process can see those', async (command) => {
    const { out } = await skep([command, '--help']);
    expect(out).toContain('--token-file');
    expect(out).not.toMatch(/--token[ =]|--join-token|--key[ =]|--password/);
  });
});
