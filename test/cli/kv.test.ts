import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { defineKind, schema as s } from '../../src/kinds/index.js';
import { openMember, type Ran, Running, skep } from '../support/cli-run.js';

const jobs = defineKind({ name: 'job', schema: s.object({ queue: s.text('main') }) });
let member: OpenReplica;
const on = (...args: string[]): Promise<Ran> => skep(['--host', member.addr, ...args]);

beforeAll(async () => {
  member = await openMember({ kinds: [jobs] });
});
afterAll(() => member.close());

describe('texts under keys', () => {
  it('are written, read, replaced and removed', async () => {
    const { code, out } = await on('put', 'app/port', '8080');
    expect(code).toBe(0);
    expect(await on('get', 'app/port')).toMatchObject({ code: 0, out: '8080\n' });
    const version = Number(out);
    const { out: next } = await on('put', 'app/port', '8081');
    expect(Number(next)).toBeGreaterThan(version);
    const document = { kind: 'kv', id: 'app/port', value: '8081', meta: { version: Number(next) } };
    expect(JSON.parse((await on('get', 'app/port', '-o', 'json')).out)).toMatchObject(document);
    expect((await on('get', 'kv/app/port', '-o', 'name')).out).toBe('kv/app/port\n');
    expect(await on('del', 'app/port')).toMatchObject({ code: 0, out: 'app/port\n' });
    expect(await on('get', 'app/port')).toMatchObject({ code: 3 });
    expect(await on('del', 'app/port')).toMatchObject({ code: 3 });
  });

  it('are written and removed only at the version that is named', async () => {
    const first = await on('put', 'once', 'a', '--if-version', '0');
    expect(first.code).toBe(0);
    expect(await on('put', 'once', 'b', '--if-version', '0')).toMatchObject({ code: 4, out: '' });
    const version = first.out.trim();
    const second = (await on('put', 'once', 'b', '--if-version', version)).out.trim();
    expect(await on('put', 'once', 'c', '--if-version', version)).toMatchObject({ code: 4, out: '' });
    expect((await on('get', 'once')).out).toBe('b\n');
    expect((await on('del', 'once', '--if-version', version)).code).toBe(4);
    expect((await on('del', 'once', '--if-version', second)).code).toBe(0);
    expect((await on('put', 'once', 'd', '--if-version', second)).code).toBe(3);
    expect((await on('del', 'a', 'b', '--if-version', '1')).code).toBe(2);
  });

  it('are listed, watched and removed by the beginning of their keys', async () => {
    const from = (await on('put', 'z', '')).out.trim();
    const watch = new Running(['--host', member.addr, 'watch', 'kv', '--prefix', 'p/', '--from', from]);
    for (const key of ['p/a', 'q/a', 'p/b']) await on('put', key, `of ${key}`);
    const rows = (await on('get', 'p/', '--prefix')).out.split('\n').map((line) => line.replace(/ +/g, ' '));
    expect(rows.slice(0, 3).map((row) => row.replace(/ \d+$/, ''))).toEqual(['KEY VALUE VERSION', 'p/a of p/a', 'p/b of p/b']); // prettier-ignore
    expect((await on('get', '', '--prefix', '-o', 'name')).out).toBe('kv/p/a\nkv/p/b\nkv/q/a\nkv/z\n');
    expect((await on('del', 'p/', '--prefix')).out).toBe('p/a\np/b\n');
    expect(await on('del', 'p/', '--prefix')).toMatchObject({ code: 0, out: '' });
    expect((await on('get', '', '--prefix', '-o', 'name')).out).toBe('kv/q/a\nkv/z\n');
    await on('put', 'p/end', '');
    await watch.until(5);
    expect((await watch.interrupt()).code).toBe(130);
    expect(watch.events.every(({ object }) => object.id.startsWith('p/'))).toBe(true);
  });

  it('never stand for an object of a kind, nor an object for a key', async () => {
    await on('create', 'job/j1', 'queue=mail');
    expect(JSON.parse((await on('get', 'job/j1', '-o', 'json')).out)).toMatchObject({ kind: 'job', queue: 'mail' });
    for (const key of ['job/j1', 'jobs/x', 'service/web', 'nodes/x', ''])
      expect(await on('put', key, 'x'), key).toMatchObject({ code: 7 });
    expect((await on('put', 'kv/job/j1', 'text')).code).toBe(0);
    expect((await on('get', 'kv/job/j1', '-o', 'json')).out).toContain('"value": "text"');
    expect((await on('get', 'job/j1')).out).toContain('queue: mail');
    expect(await on('get', 'servic/web')).toMatchObject({ code: 3, err: expect.stringContaining('KIND/ID') as string });
    expect((await on('get', 'service/')).code).toBe(7);
  });

  it('are put once by two at the same time', async () => {
    const ran = await Promise.all(['x', 'y', 'z'].map((text) => on('put', 'race', text)));
    expect(ran.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(new Set(ran.map(({ out }) => out)).size).toBe(3);
    const history = await on('history', 'kv/race', '-o', 'json');
    expect(JSON.parse(history.out)).toHaveLength(3);
  });
});
