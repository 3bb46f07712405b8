import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineKind } from '../../src/index.js';
import { leases, locks, tokens } from '../../src/kinds/index.js';
import { HttpMember } from '../support/http-member.js';

const jobs = defineKind({
  name: 'jobs',
  schema: z.object({ queue: z.string() }),
  indexes: { queue: (job) => job.queue },
});

describe('the JSON of a member', () => {
  let http: HttpMember;
  beforeAll(async () => {
    http = await HttpMember.open({ kinds: [jobs] });
    const { store } = http.member;
    await store.update(
      (tx) => {
        for (let i = 0; i < 5; i++) tx.nodes().create({ id: `n${i}`, description: { hostname: `host-${i}` } });
        tx.secrets().create({ id: 's1', spec: { annotations: { name: 'key.pem' }, data: 'aHVzaA==' } });
        tx.kind(jobs).create({ id: 'j1', queue: 'mail' });
        tx.kind(jobs).create({ id: 'j2', queue: 'print' });
        tx.kind(tokens).create({
          id: 'tok',
          use: 'bearer',
          user: 'a',
          hash: 'hush',
          expiresAt: 1,
          createdBy: '',
          note: '',
        });
      },
      { actor: 'alice', reason: 'a beginning' },
    );
    await store.update((tx) => {
      const lease = tx.kind(leases).create({ ttlMs: 30_000, holder: 'cron' });
      tx.kind(locks).create({ lock: 'nightly', holder: 'cron', lease: lease.id });
    });
    await store.update(
      (tx) => {
        const secret = tx.secrets().get('s1');
        tx.secrets().update({
          id: 's1',
          spec: { ...secret?.spec, annotations: { name: 'key.pem', labels: { tier: 'gold' } } },
        });
        tx.nodes().update({ id: 'n0', description: { hostname: 'host-0' }, spec: { availability: 'drain' } });
      },
      { actor: 'bob' },
    );
  });
  afterAll(() => http.close());

  it('has the cluster with its members and leaders', async () => {
    const status = await http.json('/api/status');
    expect(status).toMatchObject({ leader: 'm1', answeredBy: 'm1', version: 3, historyFrom: 0 });
    expect(status.members).toMatchObject([
      { name: 'm1', leader: true, reachable: true, version: 3, lag: 0, role: 'voter' },
    ]);
    expect(status.leaders[0]).toMatchObject({ leader: 'm1', term: status.term });
  });

  it('has every kind with its amounts, and not those of security', async () => {
    const { kinds } = await http.json('/api/kinds');
    const of = (kind: string) => kinds.find((one: { kind: string }) => one.kind === kind);
    expect(of('node')).toMatchObject({ plural: 'nodes', objects: 5, builtIn: true });
    expect(of('jobs')).toMatchObject({ objects: 2, builtIn: false, indexes: ['queue'] });
    expect(of('tokens')).toBeUndefined();
  });

  it('pages through the objects of a kind', async () => {
    const first = await http.json('/api/objects/nodes?limit=3');
    expect(first.items.map(({ name }: { name: string }) => name)).toEqual(['host-0', 'host-1', 'host-2']);
    const second = await http.json(`/api/objects/node?limit=3&after=${first.next}`);
    expect(second.items.map(({ object }: any) => object.id)).toEqual(['n3', 'n4']);
    expect(second).not.toHaveProperty('next');
  });

  it('finds objects by name, prefix and index', async () => {
    const ids = async (path: string) => (await http.json(path)).items.map(({ object }: any) => object.id);
    expect(await ids('/api/objects/node?name=HOST-2')).toEqual(['n2']);
    expect(await ids('/api/objects/node?idPrefix=n&limit=2')).toEqual(['n0', 'n1']);
    expect(await ids('/api/objects/jobs?index.queue=print')).toEqual(['j2']);
    expect(await ids('/api/objects/jobs?consistent=true')).toEqual(['j1', 'j2']);
  });

  it('has one object', async () => {
    expect(await http.json('/api/objects/node/n0')).toMatchObject({
      kind: 'node',
      name: 'host-0',
      object: { id: 'n0', spec: { availability: 'drain' } },
    });
  });

  it('has the history of an object as a difference, newest first', async () => {
    const { entries } = await http.json('/api/history/node/n0');
    expect(entries).toMatchObject([
      {
        version: 3,
        action: 'update',
        actor: 'bob',
        fields: [{ path: 'spec.availability', old: 'active', new: 'drain' }],
      },
      { version: 1, action: 'create', actor: 'alice', reason: 'a beginning' },
    ]);
  });

  it('has a timeline with actor and reason, in pages', async () => {
    const page = await http.json('/api/history?limit=2');
    expect(page.transactions.map(({ version }: any) => version)).toEqual([3, 2]);
    const rest = await http.json(`/api/history?limit=2&before=${page.next}`);
    expect(rest.transactions).toMatchObject([{ version: 1, actor: 'alice', reason: 'a beginning' }]);
    expect(rest).not.toHaveProperty('next');
    expect((await http.json('/api/history?kind=jobs')).transactions).toMatchObject([
      {
        version: 1,
        changes: [
          { kind: 'jobs', id: 'j1' },
          { kind: 'jobs', id: 'j2' },
        ],
      },
    ]);
  });

  it('says what a lease holds', async () => {
    expect((await http.json('/api/leases')).leases).toMatchObject([
      { holder: 'cron', ttlMs: 30_000, lost: false, holds: [{ kind: 'locks', name: 'nightly' }] },
    ]);
  });

  it('never shows what must not leave the store', async () => {
    for (const path of ['/api/objects/secret', '/api/objects/secret/s1', '/api/history/secret/s1', '/api/history'])
      expect((await http.ask(path)).text, path).not.toMatch(/aHVzaA|hush/);
    expect((await http.ask('/api/objects/tokens')).status).toBe(404);
    expect((await http.ask('/api/history/tokens/tok')).status).toBe(404);
  });

  it.each([
    ['/api/objects/cats', 404, 'UNKNOWN_KIND'],
    ['/api/objects/node/none', 404, 'NOT_FOUND'],
    ['/api/objects/node?limit=0', 400, 'INVALID_REQUEST'],
    ['/api/objects/node?limit=1001', 400, 'INVALID_REQUEST'],
    ['/api/objects/node?colour=red', 400, 'INVALID_REQUEST'],
    ['/api/objects/node?index.colour=red', 400, 'INVALID_FIND_BY'],
    ['/api/objects/%E0', 404, 'NOT_FOUND'],
    ['/api/history?before=x', 400, 'INVALID_REQUEST'],
    ['/api/events?action=burn', 400, 'INVALID_REQUEST'],
    ['/api/events?from=now', 400, 'INVALID_REQUEST'],
    ['/nothing', 404, 'NOT_FOUND'],
    ['/../../package.json', 404, 'NOT_FOUND'],
  ])('refuses %s with %i %s', async (path, status, code) => {
    const answer = await http.ask(path);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text).error).toMatchObject({ code });
  });

  it('lists its routes at /api, and all of them answer', async () => {
    const { routes } = await http.json('/api');
    const paths: string[] = routes.map(({ path }: { path: string }) => path);
    expect(paths.length).toBeGreaterThan(8);
    for (const path of paths.filter((one) => one !== '/api/events'))
      expect((await http.ask(path.replace('*', 'node').replace('*', 'n0'))).status, path).toBe(200);
  });

  it('is alive and ready', async () => {
    expect(await http.ask('/healthz')).toMatchObject({ status: 200, text: 'the member runs\n' });
    expect(await http.ask('/readyz')).toMatchObject({ status: 200, text: 'ready; m1 leads\n' });
  });
});
