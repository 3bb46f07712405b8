import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import { silentLogger } from '../../src/base/log.js';
import { ApiServer } from '../../src/api/index.js';
import { GrpcNetwork } from '../../src/rpc/index.js';
import { until } from '../support/network-wait.js';

describe('a server', () => {
  const sockets: Socket[] = [];
  let server: ApiServer;
  let port = 0;

  beforeAll(async () => {
    server = new ApiServer({ prefaceMs: 200 });
    const network = new GrpcNetwork({
      self: 1,
      clusterId: () => 'c',
      addrs: () => [],
      clock: systemClock,
      logger: silentLogger,
    });
    port = await server.listen('127.0.0.1:0', network, () => Promise.reject(new Error('it is starting')));
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });
  afterAll(() => server.close(100));

  async function opened(says: string): Promise<{ closed: boolean }> {
    const state = { closed: false };
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    socket.on('error', () => undefined).on('close', () => (state.closed = true));
    socket.resume();
    await new Promise((resolve) => socket.once('connect', resolve));
    if (says !== '') socket.write(says);
    return state;
  }

  it.each(['', 'PRI * HTTP/2.0\r\n', 'GET / HTTP/1.1\r\n\r\n', '\u0016\u0003\u0001'])(
    'ends a connection that does not say how HTTP/2 begins: %j',
    async (says) => {
      const states = await Promise.all(Array.from({ length: 50 }, () => opened(says)));
      await until('all are closed', () => states.every(({ closed }) => closed));
    },
  );

  it('serves one that says it in pieces', async () => {
    const session = connectHttp2(`http://127.0.0.1:${port}`, {
      createConnection: () => {
        const socket = connect(port, '127.0.0.1');
        sockets.push(socket);
        return socket;
      },
    });
    await new Promise((resolve) => session.once('remoteSettings', resolve));
    session.destroy();
    const half = await opened('PRI * HTTP/2.0\r\n');
    sockets.at(-1)?.write('\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0');
    await new Promise((resolve) => setTimeout(resolve, 400)); // twice what it may take
    expect(half.closed).toBe(false);
  });
});
