import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instances, leases } from '../../src/kinds/index.js';
import { Running, skep } from '../support/cli-run.js';
import { OpenMembers } from '../support/manager-open.js';
import { until } from '../support/network-wait.js';

let members: OpenMembers;
let server: Server;
let status = 200;
beforeAll(async () => {
  members = await OpenMembers.start(1);
  server = createServer((_request, response) => response.writeHead(status).end()).listen(0, '127.0.0.1');
});
afterAll(async () => {
  server.close();
  await members.close();
});

const args = (...words: string[]) => ['--host', members.hosts.join(','), 'catalog', ...words];
const on = (...words: string[]) => skep(args(...words));
const there = async () => {
  const { store } = await members.leader();
  return store.view((tx) => tx.kind(instances).count());
};

describe('skep catalog', () => {
  it('registers until it is interrupted, and leaves nothing behind', async () => {
    const stop = new AbortController();
    const running = skep(
      args('register', 'web', '10.0.0.1:80', '--id', 'w1', '--tag', 'blue', '--tag', 'eu', '--meta', 'zone=a'),
      {
        signal: stop.signal,
      },
    );
    await until('it is there', async () => (await there()) === 1);
    const { code, out } = await on('ls', '-o', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject([
      {
        id: 'w1',
        name: 'web',
        host: '10.0.0.1',
        port: 80,
        tags: ['blue', 'eu'],
        meta: { zone: 'a' },
        weight: 1,
        health: 'passing',
        lost: false,
      },
    ]);
    expect((await on('ls', 'web', '--tag', 'eu', '-o', 'name')).out).toBe('w1\n');
    expect((await on('ls', 'web', '--tag', 'us', '-o', 'name')).out).toBe('');
    expect((await on('ls')).out).toMatch(
      /^ID +SERVICE +ADDR +HEALTH +TAGS\nw1 +web +10\.0\.0\.1:80 +passing +blue eu\n$/,
    );
    stop.abort();
    expect(await running).toMatchObject({ code: 130, out: 'w1\n' });
    expect(await there()).toBe(0);
    const { store } = await members.leader();
    expect(store.view((tx) => tx.kind(leases).count())).toBe(0);
  });

  it('checks over HTTP, and tells who watches', async () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const stop = new AbortController();
    let seen = '';
    const options = { signal: stop.signal, onOut: (text: string) => void (seen += text) };
    const watching = skep(args('watch', 'checked'), options);
    const running = skep(args('register', 'checked', '10.0.0.2:80', '--check-http', url, '--interval', '50ms'), {
      signal: stop.signal,
    });
    const passing = async () => (await on('ls', 'checked', '--passing', '-o', 'name')).out !== '';
    await until('it passes', passing);
    status = 503;
    await until('it does not pass', async () => !(await passing()));
    status = 200;
    await until('it passes again', passing);
    await until('the watcher was told', () => seen.trim().split('\n').length >= 3);
    stop.abort();
    await Promise.all([running, watching]);
    const ops = seen
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { op: string; instance: { health: string } });
    expect(ops.map(({ op, instance }) => `${op} ${instance.health}`)).toEqual(
      expect.arrayContaining(['update passing', 'update critical']),
    );
    expect(ops[0]?.op).toBe('add');
  });

  it('deregisters what somebody left, and prints a list again that shows it', async () => {
    const { store } = await members.leader();
    const left = { name: 'x', host: 'h', port: 1, session: 's' };
    await store.update((tx) => void ['left', 'stays'].map((id) => tx.kind(instances).create({ id, ...left })));
    const list = new Running(args('ls', 'x', '-w', '-o', 'name'));
    await list.until(2);
    expect(await on('deregister', 'left')).toMatchObject({ code: 0, out: 'left\n' });
    await list.until(3);
    expect(list.lines.slice(0, 3)).toEqual(['left', 'stays', 'stays']);
    expect((await list.interrupt()).code).toBe(130);
    expect((await on('deregister', 'left')).code).toBe(3);
  });

  it.each([
    [['register', 'web']],
    [['register', 'web', '10.0.0.1']],
    [['register', 'web', '10.0.0.1:99999']],
    [['register', 'web', '10.0.0.1:80', '--meta', 'x']],
    [['register', 'web', '10.0.0.1:80', '--ttl', 'soon']],
    [['watch']],
  ])('%j is a mistake: 2', async (words) => {
    expect((await on(...words)).code).toBe(2);
  });
});
