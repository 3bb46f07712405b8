import type { ClientReadableStream } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client, type messages } from '../../src/client/index.js';
import { canonicalObject, kindOf } from '../../src/kinds/index.js';
import { type Channel, methodOf } from '../../src/rpc/index.js';
import { call, OpenMembers } from '../support/manager-open.js';
import { until } from '../support/network-wait.js';

const data = Buffer.from('nobody may see this').toString('base64');
const noMeta = { version: 0, createdAt: 0, updatedAt: 0 };
const secret = (id: string, parts: object = {}) =>
  canonicalObject(kindOf('secret'), { spec: { annotations: { name: id }, data, ...parts } }, id, noMeta);
const labelled = (id: string, tier: string) => secret(id, { annotations: { name: id, labels: { tier } }, data: '' });

/** Everything that left, as text: bytes as they are and as base64 would all be found here. */
const textOf = (answers: unknown) => JSON.stringify(answers);
const shows = (answers: unknown) => textOf(answers).includes(data) || textOf(answers).includes('nobody may see');

describe('the data of a secret', () => {
  let members: OpenMembers;
  let client: Client;
  let channel: Channel;

  beforeAll(async () => {
    members = await OpenMembers.start(2);
    const { addr } = await members.follower();
    channel = members.channel(addr);
    client = new Client({ hosts: [addr] });
    await client.create('secret', secret('there'));
  });
  afterAll(async () => {
    client.close();
    await members.close();
  });

  it('is in the store, on every member', async () => {
    for (const { store } of members.all) {
      await until('the member has it', () => store.version > 0);
      expect(shows(store.view((tx) => tx.secrets().find()))).toBe(true);
    }
  });

  it.each<[string, object]>([
    ['Get', { kind: 'secret', id: 'there', stale: false }],
    ['Get', { kind: 'secret', id: 'there', stale: true }],
    ['Create', { object: { secret: secret('made-1') } }],
    ['Update', { object: { secret: labelled('made-1', 'a') } }],
    ['Create', { kind: 'secret', object: { secret: secret('made-2') } }],
    ['Update', { kind: 'secret', object: { secret: labelled('made-2', 'a') } }],
    ['Update', { kind: 'secret', object: { secret: labelled('made-2', 'b') }, specVersion: undefined }],
  ])('is not in the answer of %s', async (method, request) => {
    const answer = await call<Record<string, unknown>>(channel, 'control', method, request);
    expect(textOf(answer)).toMatch(/"id":"(there|made-\d)"/);
    expect(shows(answer)).toBe(false);
  });

  it('is not in the answer of a create that is repeated', async () => {
    const request = { object: { secret: secret('repeated') }, info: { requestId: 'again' } };
    await call(channel, 'control', 'Create', request);
    const answer = await call<object>(channel, 'control', 'Create', request);
    expect(textOf(answer)).toContain('"id":"repeated"');
    expect(shows(answer)).toBe(false);
  });

  it('is not in a list, whole or in pages', async () => {
    const { objects } = await client.list('secret');
    expect(objects.map(({ id }) => id)).toContain('there');
    expect(shows(objects)).toBe(false);
    for await (const page of client.pages('secret')) expect(shows(page)).toBe(false);
  });

  it('is not in what Apply says, nor in what it would do', async () => {
    const change = (op: string, object?: object) => ({
      op,
      kind: 'secret',
      id: 'plan',
      ...(object && { object: { secret: object } }),
    });
    const all = [change('create', secret('plan')), change('update', labelled('plan', 'a')), change('remove')];
    for (const changes of [all, all.slice(0, 2)]) {
      const planned = await call<messages.ApplyResponse>(channel, 'control', 'Apply', { changes, dryRun: true });
      expect(planned.planned).toHaveLength(changes.length);
      const paths = planned.planned.flatMap(({ fields }) => fields.map(({ path }) => path));
      expect(paths).toContain('spec.data'); // that there is something, and not what
      expect(shows(planned)).toBe(false);
    }
    await client.apply(all.slice(0, 2) as never);
    expect(shows(await client.plan([change('remove')] as never))).toBe(false);
    expect(shows(await client.apply([change('remove')] as never))).toBe(false);
  });

  it('is not in a history, of what is there and of what is gone', async () => {
    await client.create('secret', secret('past'));
    await client.update('secret', labelled('past', 'a'));
    await client.remove('secret', 'past');
    const { entries } = await client.history('secret', 'past');
    expect(entries.map(({ op }) => op)).toEqual(['create', 'update', 'remove']);
    expect(entries[0]?.fields).toContainEqual({ path: 'spec.data' });
    expect(entries[1]?.fields).toEqual([{ path: 'spec.annotations.labels.tier', new: '"a"' }]);
    expect(entries[2]?.fields).toContainEqual({ path: 'spec.data' });
    expect(shows(entries)).toBe(false);
  });

  it('is not in a history of a secret that the store itself gave other data', async () => {
    const { store } = await members.leader();
    const made = await store.update((tx) => tx.secrets().create(secret('changed') as never));
    const spec = { ...made.spec, data: Buffer.from('nobody may see that').toString('base64') };
    await store.update((tx) => tx.secrets().update({ ...made, spec }));
    const { entries } = await client.history('secret', 'changed');
    expect(entries[1]?.fields).toEqual([{ path: 'spec.data' }]);
  });

  it('is not in the refusals', async () => {
    const said = (promise: Promise<unknown>) => promise.then(() => 'taken', (error: Error) => `${error.message} ${error.stack}`); // prettier-ignore
    const other = secret('there', { data: 'b3RoZXI=' });
    for (const refused of [
      client.update('secret', other),
      client.create('secret', secret('there')),
      client.create('secret', secret('bad name')),
      client.create('secret', { spec: { annotations: { name: 'x' }, data: `${data}!` } }),
    ]) {
      const message = await said(refused);
      expect(message).not.toBe('taken');
      expect(message.includes(data) || message.includes('b3RoZXI=')).toBe(false);
    }
  });

  it('is not in a watch: neither to begin with, nor in what is new, old or gone', async () => {
    const { store } = await members.leader();
    const responses: messages.WatchResponse[] = [];
    const requests: Partial<messages.WatchRequest>[] = [
      { snapshot: true },
      { resumeFrom: 0, matchEither: true },
      { resumeFrom: 0 },
    ];
    const streams = requests.map((request): ClientReadableStream<messages.WatchResponse> => {
      const full = { selectors: [], matchEither: false, bookmarkMs: 50, snapshot: false, wait: false, ...request };
      return channel.serverStream(methodOf('watch', 'Watch'), full);
    });
    for (const stream of streams) {
      stream.on('error', () => undefined);
      stream.on('data', (response: messages.WatchResponse) => responses.push(response));
    }
    await until('all stand', () => responses.filter(({ synced }) => synced).length === streams.length);
    await client.create('secret', secret('live'));
    await client.update('secret', labelled('live', 'a'));
    await client.remove('secret', 'live');
    const { version } = store;
    await until(
      'all have the last',
      () => responses.filter(({ transaction }) => transaction?.version === version).length === streams.length,
    );
    for (const stream of streams) stream.cancel();

    const snapshot = responses.flatMap((one) => one.snapshot?.objects ?? []);
    expect(snapshot.filter(({ kind }) => kind === 'secret').length).toBeGreaterThan(0);
    const events = responses.flatMap((one) => one.transaction?.events ?? []).filter(({ kind }) => kind === 'secret');
    for (const action of ['create', 'update', 'delete']) expect(events.map((one) => one.action)).toContain(action);
    expect(events.some(({ old }) => textOf(old)?.includes('"id":"live"'))).toBe(true);
    expect(shows(responses)).toBe(false);
  });

  it('is found by nothing', async () => {
    for (const index of ['data', 'spec.data'])
      await expect(client.list('secret', { indexes: [{ index, prefix: data.slice(0, 4) }] })).rejects.toMatchObject({
        code: 'INVALID_FIND_BY',
      });
  });
});
