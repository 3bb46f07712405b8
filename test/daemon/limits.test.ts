import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Client as GrpcClient, credentials, Metadata } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { splitHostPort } from '../../src/base/host-port.js';
import { systemRandom } from '../../src/base/random.js';
import { Access } from '../../src/client/index.js';
import { newToken } from '../../src/identity/index.js';
import { methodOf, TlsDialing } from '../../src/rpc/index.js';
import { SecureCluster } from '../support/secure-cluster.js';

describe('limits, over real sockets', () => {
  let cluster: SecureCluster;
  let roots: readonly string[] = [];
  let domain = '';
  let vera: Access;
  let wanda: Access;

  beforeAll(async () => {
    cluster = new SecureCluster();
    await cluster.begin();
    ({ roots, domain } = await cluster.admin.rootCa());
    [vera, wanda] = [await cluster.user('vera', ['viewer']), await cluster.user('wanda', ['viewer'])];
  });
  afterAll(() => cluster.close());

  const stranger = () => cluster.channelFor(Access.by(new TlsDialing({ domain, roots })));

  it('looks at no request for a certificate of an address that guesses tokens', async () => {
    const channel = stranger();
    const issue = (token: string) =>
      channel.unary(methodOf('certificates', 'Issue'), { token, request: Buffer.of(), member: '' }).then(
        () => 'issued',
        (error: { code?: string }) => error.code,
      );
    const codes: unknown[] = [];
    for (let i = 0; i < 30; i++) codes.push(await issue(`guess ${i}`));
    expect(codes[0]).toBe('UNAUTHENTICATED');
    expect(codes).toContain('LIMIT_EXCEEDED');
    expect(codes.filter((code) => code === 'UNAUTHENTICATED').length).toBeLessThan(25);
  });

  it('looks at no token of an address that has shown too many wrong ones, but goes on with connections that are known', async () => {
    await cluster.admin.putUser({ name: 'ci', roles: ['viewer'] });
    const other = new SecureCluster();
    await other.begin();
    const given = await other.admin.rootCa();
    await other.admin.putUser({ name: 'ci', roles: ['viewer'] });
    const { token } = await other.admin.createToken({ use: 'bearer', user: 'ci' });
    const known = other.clientFor(new Access({ roots: given.roots, token }));
    await known.list('node');
    const said = (one: string) =>
      other
        .clientFor(new Access({ roots: given.roots, token: one }))
        .list('node')
        .then(
          () => 'a list',
          (error: Error) => error.message,
        );
    const guess = () => newToken('bearer', systemRandom).text.reveal();
    const repeated = guess();
    for (let i = 0; i < 15; i++) expect(await said(repeated)).toContain('the cluster has no token');
    let last = '';
    for (let i = 0; i < 15; i++) last = await said(guess());
    expect(last).toContain('too many wrong tokens from 127.0.0.1: try again in');
    await known.list('node');
    const fresh = other.clientFor(new Access({ roots: given.roots, token }));
    await expect(fresh.list('node')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await other.close();
  });

  it('refuses a call with too many headers', async () => {
    const { options } = Access.dialingOf(vera);
    const bundle = (Access.dialingOf(vera) as TlsDialing).bundle;
    const client = new GrpcClient(
      cluster.member.addr,
      credentials.createSsl(
        Buffer.from(roots.join('\n')),
        Buffer.from(bundle?.key?.reveal() ?? ''),
        Buffer.from(bundle?.certificate ?? ''),
      ),
      options,
    );
    const call = (headers: number, size: number) => {
      const metadata = new Metadata();
      for (let i = 0; i < headers; i++) metadata.set(`x-${i}`, 'a'.repeat(size));
      const { path, requestSerialize, responseDeserialize } = methodOf('access', 'WhoAmI');
      return new Promise<number>((resolve) => {
        client.makeUnaryRequest(path, requestSerialize, responseDeserialize, {}, metadata, (error) =>
          resolve(error?.code ?? 0),
        );
      });
    };
    expect(await call(10, 10)).toBe(0);
    expect(await call(70, 1)).toBe(8);
    expect(await call(10, 2_000)).toBe(8);
    expect(await call(10, 10)).toBe(0);
    client.close();
  });

  it('gives a connection so many watches, and calls beside them', async () => {
    const channel = cluster.channelFor(wanda);
    const refused = new Promise<{ code: number; details: string }>((resolve) => {
      for (let i = 0; i < 1_001; i++)
        channel.serverStream(methodOf('watch', 'Watch'), {}).on('error', (error) => resolve(error as never));
    });
    expect(await refused).toMatchObject({ code: 8, details: expect.stringContaining('1000 watches') as string });
    expect(await channel.unary(methodOf('access', 'WhoAmI'), {})).toMatchObject({ identity: 'user/wanda' });
  });

  it('gives an address so many handshakes, and serves the connections that it has', async () => {
    const { host, port } = splitHostPort(cluster.member.addr);
    const attempt = () =>
      new Promise<boolean>((resolve) => {
        const socket = connectTls({ host, port: Number(port), rejectUnauthorized: false, ALPNProtocols: ['h2'] });
        socket.once('secureConnect', () => (resolve(true), socket.destroy()));
        socket.once('error', () => resolve(false));
        socket.once('close', () => resolve(false));
      });
    const results: boolean[] = [];
    const begin = performance.now();
    while (!results.includes(false) && results.length < 1_000)
      results.push(...(await Promise.all(Array.from({ length: 40 }, attempt))));
    const most = 100 + (20 * (performance.now() - begin)) / 1_000;
    expect(results).toContain(false);
    expect(results.filter((one) => one).length).toBeLessThanOrEqual(most + 1);
    expect((await cluster.admin.whoAmI()).identity).toBe('user/root');
  });

  it('ends a socket that sends nothing', async () => {
    const { host, port } = splitHostPort(cluster.member.addr);
    const socket = connect({ host, port: Number(port) });
    await new Promise((resolve) => socket.once('close', resolve).on('error', () => undefined));
  });
});
