import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../../scripts/waiting.js';
import { bytes } from '../../../src/discovery/etcd/messages.js';
import { createBackend } from '../../../src/discovery/index.js';
import { HttpServer } from '../../support/discovery-http.js';
import { Seen } from '../../support/discovery-watch.js';

/** The gateway as a script: lists what it is told to, and leaves its watches to the test. */
let etcd: HttpServer;
let seen: Seen;
let revision: number;
let values: string[];
let watches: ServerResponse[];

const pair = (value: string) => ({ key: bytes(`docker/nodes/${value}`), value: bytes(value) });
const put = (...all: string[]) =>
  `${JSON.stringify({ result: { events: all.map((value) => ({ kv: pair(value) })) } })}\n`;
const gone = (value: string) => `${JSON.stringify({ result: { events: [{ type: 'DELETE', kv: pair(value) }] } })}\n`;
const asked = (path: string) => etcd.requests.filter(({ line }) => line === `POST /v3/${path}`);
const told = (...all: string[]) => until(`'${all.join()}' is told`, () => seen.told.join() === all.join());

beforeEach(async () => {
  [revision, values, watches] = [7, ['a:1'], []];
  etcd = await HttpServer.open((request, response) => {
    if (request.url === '/v3/watch') watches.push(response);
    else response.end(JSON.stringify({ header: { revision: String(revision) }, kvs: values.map(pair) }));
  });
  seen = new Seen((await createBackend(`etcd://${etcd.addr}`, { heartbeatMs: 20 })).watch());
  await until('it watches', () => watches.length === 1);
});
afterEach(async () => {
  seen.stop();
  await etcd.close();
});

describe('following an etcd', () => {
  it('begins right behind the list that was read, and wants to know when there is no leader', () => {
    const [{ body = '', headers = {} } = {}] = asked('watch');
    expect(JSON.parse(body)).toEqual({
      create_request: { key: bytes('docker/nodes/'), range_end: bytes('docker/nodes0'), start_revision: '8' },
    });
    expect(headers['grpc-metadata-hasleader']).toBe('true');
  });

  it('takes changes as they come, several in one message and one in several pieces', async () => {
    watches[0]?.write('{"result":{"created":true}}\n\n');
    watches[0]?.write(put('b:1', 'c:1') + gone('a:1'));
    await told('a:1', 'a:1 b:1 c:1', 'b:1 c:1');
    const message = put('d:1');
    watches[0]?.write(message.slice(0, 30));
    await until('it is on its way', () => watches[0]?.writableLength === 0);
    watches[0]?.write(message.slice(30) + gone('unknown:1'));
    await told('a:1', 'a:1 b:1 c:1', 'b:1 c:1', 'b:1 c:1 d:1');
  });

  it.each([
    ['is closed', (watch?: ServerResponse) => watch?.end(), 'the connection was closed'],
    ['breaks', (watch?: ServerResponse) => watch?.destroy(), 'does not answer: '],
    [
      'is cancelled',
      (watch?: ServerResponse) => watch?.write('{"result":{"canceled":true,"compact_revision":"9"}}\n'),
      'the history that it needs is gone',
    ],
    [
      'has lost its leader',
      (watch?: ServerResponse) => watch?.write('{"error":{"message":"etcdserver: no leader"}}\n'),
      'etcdserver: no leader',
    ],
  ])('reads the list again after a watch that %s, and goes on from there', async (_how, end, why) => {
    watches[0]?.write('{"result":{"created":true}}\n');
    await told('a:1');
    [revision, values] = [20, ['b:1']];
    end(watches[0]);
    await until('it watches again', () => watches.length === 2);
    const error = expect.stringMatching(new RegExp(`^! Unexpected watch error: .*${why}`)) as string;
    expect(seen.told).toEqual(['a:1', error, 'b:1']);
    expect(asked('watch')[1]?.body).toContain('"start_revision":"21"');
  });

  it('ends its request when nobody listens any more', async () => {
    let closed = false;
    watches[0]?.on('close', () => (closed = true));
    seen.stop();
    await until('the request is ended', () => closed);
    expect(asked('watch')).toHaveLength(1);
  });
});
