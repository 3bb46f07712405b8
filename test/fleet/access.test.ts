import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { openFakeEngine } from 'skep/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../scripts/waiting.js';
import { serveEngines } from '../../src/daemon/serve-engines.js';
import { clientEngines } from '../../src/fleet/access.js';
import { demultiplex, type DockerClient, type EngineTls } from '../../src/fleet/index.js';
import { Certificates, openSslIsThere } from '../support/certificates.js';
import { EngineCluster } from '../support/engine-cluster.js';
import { EngineServer } from '../support/engine-server.js';
import { TcpProxy } from '../support/tcp-proxy.js';

describe('access to an engine through a manager', () => {
  let cluster: EngineCluster;
  let made = 0;
  const undo: (() => unknown)[] = [];

  beforeAll(async () => {
    cluster = await EngineCluster.start(2);
  });
  afterEach(async () => {
    for (const one of undo.splice(0).reverse()) await one();
    await until('no connection stays', () => Promise.resolve(cluster.connections === 0));
  });
  afterAll(() => cluster.close());

  /** A client of the engine at an address, that the other manager drives. */
  async function clientOf(addr: string): Promise<DockerClient> {
    const node = await cluster.addEngine(`node-${++made}`, addr, 'm2');
    const client = await clientEngines(cluster.client()).open(node);
    undo.push(() => client.close());
    return client;
  }

  async function fake() {
    const engine = await openFakeEngine();
    undo.push(() => engine.close());
    return { engine, client: await clientOf(engine.address) };
  }

  async function running(client: DockerClient, cmd: readonly string[]) {
    const { Id } = await client.createContainer({ Image: 'busybox', Cmd: cmd });
    await client.startContainer(Id);
    return Id;
  }

  it('makes calls, each on a connection of its own', async () => {
    const { engine, client } = await fake();
    expect((await client.info()).ID).toBe(engine.model.id);
    await expect(client.inspectContainer('nobody')).rejects.toMatchObject({ code: 'NOT_FOUND', status: 404 });
    await until('all are closed', () => Promise.resolve(engine.connections === 0 && cluster.connections === 0));
  });

  it('runs a command with input', async () => {
    const { client } = await fake();
    const container = await running(client, ['sleep', '1000']);
    const stdin = Readable.from([Buffer.from('one\n'), Buffer.from('two\n')]);
    expect(await client.exec({ container, cmd: ['cat'], stdin })).toMatchObject({ exitCode: 0, stdout: 'one\ntwo\n' });
  });

  it('follows a log until it is left', async () => {
    const { engine, client } = await fake();
    const container = await running(client, ['sh', '-c', 'while true; do echo hello; sleep 0.01; done']);
    const log = await client.containerLogs(container, { follow: true });
    let lines = 0;
    for await (const { data } of demultiplex(log as AsyncIterable<Buffer>)) {
      expect(data.toString()).toBe('hello\n');
      if (++lines === 20) break;
    }
    log.destroy();
    await until('all are closed', () => Promise.resolve(engine.connections === 0 && cluster.connections === 0));
  });

  it('uploads 200 MB', async () => {
    let bytes = 0;
    const server = await EngineServer.open((request, response) => {
      if (request.method === 'PUT') {
        request.on('data', (chunk: Buffer) => (bytes += chunk.length));
        request.on('end', () => response.end());
      } else response.writeHead(200, { 'api-version': '1.41' }).end('OK');
    });
    undo.push(() => server.close());
    const client = await clientOf(server.addr);
    const chunk = Buffer.alloc(1024 * 1024, 7);
    const body = Readable.from(
      (function* () {
        for (let i = 0; i < 200; i++) yield chunk;
      })(),
    );
    const answer = await client.transport.request('PUT', '/v1.41/containers/x/archive', { body, deadline: 'progress' });
    answer.resume();
    await once(answer, 'end');
    expect(bytes).toBe(200 * 1024 * 1024);
  });

  it('says that a call was cut in the middle, and may have been carried out', async () => {
    const server = await EngineServer.open((request, response) => {
      if (request.method === 'POST') server.cut();
      else response.writeHead(200, { 'api-version': '1.41' }).end('OK');
    });
    undo.push(() => server.close());
    const client = await clientOf(server.addr);
    await expect(client.startContainer('x')).rejects.toMatchObject({ code: 'UNREACHABLE', outcomeUnknown: true });
  });

  it('fails a log whose engine breaks off', async () => {
    const engine = await openFakeEngine();
    const proxy = await TcpProxy.open(engine.address);
    undo.push(
      () => engine.close(),
      () => proxy.close(),
    );
    const client = await clientOf(proxy.address);
    const container = await running(client, ['sh', '-c', 'echo hello; sleep 1000']);
    const log = await client.containerLogs(container, { follow: true });
    await once(log, 'readable');
    const failed = once(log, 'error');
    log.resume();
    proxy.reset();
    await expect(failed).resolves.toBeDefined();
  });

  it('gives the reason of the manager when no engine answers', async () => {
    const node = await cluster.addEngine('dead', '127.0.0.1:1', 'm2');
    await expect(clientEngines(cluster.client()).open(node)).rejects.toMatchObject({
      name: 'StoreError',
      code: 'ENGINE_UNREACHABLE',
      message: expect.stringContaining('ECONNREFUSED'),
    });
    await expect(clientEngines(cluster.client()).open('nobody')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it.skipIf(!openSslIsThere())('leaves TLS with the engine to the manager', async () => {
    const made = new Certificates();
    undo.push(() => made.remove());
    const tls = { ca: made.read('ca.pem'), cert: made.read('server.pem'), key: made.read('server-key.pem') };
    const answer = (_: unknown, response: ServerResponse) =>
      response.writeHead(200, { 'api-version': '1.41' }).end('OK');
    const mutual = { requestCert: true, rejectUnauthorized: true };
    const server = await EngineServer.open(answer, { tls: { ...tls, ...mutual } });
    undo.push(() => server.close());
    const driver = cluster.members.all[1];
    if (!driver) throw new Error('there is no second member');
    const dialWith = (own: EngineTls | undefined) => serveEngines(driver, { tls: own });
    undo.push(() => dialWith(undefined));
    const node = await cluster.addEngine('secure', server.addr, 'm2');
    const access = clientEngines(cluster.client());
    dialWith({ caFile: made.file('ca.pem') });
    await expect(access.open(node)).rejects.toBeDefined();
    dialWith({ caFile: made.file('ca.pem'), certFile: made.file('client.pem'), keyFile: made.file('client-key.pem') });
    const client = await access.open(node);
    expect(await client.ping()).toBeDefined();
    client.close();
  });

  it('works from within a manager', async () => {
    const engine = await openFakeEngine();
    undo.push(() => engine.close());
    const node = await cluster.addEngine('local', engine.address, 'm2');
    const [member] = cluster.members.all;
    if (!member) throw new Error('there is no member');
    const { access } = serveEngines(member);
    const client = await access.open(node);
    expect((await client.info()).ID).toBe(engine.model.id);
    client.close();
  });
});
