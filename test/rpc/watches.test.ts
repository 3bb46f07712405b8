import process from 'node:process';
import type { ClientDuplexStream } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Client, type RemoteTransaction } from '../../src/client/index.js';
import { methodOf } from '../../src/rpc/index.js';
import type { MemoryStore } from '../../src/state/index.js';
import { messageCodec, type messages } from '../../src/wire/index.js';
import { OpenMembers } from '../support/manager-open.js';
import { until } from '../support/network-wait.js';

type Stream = ClientDuplexStream<Partial<messages.WatchesRequest>, messages.WatchesResponse>;

const { decode } = messageCodec('WatchResponse');
const nothing = { begun: [], ended: [], paused: [], resumed: [] };
const request = { selectors: [], matchEither: false, bookmarkMs: 60_000, snapshot: false, wait: false };
const networks: messages.Selector = {
  kind: 'network', actions: [], ids: [], idPrefixes: [], names: [], namePrefixes: [], nodeIds: [], serviceIds: [], slots: [],
  desiredStates: [], roles: [], memberships: [], states: [], custom: [], customPrefixes: [], indexes: [],
}; // prettier-ignore

describe('watches of one stream', () => {
  let members: OpenMembers;
  let store: MemoryStore;
  const streams: Stream[] = [];
  const clients: Client[] = [];

  beforeEach(async () => {
    members = await OpenMembers.start(1, { history: { transactions: 200 } });
    ({ store } = await members.leader());
  });
  afterEach(async () => {
    for (const stream of streams.splice(0)) stream.cancel();
    for (const client of clients.splice(0)) client.close();
    await members.close();
  });

  /** A stream, and what arrives: deliveries as they come, and the bodies of each watch. */
  function stream() {
    const opened: Stream = members.channel(members.hosts[0] ?? '').duplex(methodOf('watch', 'Multiplex'));
    streams.push(opened);
    const deliveries: messages.WatchDelivery[] = [];
    opened.on('error', () => undefined);
    opened.on('data', (response: messages.WatchesResponse) => deliveries.push(...response.deliveries));
    const of = (id: number) => deliveries.filter(({ watches }) => watches.includes(id));
    const bodies = (id: number) => of(id).flatMap(({ end, response }) => (end ? [] : [decode(response)]));
    const versions = (id: number) =>
      bodies(id).flatMap(({ transaction }) => (transaction ? [transaction.version] : []));
    const say = (what: Partial<messages.WatchesRequest>) => opened.write({ ...nothing, ...what });
    const begin = (id: number, more: Partial<messages.WatchRequest> = {}) =>
      say({ begun: [{ id, request: { ...request, ...more } }] });
    const stands = (...ids: number[]) => until('they stand', () => ids.every((id) => bodies(id).some(({ synced }) => synced))); // prettier-ignore
    return { deliveries, of, bodies, versions, say, begin, stands };
  }

  const write = (id: string) => store.update((tx) => (tx.networks().create({ id, spec: { annotations: { name: id } } }), tx.version)); // prettier-ignore
  const writeMany = async (count: number) => {
    for (let i = 0; i < count; i++) await write(`n${store.version + 1}`);
  };

  it('get one delivery together, when they want the same', async () => {
    const { deliveries, of, begin, stands, versions } = stream();
    for (let id = 1; id <= 20; id++) begin(id);
    for (let id = 21; id <= 23; id++) begin(id, { selectors: [networks] });
    begin(24, { selectors: [{ ...networks, kind: 'service' }] });
    await stands(...Array.from({ length: 24 }, (_, i) => i + 1));
    await write('first'); // those who begin now find each other
    await until('it has arrived', () => versions(23).length === 1 && versions(20).length === 1);
    const before = deliveries.length;
    const version = await write('second');
    await until('all have it', () => versions(23).includes(version) && versions(20).includes(version));
    const later = deliveries.slice(before);
    expect(later.map(({ watches }) => watches.length).sort()).toEqual([20, 3].sort());
    expect(of(24).filter(({ end, response }) => !end && decode(response).transaction)).toEqual([]);
  });

  it('join others that want the same, from a version of the history on, without a gap or a repeat', async () => {
    await writeMany(50);
    const from = store.version - 40;
    const { begin, stands, versions } = stream();
    begin(1);
    await stands(1);
    begin(2, { resumeFrom: from });
    await writeMany(30);
    await until('both have the last', () => [1, 2].every((id) => versions(id).includes(store.version)));
    expect(versions(2)).toEqual(Array.from({ length: store.version - from }, (_, i) => from + 1 + i));
    const own = versions(1);
    expect(own).toEqual(own.map((_, i) => (own[0] ?? 0) + i));
  });

  it('that are paused hold up no other, keep nothing, and go on from where they were', async () => {
    const { begin, say, stands, versions } = stream();
    begin(1);
    begin(2);
    await stands(1, 2);
    await write('seen');
    await until('both have it', () => [1, 2].every((id) => versions(id).includes(store.version)));
    say({ paused: [2] });
    begin(3); // what is said is taken in order
    await stands(3);
    const last = store.version;
    await writeMany(100);
    await until('the other has the last', () => versions(1).includes(store.version));
    expect(versions(2).at(-1)).toBe(last);
    say({ resumed: [2] });
    await writeMany(20);
    await until('both have the last', () => [1, 2].every((id) => versions(id).includes(store.version)));
    expect(versions(2)).toEqual(versions(1));
  });

  it('that are paused for longer than the history reaches are told to begin anew, and end', async () => {
    const { begin, say, stands, bodies, of, versions } = stream();
    begin(1);
    begin(2);
    await stands(1, 2);
    say({ paused: [2] });
    begin(3);
    await stands(3);
    await writeMany(250);
    say({ resumed: [2] });
    await until('it has ended', () => of(2).some(({ end }) => end !== undefined));
    expect(bodies(2).at(-1)?.resync).toBeDefined();
    expect(of(2).at(-1)?.end?.status).toBe(0);
    await until('the other has all', () => versions(1).includes(store.version));
  });

  it('are paused inside a snapshot, too', async () => {
    const fill = 'x'.repeat(100_000);
    for (let i = 0; i < 50; i++)
      await store.update((tx) => tx.networks().create({ id: `l${i}`, spec: { annotations: { name: `l${i}`, labels: { fill } } } })); // prettier-ignore
    const { begin, say, stands, bodies } = stream();
    say({ begun: [{ id: 1, request: { ...request, snapshot: true } }], paused: [1] });
    begin(2);
    await stands(2);
    const pages = () => bodies(1).filter(({ snapshot }) => snapshot).length;
    const before = pages();
    await write('meanwhile');
    expect(pages()).toBe(before);
    expect(bodies(1).some(({ synced }) => synced)).toBe(false);
    say({ resumed: [1] });
    await stands(1);
    const ids = bodies(1).flatMap(({ snapshot }) => snapshot?.objects ?? []);
    expect(ids.length).toBe(50);
    await until('it goes on', () => bodies(1).some(({ transaction }) => transaction?.version === store.version));
  });

  it('end one by one, and hold nothing when they have', async () => {
    const { begin, say, stands, of, versions } = stream();
    for (const id of [1, 2, 3]) begin(id);
    await stands(1, 2, 3);
    say({ ended: [1] });
    begin(4);
    await stands(4);
    const before = of(1).length;
    const version = await write('after');
    await until('the others have it', () => [2, 3, 4].every((id) => versions(id).includes(version)));
    expect(of(1).length).toBe(before);
    say({ ended: [2, 3, 4] });
    await until('nobody watches', () => store.queue.listeners === 0);
  });

  it('are refused one by one', async () => {
    const { begin, stands, of } = stream();
    begin(1, { selectors: [{ ...networks, kind: 'nonsense' }] });
    begin(2, { resumeFrom: 10_000 });
    begin(3);
    await stands(3);
    await until('both are over', () => [1, 2].every((id) => of(id).some(({ end }) => end)));
    expect(of(1).at(-1)?.end?.trailers['skep-error-code']).toBe('UNKNOWN_KIND');
    expect(of(2).at(-1)?.end?.trailers['skep-error-code']).toBe('VERSION_AHEAD');
  });

  it('of a client are many under one signal, without a warning, and a slow reader holds up no other', async () => {
    const warnings: Error[] = [];
    const warn = (warning: Error) => warnings.push(warning);
    process.on('warning', warn);
    const client = new Client({ hosts: members.hosts });
    clients.push(client);
    const stop = new AbortController();
    const seen = Array.from({ length: 40 }, () => [] as number[]);
    const read = async (versions: number[]) => {
      for await (const { version } of client.watch({ signal: stop.signal })) versions.push(version);
    };
    const running = seen.map(read);
    const slow = client.watch({ signal: stop.signal });
    const first = slow.next();
    await until('all watch', async () => {
      await write(`n${store.version + 1}`);
      return seen.every((versions) => versions.length > 0);
    });
    const { value } = await first;
    await writeMany(150);
    await until('all but one have the last', () => seen.every((versions) => versions.at(-1) === store.version));
    // The slow one has not been read meanwhile. It gets everything, in order.
    const late = [(value as RemoteTransaction).version];
    while (late.at(-1) !== store.version) late.push(((await slow.next()).value as RemoteTransaction).version);
    expect(late).toEqual(late.map((_, i) => (late[0] ?? 0) + i));
    stop.abort();
    await Promise.all(running);
    await until('nobody watches', () => store.queue.listeners === 0);
    process.off('warning', warn);
    expect(warnings).toEqual([]);
  });
});
