import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../src/base/secret.js';
import { Access, Client } from '../../src/client/index.js';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { parseToken, type Token } from '../../src/identity/index.js';
import { tokens } from '../../src/kinds/index.js';
import { methodOf, TlsDialing } from '../../src/rpc/index.js';
import { until } from '../support/network-wait.js';
import { SecureCluster } from '../support/secure-cluster.js';

describe('a program with a token', () => {
  const cluster = new SecureCluster();
  let follower: OpenReplica;
  let roots: readonly string[] = [];

  const made = async (user: string, roles: readonly string[], ttlMs = 0) => {
    await cluster.admin.putUser({ name: user, roles });
    return cluster.admin.createToken({ use: 'bearer', user, ttlMs });
  };
  const clientOf = (token: string, at?: OpenReplica) => cluster.clientFor(new Access({ roots, token }), at);
  const refused = (why: string) => ({ code: 'UNAUTHENTICATED', message: expect.stringContaining(why) as string });

  beforeAll(async () => {
    await cluster.begin({ heartbeatMs: 20, electionTimeoutMs: 200 });
    ({ roots } = await cluster.admin.rootCa());
    follower = await cluster.join('m2');
  });
  afterAll(() => cluster.close());

  it('has the rights of its user, at every member, for calls, lists and watches', async () => {
    const { token, id } = await made('ci', ['operator']);
    for (const at of [cluster.member, follower]) {
      const ci = clientOf(token, at);
      expect(await ci.whoAmI()).toMatchObject({ identity: 'user/ci', roles: ['operator'] });
      await ci.create('node', { id: `n-${at.status().id}` }, { actor: 'root' });
      expect((await ci.list('node')).objects.map((node) => node.id)).toContain(`n-${at.status().id}`);
      await expect(ci.removeMember('m2')).rejects.toMatchObject({ code: 'DENIED' });
      const first = await ci.watch({ from: 0 }).next();
      expect(first.done).toBe(false);
    }
    const { entries } = await cluster.admin.history('node', `n-${follower.status().id}`);
    expect(entries[0]).toMatchObject({ actor: 'user/ci' });
    const stored = cluster.member.store.view((tx) => tx.kind(tokens).get(id));
    expect(JSON.stringify(stored)).not.toContain((parseToken(token) as Token).secret.reveal());
    expect(stored).not.toHaveProperty('usesLeft');
  });

  it('makes no certificate of it', async () => {
    const { token } = await made('ci', ['operator']);
    await expect(cluster.login(token)).rejects.toThrow();
    const channel = cluster.channelFor(new Access({ roots, token }));
    await expect(
      channel.unary(methodOf('certificates', 'Renew'), { request: Buffer.of() }, { timeoutMs: 5_000 }),
    ).rejects.toMatchObject({ code: 'DENIED' });
  });

  it('loses everything at once when the token is removed, also what is open', async () => {
    const { token, id } = await made('ci', ['operator']);
    const ci = clientOf(token, follower);
    const watch = ci.watch();
    const ended = watch.next().then(
      () => 'an event',
      (error: { code?: string }) => error.code,
    );
    await ci.list('node');
    await cluster.admin.removeToken(id);
    await until('it is refused', () =>
      ci.list('node').then(
        () => false,
        (error: { code?: string }) => error.code === 'UNAUTHENTICATED',
      ),
    );
    expect(await ended).toBe('UNAUTHENTICATED');
  });

  it('is let go when the token expires', async () => {
    const { token } = await made('brief', ['viewer'], 1_500);
    const brief = clientOf(token);
    expect((await brief.list('node')).objects.length).toBeGreaterThan(0);
    await until('it is refused', () =>
      brief.list('node').then(
        () => false,
        (error: { code?: string }) => error.code === 'UNAUTHENTICATED',
      ),
    );
    await expect(brief.list('node')).rejects.toMatchObject(refused('has expired'));
  });

  it('shows one token on a connection', async () => {
    const [one, two] = [await made('ci', ['operator']), await made('other', ['admin'])];
    const { domain } = await cluster.admin.rootCa();
    // Both clients use one connection: the same credentials object, with the token of the moment.
    let shown = one.token;
    const token = new Secret('');
    Object.defineProperty(token, 'reveal', { value: () => shown });
    const dialing = new TlsDialing({ domain, roots, token });
    const channel = cluster.channelFor(Access.by(dialing));
    const who = () => channel.unary<object, { identity: string; why: string }>(methodOf('access', 'WhoAmI'), {});
    expect(await who()).toMatchObject({ identity: 'user/ci' });
    shown = two.token;
    const stream = channel.serverStream(methodOf('control', 'List'), { kind: 'users' });
    const error = await new Promise<{ code: number; details: string }>((resolve) =>
      stream.once('error', resolve as never),
    );
    expect(error).toMatchObject({ code: 16, details: expect.stringContaining('belongs to another token') as string });
  });

  it.each([['a wrong secret', (text: string) => text, 'the cluster has no token']])(
    'is refused with %s',
    async (_, _change, why) => {
      const { token, id } = await made('ci', ['operator']);
      await cluster.admin.removeToken(id);
      await expect(clientOf(token).list('node')).rejects.toMatchObject(refused(why));
    },
  );

  it('is a stranger without one', async () => {
    const { domain } = await cluster.admin.rootCa();
    const client = new Client({
      hosts: [cluster.member.addr],
      access: Access.by(new TlsDialing({ domain, roots })),
      timeoutMs: 2_000,
    });
    await expect(client.list('node')).rejects.toThrow();
    client.close();
  });

  it('is believed on no connection but those for tokens', async () => {
    const { token } = await made('other', ['admin']);
    const viewer = await cluster.user('vera', ['viewer']);
    const bundle = (Access.dialingOf(viewer) as TlsDialing).bundle as NonNullable<TlsDialing['bundle']>;
    const both = cluster.clientFor(Access.by(new TlsDialing({ ...bundle, token: new Secret(token) })));
    expect(await both.whoAmI()).toMatchObject({ identity: 'user/vera' });
  });

  it('says what is wrong before anything is sent', () => {
    expect(() => new Access({ roots, token: 'skept1_abc' })).toThrow('characters are missing');
    expect(() => new Access({ roots: ['x'], token: 'x' })).toThrow('that is no token');
    expect(() => new Access({ roots: ['x'], token: 'skept1_'.padEnd(50, 'a') })).toThrow(TypeError);
  });
});
