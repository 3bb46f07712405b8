import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/base/log.js';
import { freePort, until } from '../../../scripts/waiting.js';
import { healthRequest, readHealth } from '../../../src/catalog/checks/grpc.js';
import { httpStatus } from '../../../src/catalog/checks/http.js';
import {
  askGrpcHealth,
  CatalogAgent,
  type CheckSpec,
  type Health,
  MemoryCatalogBackend,
  systemClock,
} from '../../../src/catalog/index.js';
import { HttpServer } from '../../support/discovery-http.js';

/** An agent with one instance that this check looks at; waits for its health, in real time. */
async function checked(check: CheckSpec) {
  const backend = new MemoryCatalogBackend({ clock: systemClock });
  const agent = new CatalogAgent({ backend, logger: silentLogger });
  const id = await agent.register({ name: 'web', addr: 'h', port: 80, checks: [check] });
  const becomes = (health: Health, note: RegExp) =>
    until(
      `it is ${health} because ${note}, not ${JSON.stringify(agent.health(id))}`,
      async () => (await backend.list())[0]?.health === health && note.test(agent.health(id).checks[0]?.note ?? ''),
      5_000,
    );
  return { becomes, close: () => agent.leave() };
}

const often = { intervalMs: 20, timeoutMs: 300 };

describe('the http check', () => {
  it.each([
    [200, 'passing'],
    [204, 'passing'],
    [301, 'critical'],
    [404, 'critical'],
    [429, 'warning'],
    [500, 'critical'],
  ])('takes %i for %s', (status, health) => expect(httpStatus(status)).toBe(health));

  it('asks as it is told to, and follows what it hears', async () => {
    let status = 200;
    const server = await HttpServer.open((_request, response) => {
      response.statusCode = status;
      if (status !== 0) response.end();
    });
    const url = `http://${server.addr}/health?deep=1`;
    const { becomes, close } = await checked({ kind: 'http', url, headers: { 'x-check': 'yes' }, ...often });
    await becomes('passing', /answered 200/);
    expect(server.requests[0]).toMatchObject({ line: 'GET /health?deep=1', headers: { 'x-check': 'yes' } });
    status = 429;
    await becomes('warning', /answered 429/);
    status = 503;
    await becomes('critical', /answered 503/);
    status = 0;
    await becomes('critical', /no answer within 300 ms/);
    status = 200;
    await becomes('passing', /answered 200/);
    await server.close();
    await becomes('critical', /does not answer/);
    await close();
  });
});

describe('the tcp check', () => {
  it('is passing while connections can be made', async () => {
    const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const addr = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { becomes, close } = await checked({ kind: 'tcp', addr, ...often });
    await becomes('passing', /takes connections/);
    server.close();
    await becomes('critical', /ECONNREFUSED/);
    await close();
  });
});

describe('the grpc check', () => {
  it('asks a real server, of all of it or of one service', async () => {
    const health = new HealthImplementation({ '': 'SERVING', 'skep.v1.Control': 'NOT_SERVING' });
    const server = new Server();
    health.addToServer(server);
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    const addr = `127.0.0.1:${port}`;
    const all = await checked({ kind: 'grpc', addr, ...often });
    const one = await checked({ kind: 'grpc', addr, service: 'skep.v1.Control', ...often });
    const unknown = await checked({ kind: 'grpc', addr, service: 'never', ...often });
    await all.becomes('passing', /says SERVING/);
    await one.becomes('critical', /says NOT_SERVING/);
    await unknown.becomes('critical', /says SERVICE_UNKNOWN/);
    health.setStatus('skep.v1.Control', 'SERVING');
    await one.becomes('passing', /says SERVING/);
    server.forceShutdown();
    await all.becomes('critical', /ECONN|closed|stream|no answer/);
    for (const { close } of [all, one, unknown]) await close();
  });

  it('rejects when nobody is there, when it is no gRPC, and when it is given up', async () => {
    const signal = new AbortController().signal;
    await expect(askGrpcHealth(`127.0.0.1:${await freePort()}`, '', signal)).rejects.toThrow('ECONNREFUSED');
    const server = await HttpServer.open((_request, response) => void response.end('hello'));
    await expect(askGrpcHealth(server.addr, '', signal)).rejects.toThrow();
    await server.close();
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const stop = new AbortController();
    const addr = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const asking = expect(askGrpcHealth(addr, '', stop.signal)).rejects.toThrow();
    stop.abort();
    await asking;
    silent.close();
  });

  it('writes and reads what the protocol says', () => {
    expect(healthRequest('').toString('hex')).toBe('0000000000');
    expect(healthRequest('ab').toString('hex')).toBe('00000000040a026162');
    expect(healthRequest('x'.repeat(200)).subarray(0, 8).toString('hex')).toBe('00000000cb0ac801');
    expect(readHealth(Buffer.from('00000000020801', 'hex'))).toBe('SERVING');
    expect(readHealth(Buffer.from('00000000020802', 'hex'))).toBe('NOT_SERVING');
    expect(readHealth(Buffer.from('0000000000', 'hex'))).toBe('UNKNOWN');
  });
});
