import type { ClientReadableStream } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client, type messages } from '../../src/client/index.js';
import { securityKinds as namedInRights } from '../../src/identity/index.js';
import { authorities, securityKinds, tokens, users } from '../../src/kinds/index.js';
import { methodOf } from '../../src/rpc/index.js';
import { OpenMembers } from '../support/manager-open.js';
import { until } from '../support/network-wait.js';

const canary = 'canary-that-may-not-be-seen';
const shows = (answer: unknown) => JSON.stringify(answer).includes(canary);
const token = { id: 'aaaaaaaaaa', use: 'join-member', hash: canary, expiresAt: 1, createdBy: 'local' };

describe('the kinds of security', () => {
  let members: OpenMembers;
  let client: Client;

  beforeAll(async () => {
    members = await OpenMembers.start(2);
    client = new Client({ hosts: [(await members.follower()).addr] });
    const { store } = await members.leader();
    await store.update((tx) => {
      tx.kind(authorities).create({ id: 'root', domain: 'd', certificate: 'c', key: canary, digest: 'x' });
      tx.kind(tokens).create(token);
      tx.kind(users).create({ id: 'alice', name: 'alice', roles: ['viewer'] });
    });
    await store.update((tx) => tx.kind(tokens).update({ ...token, hash: `${canary}-2`, note: 'changed' }));
  });
  afterAll(async () => {
    client.close();
    await members.close();
  });

  it('are those that the rights know', () => {
    expect([...securityKinds].sort()).toEqual([...namedInRights].sort());
  });

  it.each([
    ['authorities', 'root', { domain: 'd', digest: 'x', key: '' }],
    ['tokens', 'aaaaaaaaaa', { use: 'join-member', note: 'changed', hash: '' }],
  ])('show %s without what lets one in', async (kind, id, fields) => {
    expect(await client.get(kind, id)).toMatchObject(fields);
    const { objects } = await client.list(kind);
    const { entries } = await client.history(kind, id);
    expect(objects).toHaveLength(1);
    expect(entries.length).toBeGreaterThan(0);
    expect(shows([objects, entries])).toBe(false);
  });

  it('show no key in a watch, neither to begin with nor later', async () => {
    const channel = members.channel((await members.leader()).addr);
    const said: messages.WatchResponse[] = [];
    for (const more of [{ snapshot: true }, { snapshot: false, resumeFrom: 0 }]) {
      const request = { selectors: [], matchEither: true, bookmarkMs: 50, wait: false, ...more };
      const stream: ClientReadableStream<messages.WatchResponse> = channel.serverStream(
        methodOf('watch', 'Watch'),
        request,
      );
      stream.on('error', () => undefined).on('data', (response: messages.WatchResponse) => said.push(response));
    }
    const kinds = () => [
      ...said.flatMap(({ snapshot }) => snapshot?.objects ?? []).map(({ kind }) => `snapshot ${kind}`),
      ...said.flatMap(({ transaction }) => transaction?.events ?? []).map(({ kind, action }) => `${action} ${kind}`),
    ];
    const expected = ['snapshot authorities', 'snapshot tokens', 'create authorities', 'update tokens'];
    await until('all is there', () => expected.every((one) => kinds().includes(one)));
    expect(shows(said)).toBe(false);
  });

  it('are not written by the methods for objects', async () => {
    const made = { id: 'eve', name: 'eve', roles: ['admin'] };
    for (const refused of [
      client.create('users', made),
      client.update('users', { ...made, id: 'alice' }),
      client.remove('users', 'alice'),
      client.create('authorities', { id: 'mine' }),
      client.plan([{ op: 'remove', kind: 'tokens', id: 'aaaaaaaaaa' } as never]),
    ])
      await expect(refused).rejects.toMatchObject({ code: 'DENIED' });
    expect((await client.list('users')).objects.map(({ id }) => id)).toEqual(['alice']);
  });
});
