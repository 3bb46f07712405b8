import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import { until } from '../../scripts/waiting.js';
import { ask, askLines } from '../../src/discovery/http.js';
import { HttpServer } from '../support/discovery-http.js';
import { FakeClock } from '../support/state-clock.js';

let server: HttpServer;
afterEach(() => server.close());

const asking = (signal?: AbortSignal) => ({
  method: 'GET' as const,
  url: new URL(`http://${server.addr}/`),
  clock: systemClock,
  ...(signal && { signal }),
});

describe('a request', () => {
  it('leaves nothing behind on a signal that lives longer', async () => {
    server = await HttpServer.open((_request, response) => response.end('a\nb\n'));
    const { signal } = new AbortController();
    await ask(asking(signal));
    const lines: string[] = [];
    for await (const line of askLines(asking(signal))) lines.push(line);
    expect(lines).toEqual(['a', 'b']);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('is not sent for a signal that is aborted', async () => {
    server = await HttpServer.open((_request, response) => response.end());
    await expect(ask(asking(AbortSignal.abort()))).rejects.toThrow('it was given up');
    expect(server.requests).toEqual([]);
  });

  it('gives up an answer that does not end in time, wherever it is', async () => {
    server = await HttpServer.open((_request, response) => response.write('begun'));
    const clock = new FakeClock();
    const answer = ask({ ...asking(), clock, timeoutMs: 50 });
    answer.catch(() => undefined);
    await until('it is asked', () => server.requests.length === 1);
    clock.advance(50);
    await expect(answer).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(answer).rejects.toThrow('no answer within 50 ms');
  });

  it('reads characters that arrive in two pieces', async () => {
    const text = Buffer.from('héllo');
    server = await HttpServer.open((_request, response) => {
      response.write(text.subarray(0, 2));
      setImmediate(() => response.end(text.subarray(2)));
    });
    expect(await ask(asking())).toMatchObject({ status: 200, text: 'héllo' });
  });
});

describe('an answer that goes on', () => {
  it('has no end, once it has begun, and is closed when nobody reads on', async () => {
    let closed = false;
    server = await HttpServer.open((_request, response) => {
      response.on('close', () => (closed = true));
      response.write('one\n');
    });
    const clock = new FakeClock();
    for await (const line of askLines({ ...asking(), clock })) {
      expect(line).toBe('one');
      expect(clock.armed).toBe(0);
      break;
    }
    await until('it is closed', () => closed);
  });

  it('is an error when it is no 200, and is not waited for', async () => {
    let closed = false;
    server = await HttpServer.open((_request, response) => {
      response.on('close', () => (closed = true));
      response.writeHead(500).write('for ever');
    });
    await expect(askLines(asking()).next()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await until('it is closed', () => closed);
  });
});
