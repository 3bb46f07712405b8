import type { ClientReadableStream } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { fromStatus, methodOf } from '../../src/rpc/index.js';
import type { messages } from '../../src/wire/index.js';
import { OpenMembers } from '../support/manager-open.js';
import { until } from '../support/network-wait.js';

type Response = messages.WatchResponse;

const everything: messages.Selector = {
  kind: '',
  actions: [],
  ids: [],
  idPrefixes: [],
  names: [],
  namePrefixes: [],
  nodeIds: [],
  serviceIds: [],
  slots: [],
  desiredStates: [],
  roles: [],
  memberships: [],
  states: [],
  custom: [],
  customPrefixes: [],
  indexes: [],
};

describe('the Watch service', () => {
  let members: OpenMembers;
  const open: ClientReadableStream<Response>[] = [];

  beforeAll(async () => {
    members = await OpenMembers.start(2);
  });
  afterEach(() => {
    for (const stream of open.splice(0)) stream.cancel();
  });
  afterAll(() => members.close());

  function stream(addr: string, request: Partial<messages.WatchRequest>): ClientReadableStream<Response> {
    const full = { selectors: [], matchEither: false, bookmarkMs: 50, snapshot: false, wait: false, ...request };
    const opened = members.channel(addr).serverStream<object, Response>(methodOf('watch', 'Watch'), full);
    opened.on('error', () => undefined);
    open.push(opened);
    return opened;
  }

  /** Reads a stream, and keeps what came. */
  function read(addr: string, request: Partial<messages.WatchRequest>) {
    const seen = { responses: [] as Response[], error: undefined as Error | undefined, ended: false };
    stream(addr, request)
      .on('data', (response: Response) => seen.responses.push(response))
      .on('error', (error) => (seen.error = fromStatus(error as never)))
      .on('end', () => (seen.ended = true));
    return seen;
  }

  const lines = ({ responses }: { responses: Response[] }) =>
    responses.flatMap(({ transaction }) =>
      transaction
        ? [`${transaction.version}: ${transaction.events.map(({ action, kind }) => `${action} ${kind}`).join(', ')}`]
        : [],
    );

  it('says where it begins, then every transaction whole', async () => {
    const { store } = await members.leader();
    const { addr } = await members.follower();
    const { version: from } = store;
    const seen = read(addr, { resumeFrom: from });
    await store.update(
      (tx) => {
        const node = tx.nodes().create({ id: 'w1' });
        tx.nodes().update({ ...node, spec: { ...node.spec, availability: 'drain' } });
        tx.tasks().create({ id: 'w1' });
      },
      { actor: 'me', reason: 'because', requestId: 'w1' },
    );
    await store.update((tx) => tx.nodes().delete('w1'));
    await until('both have come', () => lines(seen).length === 2);
    expect(seen.responses[0]).toMatchObject({ synced: { version: from } });
    expect(lines(seen)).toEqual([`${from + 1}: create node, update node, create task`, `${from + 2}: delete node`]);
    const { transaction } = seen.responses[1] ?? {};
    expect(transaction).toMatchObject({ actor: 'me', reason: 'because', requestId: 'w1' });
    expect(transaction?.events[1]?.old).toMatchObject({ node: { id: 'w1', spec: { availability: 'active' } } });
    expect(new Set(seen.responses.map(({ lineage }) => lineage)).size).toBe(1);
  });

  it('says after a while that it is there, also when nothing happens', async () => {
    const { addr, store } = await members.follower();
    const seen = read(addr, { resumeFrom: store.version, bookmarkMs: 10 });
    await until('two bookmarks have come', () => seen.responses.filter(({ bookmark }) => bookmark).length === 2);
    expect(seen.responses.map(({ bookmark }) => bookmark?.version)).toEqual([undefined, store.version, store.version]);
  });

  it('says nothing for weeks when it is told so, though that is longer than a timer can wait', async () => {
    const { addr, store } = await members.follower();
    const silent = read(addr, { resumeFrom: store.version, bookmarkMs: 2 ** 32 - 1 });
    await until('it has begun', () => silent.responses.length > 0);
    const other = read(addr, { resumeFrom: store.version, bookmarkMs: 10 });
    await until('another has two bookmarks', () => other.responses.filter(({ bookmark }) => bookmark).length === 2);
    expect(silent.responses.filter(({ bookmark }) => bookmark)).toEqual([]);
  });

  it('goes on from a version, on another member, without a gap or a repeat', async () => {
    const { store } = await members.leader();
    const from = store.version;
    for (let i = 0; i < 30; i++) await store.update((tx) => tx.nodes().create({}));
    const [first, second] = members.all.map(({ addr }) => read(addr, { resumeFrom: from + 10 }));
    await until('both have come', () => [first, second].every((seen) => seen && lines(seen).length === 20));
    expect(first && lines(first)).toEqual(second && lines(second));
    expect(first && lines(first)[0]).toBe(`${from + 11}: create node`);
  });

  it('sends what the selectors want, and a bookmark for what they do not', async () => {
    const { store } = await members.leader();
    const { addr } = await members.follower();
    const from = store.version;
    const tasks = read(addr, { resumeFrom: from, selectors: [{ ...everything, kind: 'task', nodeIds: ['n1', 'n2'] }] });
    const named = read(addr, { resumeFrom: from, selectors: [{ ...everything, kind: 'network', names: ['NET'] }] });
    const deletes = read(addr, { resumeFrom: from, selectors: [{ ...everything, actions: ['delete'] }] });
    const write = (run: Parameters<typeof store.update>[0]) => store.update(run);
    await write((tx) => void tx.tasks().create({ id: 't1', nodeId: 'n1' }));
    await write((tx) => void tx.tasks().create({ id: 't2', nodeId: 'n3' }));
    await write((tx) => void tx.networks().create({ id: 'net', spec: { annotations: { name: 'net' } } }));
    await write((tx) => tx.tasks().delete('t1'));
    await until('everything has come', () => lines(tasks).length === 2 && lines(named).length === 1);
    expect(lines(tasks)).toEqual([`${from + 1}: create task`, `${from + 4}: delete task`]);
    expect(lines(named)).toEqual([`${from + 3}: create network`]);
    await until('the bookmark has come', () => named.responses.at(-1)?.bookmark?.version === from + 4);
    await until('the deletion has come', () => lines(deletes).length === 1);
    expect(lines(deletes)).toEqual([`${from + 4}: delete task`]);
  });

  it('reports an object that leaves the selection only to those who ask for either side', async () => {
    const { store } = await members.leader();
    await store.update((tx) => tx.tasks().create({ id: 'moves', nodeId: 'n1' }));
    const from = store.version;
    const selectors = [{ ...everything, kind: 'task', nodeIds: ['n1'] }];
    const { addr } = await members.leader();
    const news = read(addr, { resumeFrom: from, selectors });
    const either = read(addr, { resumeFrom: from, selectors, matchEither: true });
    await store.update((tx) => tx.tasks().update({ id: 'moves', nodeId: 'n2' }));
    await until('the change has come', () => lines(either).length === 1);
    await until('the bookmark has come', () => news.responses.at(-1)?.bookmark?.version === from + 1);
    expect(lines(news)).toEqual([]);
  });

  it('refuses selectors that make no sense, and a version that is not there yet', async () => {
    const { addr, store } = await members.leader();
    const selector = { ...everything, kind: 'thing' };
    const unknown = read(addr, { selectors: [selector] });
    const mixed = read(addr, { selectors: [{ ...everything, kind: 'node', nodeIds: ['n1'] }] });
    const ahead = read(addr, { resumeFrom: store.version + 1_000 });
    await until('all have ended', () => [unknown, mixed, ahead].every(({ error }) => error !== undefined));
    expect(unknown.error).toMatchObject({ code: 'UNKNOWN_KIND', details: { path: 'selectors' } });
    expect(mixed.error).toMatchObject({ code: 'INVALID_OBJECT' });
    expect(ahead.error).toMatchObject({ code: 'VERSION_AHEAD' });
  });

  it('asks for a new start when the history is another one, and ends', async () => {
    const { addr } = await members.leader();
    const seen = read(addr, { resumeFrom: 0, lineage: 'another' });
    await until('it has ended', () => seen.ended);
    expect(seen.responses).toHaveLength(1);
    expect(seen.responses[0]?.resync).toBeDefined();
  });

  it('keeps a bounded amount for a reader that does not read, then asks it to start anew', async () => {
    const alone = await OpenMembers.start(1);
    try {
      const { addr, store } = await alone.leader();
      const stalled = stream(addr, { resumeFrom: 0 });
      stalled.pause();
      await until('it stands', () => store.queue.listeners > 0);
      const fill = 'x'.repeat(1_000_000);
      await store.update((tx) => tx.nodes().create({ id: 'large' }));
      for (let i = 0; i < 85; i++)
        await store.update((tx) =>
          tx.nodes().update({ id: 'large', spec: { annotations: { labels: { fill: fill + i } } } }),
        );
      await until('the server has let go of it', () => store.queue.listeners === 0);

      const versions: number[] = [];
      let last: Response | undefined;
      for await (const response of stalled as AsyncIterable<Response>) {
        last = response;
        if (response.transaction) versions.push(response.transaction.version);
      }
      expect(last?.resync).toBeDefined();
      expect(versions.length).toBeLessThan(store.version);
      expect(versions).toEqual(versions.map((_, i) => 1 + i));
    } finally {
      await alone.close();
    }
  });

  it('holds nothing for a watcher that has gone away', async () => {
    const { addr, store } = await members.leader();
    await until('nobody watches', () => store.queue.listeners === 0);
    const seen = read(addr, {});
    await until('it stands', () => store.queue.listeners === 1 && seen.responses.length === 1);
    for (const opened of open.splice(0)) opened.cancel();
    await until('nobody watches', () => store.queue.listeners === 0);
  });
});
