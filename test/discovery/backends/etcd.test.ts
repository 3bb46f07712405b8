import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/base/clock.js';
import { freePort, until } from '../../../scripts/waiting.js';
import { EtcdGateway, etcdStore } from '../../../src/discovery/etcd/gateway.js';
import { createBackend } from '../../../src/discovery/index.js';
import { kvSettings } from '../../../src/discovery/kv-settings.js';
import { EtcdProcess, isThere } from '../../support/discovery-etcd.js';
import { HttpServer } from '../../support/discovery-http.js';
import { Seen } from '../../support/discovery-watch.js';

const heartbeatMs = 20;
let seen: Seen | undefined;
afterEach(() => seen?.stop());

const told = (list: string) => until(`the list is '${list}'`, () => seen?.list === list);
const gatewayTo = (addrs: string) => new EtcdGateway(kvSettings(addrs, {}, etcdStore), systemClock);

describe('etcd:// without an etcd', () => {
  it('says so, again after each heartbeat', async () => {
    const nobody = `127.0.0.1:${await freePort()}`;
    const backend = await createBackend(`etcd://${nobody}`, { heartbeatMs });
    seen = new Seen(backend.watch());
    await until('two errors are told', () => (seen?.errors.length ?? 0) > 1);
    expect(seen.told[0]).toMatch(/^! Unexpected watch error: http:\/\/127\.0\.0\.1:\d+ does not answer/);
    await expect(backend.register('a:1')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it.each([
    [200, '<html>', 'UNAVAILABLE'],
    [401, '{"message":"etcdserver: user name is empty"}', 'REFUSED'],
    [503, '{"message":"etcdserver: no leader"}', 'UNAVAILABLE'],
  ])('but with something that answers %d %s: %s', async (status, text, code) => {
    const other = await HttpServer.open((_request, response) => response.writeHead(status).end(text));
    await expect(gatewayTo(other.addr).list('x/')).rejects.toMatchObject({ code });
    await other.close();
  });

  it('registers with a new lease when the old one ends between its renewal and its use', async () => {
    let leases = 0;
    const over = () => leases === 1 && gateway.requests.filter(({ line }) => line.endsWith('/txn')).length === 2;
    const gateway = await HttpServer.open((request, response) => {
      if (request.url === '/v3/lease/grant') response.end(`{"ID":"${++leases}"}`);
      else if (request.url === '/v3/lease/keepalive') response.end('{"result":{"TTL":"9"}}');
      else if (over()) response.writeHead(404).end('{"message":"etcdserver: requested lease not found"}');
      else response.end('{}');
    });
    const backend = await createBackend(`etcd://${gateway.addr}`);
    await backend.register('a:1');
    await backend.register('a:1');
    const asked = gateway.requests.map(({ line }) => line.replace('POST /v3/', ''));
    expect(asked).toEqual(['lease/grant', 'kv/txn', 'lease/keepalive', 'kv/txn', 'lease/grant', 'kv/txn']);
    expect(gateway.requests.at(-1)?.body).toContain('"lease":"2"');
    await gateway.close();
  });
});

describe.skipIf(!isThere('etcd'))('etcd://', () => {
  let etcd: EtcdProcess;
  beforeAll(async () => {
    etcd = await EtcdProcess.make();
  });
  afterAll(() => etcd.remove());

  const gateway = () => gatewayTo(etcd.addr);

  it('keeps an entry at PREFIX/PATH/ADDRESS, with the address as the value', async () => {
    const options = { 'kv.path': 'docker/swarm/nodes' };
    const backend = await createBackend(`etcd://${etcd.addr}/keys`, { options, ttlMs: 0 });
    await backend.register('[::1]:2375');
    const { pairs } = await gateway().list('keys/');
    expect(pairs).toEqual([{ key: 'keys/docker/swarm/nodes/[::1]:2375', value: '[::1]:2375' }]);
  });

  it('writes once: a renewal is no change', async () => {
    const backend = await createBackend(`etcd://${etcd.addr}/once`, { ttlMs: 60_000 });
    await backend.register('a:1');
    const { revision } = await gateway().list('once/');
    await backend.register('a:1');
    expect((await gateway().list('once/')).revision).toBe(revision);
  });

  it('puts back an entry that somebody deleted, at the next heartbeat', async () => {
    const backend = await createBackend(`etcd://${etcd.addr}/put-back`, { heartbeatMs });
    seen = new Seen(backend.watch());
    await backend.register('a:1');
    await told('a:1');
    await gateway().delete('put-back/docker/nodes/a:1');
    await told('');
    await backend.register('a:1');
    await told('a:1');
  });

  it('does not take back what another one has registered at the same address since', async () => {
    const open = () => createBackend(`etcd://${etcd.addr}/taken-over`, { heartbeatMs });
    const [first, second] = [await open(), await open()];
    await first.register('a:1');
    await second.register('a:1');
    await first.deregister?.('a:1');
    seen = new Seen(first.watch());
    await told('a:1');
  });

  it('leaves out the mark of a directory, and tells of a value that is no address beside the others', async () => {
    await gateway().put('values/docker/nodes/', '');
    await gateway().put('values/docker/nodes/b', 'b:1');
    seen = new Seen((await createBackend(`etcd://${etcd.addr}/values`, { heartbeatMs })).watch());
    await told('b:1');
    await gateway().put('values/docker/nodes/a', 'nonsense');
    await until('an error is told', () => seen?.errors.length === 1);
    expect(seen.told).toEqual(['b:1', '! address nonsense: missing port in address']);
    await gateway().put('values/docker/nodes/a', 'a:1');
    await told('a:1 b:1');
  });

  it('asks another etcd when one is away', async () => {
    const away = `127.0.0.1:${await freePort()}`;
    const backend = await createBackend(`etcd://${away},${etcd.addr}/several`, { heartbeatMs });
    await backend.register('a:1');
    seen = new Seen(backend.watch());
    await told('a:1');
    expect(seen.errors).toEqual([]);
  });

  it('does not mind a lease that is over', async () => {
    const lease = await gateway().grantLease(60);
    expect(await gateway().keepLease(lease)).toBe(true);
    await gateway().revokeLease(lease);
    await gateway().revokeLease(lease);
    expect(await gateway().keepLease(lease)).toBe(false);
    const late = gateway().putUnderLease({ key: 'k', value: 'v' }, lease);
    await expect(late).rejects.toMatchObject({ code: 'NOT_FOUND', message: 'etcdserver: requested lease not found' });
  });
});

describe.skipIf(!(isThere('etcd') && isThere('openssl')))('etcd:// over TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'skep-tls-'));
  const file = (name: string) => join(folder, name);
  let etcd: EtcdProcess;

  beforeAll(async () => {
    const names = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2', '-nodes'];
    const make = ['req', '-x509', '-newkey', 'rsa:2048', '-keyout', file('key'), '-out', file('cert'), ...names];
    execFileSync('openssl', make, { stdio: 'ignore' });
    const server = ['--cert-file', file('cert'), '--key-file', file('key')];
    etcd = await EtcdProcess.make([...server, '--client-cert-auth', '--trusted-ca-file', file('cert')], 'https');
  });
  afterAll(async () => {
    await etcd.remove();
    rmSync(folder, { recursive: true });
  });

  const tls = { 'kv.cacertfile': file('cert'), 'kv.certfile': file('cert'), 'kv.keyfile': file('key') };

  it('registers and watches with a certificate', async () => {
    const backend = await createBackend(`etcd://${etcd.addr}`, { options: tls, heartbeatMs });
    seen = new Seen(backend.watch());
    await backend.register('a:1');
    await told('a:1');
  });

  it.each([
    ['without one', { 'kv.cacertfile': tls['kv.cacertfile'] }, /alert|certificate/i],
    ['that we do not trust', { 'kv.certfile': tls['kv.certfile'], 'kv.keyfile': tls['kv.keyfile'] }, /self.signed/i],
  ])('gets no answer %s', async (_what, options, why) => {
    const backend = await createBackend(`etcd://${etcd.addr}`, { options });
    await expect(backend.register('a:1')).rejects.toThrow(why);
  });
});
