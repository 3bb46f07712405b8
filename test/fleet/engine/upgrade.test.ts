import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../../../scripts/waiting.js';
import { EngineTransport, type TransportOptions } from '../../../src/fleet/index.js';
import { EngineServer } from '../../support/engine-server.js';
import { FakeClock } from '../../support/state-clock.js';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one();
});

/** Agrees, and closes when the other side does. */
function agree(socket: Socket): void {
  socket.write(agreed);
  socket.once('end', () => socket.end()).resume();
}

const agreed = 'HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n';

async function opened(
  upgrade: (request: IncomingMessage, socket: Socket, head: Buffer) => void,
  options: Partial<TransportOptions> = {},
) {
  const server = await EngineServer.open((_, response) => response.writeHead(400).end('no upgrade asked for'), {
    upgrade,
  });
  undo.push(() => server.close());
  const transport = new EngineTransport({ address: server.addr, ...options });
  undo.push(() => transport.close());
  return { server, transport };
}

describe('EngineTransport.upgrade', () => {
  it('asks for it as the docker CLI does, with a body', async () => {
    let asked: IncomingMessage | undefined;
    const { transport } = await opened((request, socket, body) => {
      asked = request;
      const answer = (piece: Buffer) => socket.end(`${agreed}${piece.toString()}`);
      // A server of Node takes the body for the beginning of the stream.
      if (body.length > 0) answer(body);
      else socket.once('data', answer);
    });
    const { socket, head, response } = await transport.upgrade('POST', '/exec/1/start', {
      query: 'a=b',
      body: '{"Tty":true}',
    });
    expect(response.statusCode).toBe(101);
    expect(asked?.url).toBe('/exec/1/start?a=b');
    expect(asked?.headers).toMatchObject({ connection: 'Upgrade', upgrade: 'tcp', 'content-length': '12' });
    expect(head.toString() + (await text(socket))).toBe('{"Tty":true}');
  });

  it('hands out what came together with the headers', async () => {
    const { transport } = await opened((_, socket) => socket.write(`${agreed}first`));
    const { socket, head } = await transport.upgrade('POST', '/x');
    expect(head.toString()).toBe('first');
    socket.destroy();
  });

  it('leaves the way back open when our side ends, and ours open when the engine ends', async () => {
    const { transport } = await opened((_, socket) => {
      socket.write(agreed);
      let heard = '';
      socket.on('data', (piece) => (heard += String(piece)));
      socket.once('end', () => socket.end(`heard ${heard}`)); // an HTTP server allows half-open connections
    });
    const { socket } = await transport.upgrade('POST', '/x');
    socket.end('input');
    expect(await text(socket)).toBe('heard input');

    let heard = '';
    const other = await opened((_, theirs) => {
      theirs.end(agreed);
      theirs.on('data', (piece) => (heard += String(piece)));
    });
    const { socket: ours } = await other.transport.upgrade('POST', '/x');
    ours.resume();
    await until('the engine has ended', () => ours.readableEnded);
    expect(ours.writable).toBe(true);
    ours.end('still here');
    await until('it arrived', () => heard === 'still here');
  });

  it('reports a refusal with its text', async () => {
    const { transport, server } = await opened((_, socket) =>
      socket.end('HTTP/1.1 409 Conflict\r\ncontent-length: 25\r\n\r\n{"message":"not running"}'),
    );
    await expect(transport.upgrade('POST', '/x')).rejects.toMatchObject({
      code: 'CONFLICT',
      engineMessage: 'not running',
    });
    await until('its connection is closed', () => server.sockets.size === 0);
  });

  it('takes an answer without an upgrade for what it is', async () => {
    const server = await EngineServer.open((_, response) => response.end('{}'));
    undo.push(() => server.close());
    const transport = new EngineTransport({ address: server.addr });
    undo.push(() => transport.close());
    await expect(transport.upgrade('POST', '/x')).rejects.toMatchObject({ code: 'BAD_ANSWER', status: 200 });
  });

  it('has a deadline until the engine agrees, and none after it', async () => {
    const clock = new FakeClock();
    const asked: Socket[] = [];
    const { transport } = await opened((_, socket) => asked.push(socket), { clock });
    const waiting = expect(transport.upgrade('POST', '/x')).rejects.toMatchObject({ code: 'TIMEOUT' });
    await until('it was asked', () => asked.length === 1);
    clock.advance(10_000);
    await waiting;

    const connecting = transport.upgrade('POST', '/x');
    await until('it was asked again', () => asked.length === 2);
    asked[1]?.write(agreed);
    const { socket } = await connecting;
    clock.advance(1_000_000);
    expect(socket.destroyed).toBe(false);
  });

  it.each(['signal', 'close'])('is ended by its %s at any time', async (by) => {
    const { transport, server } = await opened((_, socket) => agree(socket));
    const stop = new AbortController();
    const { socket } = await transport.upgrade('POST', '/x', { signal: stop.signal });
    if (by === 'signal') stop.abort();
    else transport.close();
    expect(socket.destroyed).toBe(true);
    await until('its connection is closed', () => server.sockets.size === 0);
  });

  it('does not bring the process down when the engine dies', async () => {
    const { transport, server } = await opened((_, socket) => agree(socket));
    const { socket } = await transport.upgrade('POST', '/x');
    server.cut();
    await until('the socket is closed', () => socket.destroyed);
  });
});
