import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client } from '../../src/client/index.js';
import { instances } from '../../src/kinds/index.js';
import { methodOf, services } from '../../src/rpc/index.js';
import { messageCodec, type messages, SnapshotDecoder } from '../../src/wire/index.js';
import { OpenMembers } from '../support/manager-open.js';
import { until } from '../support/network-wait.js';

/** The most that one of our messages may take: two objects of the largest size, and some more. */
const sentBytesMax = 4 * 1024 * 1024;

type Service = keyof typeof services;

/** Every method that answers, and why its answers have a bound. A new method does not pass before it is listed here. */
const bounds: Readonly<Record<string, 'one object' | 'a page' | 'pieces' | 'as the request' | 'the members' | 'the kinds'>> = {
  'control Get': 'one object', 'control Create': 'one object', 'control Update': 'one object', 'control Remove': 'as the request',
  'control List': 'pieces', 'control Kinds': 'the kinds', 'control Apply': 'a page',
  'control History': 'pieces', 'watch Watch': 'pieces', 'raft Stream': 'as the request', 'raft Snapshot': 'as the request',
  'membership Join': 'the members', 'membership Remove': 'as the request', 'membership SetRole': 'as the request',
  'membership Local': 'the members', 'membership Status': 'the members', 'membership TransferLeadership': 'as the request',
  'backup Save': 'pieces', 'backup Restore': 'as the request', 'lease Grant': 'as the request',
  'lease KeepAlive': 'as the request', 'lease Revoke': 'as the request', 'catalog Register': 'as the request',
  'catalog Renew': 'as the request', 'catalog Deregister': 'as the request', 'catalog List': 'a page',
  'catalog Watch': 'pieces', 'formation Ask': 'the members', 'calls Multiplex': 'as the request',
  'fleet Report': 'as the request', 'fleet Resume': 'the members', 'engines Open': 'pieces',
  'certificates GetRootCa': 'as the request',
  'certificates Issue': 'as the request', 'certificates Renew': 'as the request', 'access WhoAmI': 'as the request',
  'access Can': 'as the request', 'access CreateToken': 'as the request', 'access RemoveToken': 'as the request',
  'access PutUser': 'as the request', 'access RemoveUser': 'as the request', 'access PutRole': 'as the request',
  'access RemoveRole': 'as the request', 'access Anchor': 'as the request', 'watch Multiplex': 'pieces', 'access RevokeCertificate': 'as the request',
}; // prettier-ignore

/** A megabyte that no compression helps with, one for each object. */
const data = (i: number) => Buffer.alloc(750_000, `${i}.`).toString('base64');
const config = (i: number) => ({ id: `c${i}`, spec: { annotations: { name: `c${i}` }, data: data(i) } });
const count = 14;

