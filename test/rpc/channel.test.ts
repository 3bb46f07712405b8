import { constants, createServer as createHttp2Server, type Http2Server } from 'node:http2';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Client } from '../../src/client/index.js';
import { Channel, methodOf, neverSent } from '../../src/rpc/index.js';
import { FakeServer } from '../support/fake-server.js';
import { codeOf } from '../support/state-events.js';

describe('a connection to a member', () => {
  const open: { close(): unknown }[] = [];
  afterEach(() => {
    vi.unstubAllEnvs();
    for (const one of open.splice(0)) one.close();
  });

  async function listening(server: Server | Http2Server): Promise<string> {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push(server);
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  function channelTo(addr: string): Channel {
    const channel = new Channel(addr);
    open.push(channel);
    return channel;
  }

  it.each(['http_proxy', 'grpc_proxy', 'https_proxy'])('does not go through what %s names', async (variable) => {
    let asked = 0;
    const proxy = await listening(createServer((socket) => (asked++, socket.destroy())));
    for (const name of ['no_proxy', 'no_grpc_proxy', 'http_proxy', 'grpc_proxy', 'https_proxy'])
      vi.stubEnv(name, undefined);
    vi.stubEnv(variable, `http://${proxy}`);
    const server = await FakeServer.start({});
    open.push(server);
    const answer = channelTo(server.addr).unary(methodOf('membership', 'Local'), {}, { timeoutMs: 5_000 });
    await expect(answer).resolves.toMatchObject({ name: 'fake' });
    expect(asked).toBe(0);
  });

  it('that refuses a stream has not seen the request: a write was not carried out', async () => {
    const refusing = createHttp2Server();
    refusing.on('stream', (stream) => {
      stream.on('error', () => undefined);
      stream.close(constants.NGHTTP2_REFUSED_STREAM);
    });
    const addr = await listening(refusing);
    const answer: Promise<unknown> = channelTo(addr).unary(methodOf('membership', 'Local'), {}, { timeoutMs: 5_000 });
    const error: unknown = await answer.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ details: 'Stream refused by server' });
    expect(neverSent(error)).toBe(true);
    const client = new Client({ hosts: [addr], timeoutMs: 300 });
    open.push(client);
    expect(await codeOf(client.create('node', {}))).toBe('NOT_LEADER');
  });
});
