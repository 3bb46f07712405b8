import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort, until } from '../../../scripts/waiting.js';
import { EngineTransport, type TransportOptions } from '../../../src/fleet/index.js';
import { bodyOf, EngineServer } from '../../support/engine-server.js';
import { FakeClock } from '../../support/state-clock.js';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one();
});

async function served(answer: RequestListener): Promise<EngineServer> {
  const server = await EngineServer.open(answer);
  undo.push(() => server.close());
  return server;
}

function transportTo(address: string, options: Partial<TransportOptions> = {}): EngineTransport {
  const transport = new EngineTransport({ address, ...options });
  undo.push(() => transport.close());
  return transport;
}

/** Code and outcome of a rejection. */
async function refusal(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => expect.fail('it should have failed'),
    (cause: { code: string; outcomeUnknown: boolean }) => cause,
  );
  return `${error.code}${error.outcomeUnknown ? ', outcome unknown' : ''}`;
}

describe('EngineTransport', () => {
  it('passes method, path, raw query, headers and body through, and any status back', async () => {
    const server = await served((request, response) => {
      response.writeHead(418, { 'x-answer': String(request.headers['x-ask']) });
      void bodyOf(request).then((body) => response.end(body));
    });
    const response = await transportTo(server.addr).request('POST', '/v1.41/a%2Fb', {
      query: '?filters=%7B%22a%22:%5b%5d%7D&b=+&c',
      headers: { 'x-ask': 'yes' },
      body: 'ä',
    });
    expect(server.lines).toEqual(['POST /v1.41/a%2Fb?filters=%7B%22a%22:%5b%5d%7D&b=+&c']);
    expect([response.statusCode, response.headers['x-answer'], await text(response)]).toEqual([418, 'yes', 'ä']);
  });

  it('keeps one connection for calls that follow each other', async () => {
    const server = await served((_, response) => response.end('{}'));
    const transport = transportTo(server.addr);
    for (let n = 0; n < 3; n++) {
      await text(await transport.request('GET', '/info'));
      await new Promise(setImmediate);
    }
    expect(server.lines).toHaveLength(3);
    expect(server.connections).toBe(1);
  });

  it('speaks over a unix socket', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'skep-socket-'));
    undo.push(() => rm(folder, { recursive: true }));
    const server = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nOK'));
    server.listen(join(folder, 'docker.sock'));
    await once(server, 'listening');
    undo.push(() => server.close());
    const response = await transportTo(`unix://${join(folder, 'docker.sock')}`).request('GET', '/_ping');
    expect(await text(response)).toBe('OK');
  });

  it('sends streams, and long buffers whose progress can be seen', async () => {
    const server = await served((request, response) => {
      void bodyOf(request).then(({ length }) => response.end(String(length)));
    });
    const transport = transportTo(server.addr);
    const long = Buffer.alloc(300_000, 'x');
    expect(await text(await transport.request('PUT', '/a', { body: Readable.from([Buffer.from('ab'), 'c']) }))).toBe(
      '3',
    );
    expect(await text(await transport.request('PUT', '/a', { body: long, deadline: 'progress' }))).toBe('300000');
  });

  describe('deadlines', () => {
    it.each([
      { method: 'GET', is: 'TIMEOUT' },
      { method: 'POST', is: 'TIMEOUT, outcome unknown' },
    ])('end a $method that gets no answer: $is', async ({ method, is }) => {
      const server = await served(() => undefined);
      const clock = new FakeClock();
      const waiting = refusal(transportTo(server.addr, { clock }).request(method, '/x', { timeoutMs: 500 }));
      await until('it was asked', () => server.lines.length === 1);
      clock.advance(499);
      expect(server.sockets.size).toBe(1);
      clock.advance(1);
      expect(await waiting).toBe(is);
      await until('its connection is closed', () => server.sockets.size === 0);
      expect(clock.armed).toBe(0);
    });

    it('cover the body', async () => {
      const server = await served((_, response) => void response.writeHead(200).write('half'));
      const clock = new FakeClock();
      const response = await transportTo(server.addr, { clock }).request('GET', '/x', { timeoutMs: 500 });
      const waiting = refusal(text(response));
      clock.advance(500);
      expect(await waiting).toBe('TIMEOUT');
    });

    it('end with the headers for a stream', async () => {
      let write: ((piece: string) => unknown) | undefined;
      const server = await served((_, response) => {
        response.flushHeaders();
        write = (piece) => response.end(piece);
      });
      const clock = new FakeClock();
      const response = await transportTo(server.addr, { clock }).request('GET', '/x', { deadline: 'start' });
      clock.advance(1_000_000);
      expect(clock.armed).toBe(0);
      write?.('late');
      expect(await text(response)).toBe('late');
    });

    it('stay for the text of a refusal, also of a stream', async () => {
      const server = await served((_, response) => response.writeHead(500).flushHeaders());
      const clock = new FakeClock();
      const response = await transportTo(server.addr, { clock }).request('GET', '/x', { deadline: 'start' });
      const waiting = refusal(text(response));
      clock.advance(10_000);
      expect(await waiting).toBe('TIMEOUT');
    });

    it('count silence alone where progress is asked for', async () => {
      let write: ((piece: string) => unknown) | undefined;
      const server = await served((_, response) => {
        response.flushHeaders();
        write = (piece) => response.write(piece);
      });
      const clock = new FakeClock();
      const options = { deadline: 'progress', timeoutMs: 1_000 } as const;
      const response = await transportTo(server.addr, { clock }).request('POST', '/x', options);
      let heard = '';
      response.on('data', (piece) => (heard += String(piece)));
      const waiting = refusal(once(response, 'close'));
      for (let n = 1; n <= 5; n++) {
        clock.advance(900);
        write?.('.');
        await until('the piece is here', () => heard.length === n);
      }
      clock.advance(1_500);
      expect(await waiting).toBe('TIMEOUT, outcome unknown');
    });

    it('do not blame the engine for a reader that takes nothing', async () => {
      const server = await served((_, response) => response.end('x'.repeat(100_000)));
      const clock = new FakeClock();
      const options = { deadline: 'progress', timeoutMs: 1_000 } as const;
      const response = await transportTo(server.addr, { clock }).request('GET', '/x', options);
      await until('some of it waits for the reader', () => response.readableLength > 0);
      clock.advance(100_000);
      expect((await text(response)).length).toBe(100_000);
    });

    it.each([0, -1, Number.NaN, 2 ** 31])('refuse %d milliseconds', (pingMs) => {
      expect(() => new EngineTransport({ address: 'a:1', timeouts: { pingMs } })).toThrow('timeouts.pingMs');
    });
  });

  describe('failures', () => {
    it('of a connection that nobody takes have a known outcome', async () => {
      const transport = transportTo(`127.0.0.1:${await freePort()}`);
      expect(await refusal(transport.request('POST', '/x'))).toBe('UNREACHABLE');
    });

    it('of a name that does not exist are UNREACHABLE', async () => {
      expect(await refusal(transportTo('skep.invalid:2375').request('POST', '/x'))).toBe('UNREACHABLE');
    });

    it.each([
      { method: 'GET', is: 'UNREACHABLE' },
      { method: 'DELETE', is: 'UNREACHABLE, outcome unknown' },
      { method: 'POST', mutates: false, is: 'UNREACHABLE' },
    ])('of a connection that breaks after a $method are: $is', async ({ method, mutates, is }) => {
      const server = await served((request) => request.socket.resetAndDestroy());
      expect(await refusal(transportTo(server.addr).request(method, '/x', { mutates }))).toBe(is);
    });

    it('of an answer that is no HTTP are BAD_ANSWER', async () => {
      const server = await served((request) => request.socket.end('SSH-2.0-OpenSSH\r\n'));
      expect(await refusal(transportTo(server.addr).request('GET', '/x'))).toBe('BAD_ANSWER');
    });

    it('of a kept connection are repeated for reads alone', async () => {
      let cut = false;
      const server = await served((request, response) => {
        if (cut) {
          cut = false;
          request.socket.resetAndDestroy();
        } else response.end('{}');
      });
      const transport = transportTo(server.addr);
      for (const method of ['GET', 'POST']) {
        await text(await transport.request('GET', '/first'));
        await new Promise(setImmediate);
        cut = true;
        const answer = transport.request(method, '/second').then(text);
        if (method === 'GET') expect(await answer).toBe('{}');
        else expect(await refusal(answer)).toBe('UNREACHABLE, outcome unknown');
      }
      expect(server.lines.filter((line) => line === 'GET /second')).toHaveLength(2);
      expect(server.lines.filter((line) => line === 'POST /second')).toHaveLength(1);
    });
  });

  describe('its callers', () => {
    it('abort a call at any time', async () => {
      const server = await served((_, response) => response.flushHeaders());
      const transport = transportTo(server.addr);
      expect(await refusal(transport.request('POST', '/x', { signal: AbortSignal.abort() }))).toBe('ABORTED');
      expect(server.lines).toEqual([]);
      const later = new AbortController();
      const response = await transport.request('POST', '/x', { signal: later.signal, deadline: 'start' });
      const reading = refusal(text(response));
      later.abort();
      expect(await reading).toBe('ABORTED, outcome unknown');
    });

    it('close it, which ends what is under way and refuses what follows', async () => {
      const server = await served(() => undefined);
      const transport = transportTo(server.addr);
      const waiting = refusal(transport.request('GET', '/x'));
      await until('it was asked', () => server.lines.length === 1);
      transport.close();
      expect(await waiting).toBe('CLOSED');
      await until('its connection is closed', () => server.sockets.size === 0);
      expect(await refusal(transport.request('GET', '/x'))).toBe('CLOSED');
    });
  });
});