describe('no message depends in size on what users hold:', () => {
  let members: OpenMembers;
  let client: Client;
  let before = 0;

  beforeAll(async () => {
    members = await OpenMembers.start(2, { snapshotInterval: 30, keepEntries: 5 });
    client = new Client({ hosts: members.hosts });
    const { store } = await members.leader();
    for (let i = 0; i < count; i++) await store.update((tx) => tx.configs().create(config(i)));
    before = store.version;
  }, 60_000);
  afterAll(async () => {
    client.close();
    await members.close();
  });

  /** The messages of a stream, and how long the longest is; `enough` says when to stop reading one that does not end. */
  async function read<Res>(
    service: Service,
    name: string,
    request: object,
    enough: (all: Res[]) => boolean = () => false,
  ) {
    const { addr } = await members.follower();
    const stream = members.channel(addr).serverStream<object, Res>(methodOf(service, name), request);
    const codec = messageCodec(`${name === 'Watch' && service === 'catalog' ? 'CatalogWatch' : name}Response` as never);
    const all: Res[] = [];
    let longest = 0;
    for await (const message of stream as AsyncIterable<Res>) {
      all.push(message);
      longest = Math.max(longest, codec.encode(message as never).length);
      if (enough(all)) break;
    }
    stream.cancel();
    return { all, longest };
  }

  const removeAll = async () => {
    const { store } = await members.leader();
    if (store.version > before) return;
    await store.update(
      (tx) => {
        for (const { id } of tx.configs().find()) tx.configs().delete(id);
      },
      { actor: 'ann', reason: 'spring', requestId: 'all' },
    );
  };

  it('every method is listed with its bound', () => {
    const all = Object.entries(services).flatMap(([service, definition]) =>
      Object.keys(definition).map((name) => `${service} ${name}`),
    );
    expect(new Set(all)).toEqual(new Set(Object.keys(bounds)));
  });

  it('List, and a watch that begins with a snapshot, come in pages', async () => {
    const list = { kind: 'config', stale: false, limit: 0 };
    const listed = await read<messages.ListResponse>('control', 'List', list);
    expect(listed.longest).toBeLessThan(sentBytesMax);
    expect(listed.all.flatMap(({ objects }) => objects)).toHaveLength(count);
    const watch = { selectors: [], matchEither: false, bookmarkMs: 50, snapshot: true, wait: false };
    const watched = await read<messages.WatchResponse>(
      'watch',
      'Watch',
      watch,
      (all) => all.at(-1)?.synced !== undefined,
    );
    expect(watched.longest).toBeLessThan(sentBytesMax);
    expect(watched.all.flatMap(({ snapshot }) => snapshot?.objects ?? [])).toHaveLength(count);
  });

  it('a plan says what is too long to be shown, and does not show it', async () => {
    const changes = Array.from({ length: count }, (_, i): messages.Change => ({
      op: 'remove',
      kind: 'config',
      id: `c${i}`,
    }));
    const planned = await client.plan(changes);
    expect(planned.map(({ id }) => id)).toEqual(changes.map(({ id }) => id));
    expect(planned[0]?.fields).toContainEqual({ path: 'spec.data', tooLong: true });
    const labels = Object.fromEntries(Array.from({ length: 9_000 }, (_, i) => [`label-${i}`, 'x'.repeat(100)]));
    const [wide] = await client.plan([
      { op: 'create', kind: 'network', id: 'wide', object: { network: { ...networkOf('wide', labels) } } },
    ]);
    expect(JSON.stringify(wide).length).toBeLessThan(sentBytesMax);
    expect(wide?.fieldsLeftOut).toBeGreaterThan(0);
    expect((wide?.fields.length ?? 0) + (wide?.fieldsLeftOut ?? 0)).toBeGreaterThan(9_000);
  });

  it('a watch gets a transaction in parts, which the client puts together', async () => {
    const watching = client.watch({ from: before });
    const first = watching.next();
    await removeAll();
    const { value: whole } = await first;
    expect(whole).toMatchObject({ version: before + 1, actor: 'ann', reason: 'spring' });
    expect(whole?.events.map(({ action, object }) => `${action} ${object.id}`).sort()).toEqual(
      Array.from({ length: count }, (_, i) => `delete c${i}`).sort(),
    );
    expect(
      whole?.events.every(
        ({ object }) => 'spec' in object && (object.spec as { data: string }).data.length === 1_000_000,
      ),
    ).toBe(true);
    await watching.return();
    const request = {
      selectors: [],
      resumeFrom: before,
      matchEither: false,
      bookmarkMs: 50,
      snapshot: false,
      wait: false,
    };
    const isLast = ({ transaction }: messages.WatchResponse) => transaction !== undefined && !transaction.continued;
    const { all, longest } = await read<messages.WatchResponse>('watch', 'Watch', request, (seen) => seen.some(isLast));
    const parts = all.flatMap(({ transaction }) => transaction ?? []);
    expect(longest).toBeLessThan(sentBytesMax);
    expect(parts).toHaveLength(count);
    expect(parts.map(({ version, continued = false }) => [version, continued])).toEqual(
      parts.map((_, i) => [before + 1, i < count - 1]),
    );
  });

  it('a saved state comes in pieces of 32 KiB, with all of history in it', async () => {
    await removeAll();
    const { all, longest } = await read<messages.SaveResponse>('backup', 'Save', { stale: false });
    expect(longest).toBeLessThan(33 * 1024);
    const decoder = new SnapshotDecoder();
    for (const { chunk } of all) decoder.push(chunk);
    expect(decoder.finish().store.history.find(({ version }) => version === before + 1)?.events).toHaveLength(count);
    await expect(client.restoreSnapshot(chunksOf(all))).resolves.toMatchObject({ objects: 0 });
  });

  it('a new member gets it in a snapshot, and tells it to those who watch there', async () => {
    await removeAll();
    const { store } = await members.leader();
    for (let i = 0; i < 40; i++) await store.update((tx) => tx.nodes().create({}));
    const from = store.version - 1;
    const joined = await members.open('m3');
    await until('it has everything', () => joined.store.version === store.version);
    const there = new Client({ hosts: [joined.addr] });
    const watching = there.watch({ from });
    expect((await watching.next()).value?.version).toBe(from + 1);
    await watching.return();
    there.close();
  });

  it('history comes in pages', async () => {
    const { store } = await members.leader();
    const labelsOf = (version: number) =>
      Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`l${i}`, `${version}.`.repeat(400)]));
    await store.update((tx) => tx.networks().create({ id: 'n', spec: { annotations: { name: 'n' } } }));
    for (let i = 0; i < 150; i++)
      await store.update((tx) =>
        tx.networks().update({ id: 'n', spec: { annotations: { name: 'n', labels: labelsOf(i) } } }),
      );
    const request = { kind: 'network', id: 'n', limit: 0, stale: false };
    const { all, longest } = await read<messages.HistoryResponse>('control', 'History', request);
    expect(longest).toBeLessThan(sentBytesMax);
    expect(all.length).toBeGreaterThan(5);
    const { entries, reachesBackTo } = await client.history('network', 'n');
    expect(entries).toHaveLength(151);
    expect(entries.map(({ version }) => version)).toEqual([...entries.keys()].map((i) => store.version - 150 + i));
    expect(reachesBackTo).toBe(store.use().history.reachesBackTo);
    expect((await client.history('network', 'n', { limit: 2 })).entries).toEqual(entries.slice(-2));
    expect((await client.history('network', 'nobody')).entries).toEqual([]);
  });

  it('the catalogue answers with a page, and a watch of it gets its beginning in pieces', async () => {
    const { store } = await members.leader();
    const metadata = { text: 'x'.repeat(20_000) };
    const ids = Array.from({ length: 120 }, (_, i) => `i${String(i).padStart(3, '0')}`);
    for (const id of ids)
      await store.update((tx) =>
        tx.kind(instances).create({
          id,
          name: 'web',
          host: '10.0.0.1',
          port: 80,
          tags: [],
          metadata,
          weight: 1,
          health: 'passing',
          agent: 'a',
          session: '',
          lease: '',
        } as never),
      );
    const channel = members.channel((await members.follower()).addr);
    const listed: string[] = [];
    for (let after: string | undefined, more = true; more;) {
      const request = {
        name: 'web',
        tags: [],
        passing: true,
        stale: false,
        limit: 0,
        ...(after !== undefined && { after }),
      };
      const page = await channel.unary<object, messages.CatalogListResponse>(methodOf('catalog', 'List'), request);
      expect(messageCodec('CatalogListResponse').encode(page).length).toBeLessThan(sentBytesMax);
      listed.push(...page.instances.map(({ id }) => id));
      ({ more } = page);
      after = listed.at(-1);
    }
    expect(listed).toEqual(ids);
    const watched = await read<messages.CatalogWatchResponse>(
      'catalog',
      'Watch',
      { name: 'web', tags: [] },
      (all) => !all.at(-1)?.continued,
    );
    expect(watched.longest).toBeLessThan(sentBytesMax);
    expect(watched.all.flatMap(({ changes }) => changes.map(({ instance }) => instance.id))).toEqual(ids);
    expect(watched.all.length).toBeGreaterThan(1);
  });
});

function networkOf(id: string, labels: Record<string, string>) {
  return {
    id,
    meta: { version: 0, createdAt: 0, updatedAt: 0 },
    spec: {
      annotations: { name: id, labels, indices: [] },
      ipv6Enabled: false,
      internal: false,
      attachable: false,
      ingress: false,
    },
  };
}

async function* chunksOf(answers: readonly messages.SaveResponse[]): AsyncGenerator<Uint8Array, void> {
  for (const { chunk } of answers) yield await Promise.resolve(chunk);
}
