import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, askRaw, connected, type ServedFleet, serveFleet, upgrade } from '../support/docker-http.js';

/** A raw request that closes its connection. */
const raw = (line: string, headers: readonly string[] = [], body = '') =>
  [line, 'Host: docker', 'Connection: close', ...headers, '', body].join('\r\n');

const json = (body: string) => ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`];

describe('bad requests of the Docker API', () => {
  let served: ServedFleet;
  let address: string;
  const errors: unknown[] = [];
  const onError = (error: unknown) => void errors.push(error);

  beforeAll(async () => {
    process.on('uncaughtException', onError).on('unhandledRejection', onError);
    served = await serveFleet([{ name: 'node-1' }], { requestMs: 400, connectionsMax: 50 });
    address = served.address;
    await ask(address, 'POST', '/containers/create?name=web', { Image: 'busybox', Cmd: ['sleep', '60'] });
    await ask(address, 'POST', '/containers/web/start');
  });
  afterAll(async () => {
    process.off('uncaughtException', onError).off('unhandledRejection', onError);
    await served.close();
    expect(errors).toEqual([]);
  });

  const create = 'POST /v1.41/containers/create HTTP/1.1';
  // Each row: a request, and what the answer must hold.
  it.each<[string, string, ...string[]]>([
    ['no HTTP at all', 'hello\r\n\r\n', ' 400 ', 'the request is not HTTP/1.1'],
    ['TLS to a plain port', '\x16\x03\x01\x02\x00\x01\x00', ' 400 '],
    ['a method that does not exist', 'FETCH /info HTTP/1.1\r\n\r\n', ' 400 '],
    ['an unknown path', raw('GET /v1.41/nosuch HTTP/1.1'), ' 404 ', 'page not found'],
    [
      'a version that is too new',
      raw('GET /v1.99/info HTTP/1.1'),
      ' 400 ',
      'is too new. Maximum supported API version',
    ],
    ['a version that is too old', raw('GET /v1.10/info HTTP/1.1'), ' 400 ', 'is too old. Minimum supported'],
    ['a path that is not encoded', raw('GET /containers/%zz/json HTTP/1.1'), ' 400 ', 'percent-encoded'],
    ['a name that ends the path', raw('GET /containers/..%2f..%2finfo/json HTTP/1.1'), ' 404 ', 'No such container'],
    ['a head that is too long', raw('GET /info HTTP/1.1', [`X: ${'x'.repeat(80_000)}`]), ' 431 ', 'longer than 65536'],
    ['JSON that breaks off', raw(create, json('{"Image":'), '{"Image":'), ' 400 ', 'invalid JSON in the body'],
    ['JSON that is no object', raw(create, json('[]'), '[]'), ' 400 ', 'it must be an object'],
    ['a field of the wrong type', raw(create, json('{"Env":7}'), '{"Env":7}'), ' 400 ', 'Env must be a list'],
    ['a body without its type', raw(create, ['Content-Length: 2'], '{}'), ' 400 ', "must be 'application/json'"],
    [
      'a name that Docker refuses',
      raw('POST /containers/create?name=a%20b HTTP/1.1'),
      ' 400 ',
      'Invalid container name',
    ],
    [
      'a body that is too long',
      raw(create, ['Content-Type: application/json', 'Content-Length: 99999999']),
      ' 413 ',
      '99999999 bytes or more; at most 4194304',
    ],
    ['filters that are not JSON', raw('GET /containers/json?filters={ HTTP/1.1'), ' 400 ', 'invalid filters'],
    ['a time that is none', raw('GET /events?since=yesterday HTTP/1.1'), ' 400 ', 'since must be seconds'],
    [
      'an empty name of an image',
      raw('POST /images/create HTTP/1.1', ['Content-Length: 0']),
      ' 400 ',
      'fromImage or fromSrc',
    ],
    [
      'a volume of the wrong type',
      raw('POST /volumes/create HTTP/1.1', json('{"Name":1}'), '{"Name":1}'),
      ' 400 ',
      'Name must be a text',
    ],
    [
      'a network without a name',
      raw('POST /networks/create HTTP/1.1', json('{}'), '{}'),
      ' 400 ',
      'Name must be a text',
    ],
  ])('answers %s', async (_, bytes, ...parts) => {
    const text = await askRaw(address, bytes);
    for (const part of parts) expect(text).toContain(part);
    expect(text.split('\r\n\r\n')[1]).toContain('"message"');
  });

  it('answers a client that never ends its head, and one that never ends its body', async () => {
    expect(await askRaw(address, 'GET /info HTTP/1.1\r\nHost: d')).toContain(' 408 ');
    const late = raw(create, ['Content-Type: application/json', 'Content-Length: 100'], '{');
    expect(await askRaw(address, late)).toContain('did not arrive within 400 ms');
  });

  it('answers upgrades that are none', async () => {
    const head = ['Connection: Upgrade', 'Upgrade: h2c'].join('\r\n');
    expect(await askRaw(address, `GET /_ping HTTP/1.1\r\nHost: d\r\n${head}\r\n\r\n`)).toContain('OK');
    const chunked = `POST /exec/1/start HTTP/1.1\r\nHost: d\r\n${head}\r\nTransfer-Encoding: chunked\r\n\r\n`;
    expect(await askRaw(address, chunked)).toContain('needs a body with Content-Length');
    const short = `POST /exec/1/start HTTP/1.1\r\nHost: d\r\n${head}\r\nContent-Length: 10\r\n\r\n{`;
    expect(await askRaw(address, short, true)).toContain('the body ended after 1 of 10 bytes');
    expect((await upgrade(address, '/nosuch')).head).toContain(' 404 ');
  });

  it('survives clients that leave at any moment', async () => {
    const attach = 'POST /containers/web/attach?stream=1&stdin=1&stdout=1 HTTP/1.1';
    const requests = [
      'GET',
      'GET /events HTTP/1.1\r\nHost: d\r\n\r\n',
      'GET /containers/web/logs?follow=1&stdout=1 HTTP/1.1\r\nHost: d\r\n\r\n',
      'GET /containers/json HTTP/1.1\r\nHost: d\r\n\r\n',
      'POST /containers/web/wait HTTP/1.1\r\nHost: d\r\n\r\n',
      'PUT /containers/web/archive?path=/ HTTP/1.1\r\nHost: d\r\nContent-Length: 1000\r\n\r\nx',
      `${attach}\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n`,
      `${attach}\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 9\r\n\r\n`,
    ];
    for (const bytes of requests) {
      for (const turns of [0, 1, 5]) {
        const socket = await connected(address);
        socket.on('error', () => undefined);
        socket.write(bytes);
        for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
        if (turns === 1) socket.destroy();
        else socket.resetAndDestroy();
      }
    }
    expect((await ask(address, 'GET', '/_ping')).text).toBe('OK');
  });

  it('answers several requests that come in one packet, in order', async () => {
    const one = 'GET /_ping HTTP/1.1\r\nHost: d\r\n\r\n';
    const text = await askRaw(address, `${one}${one}${raw('GET /nosuch HTTP/1.1')}`);
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 404']);
  });

  it('closes connections above its limit, and serves again when there are fewer', async () => {
    const sockets = await Promise.all(Array.from({ length: 50 }, () => connected(address)));
    const more = await connected(address);
    more
      .resume()
      .on('error', () => undefined)
      .once('end', () => more.destroy());
    await once(more, 'close');
    for (const socket of sockets) socket.destroy();
    await Promise.all(sockets.map(async (socket) => socket.closed || (await once(socket, 'close'))));
    const { status } = await ask(address, 'GET', '/_ping').catch(() => ask(address, 'GET', '/_ping'));
    expect(status).toBe(200);
  });
});
