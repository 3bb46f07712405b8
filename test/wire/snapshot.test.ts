import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { kindNames } from '../../src/kinds/index.js';
import { MemoryStore } from '../../src/state/index.js';
import {
  type ClusterSnapshot,
  DecodeError,
  encodeSnapshot,
  messageCodec,
  SnapshotDecoder,
  snapshotFormat,
} from '../../src/wire/index.js';
import { storedObject } from './arbitrary.js';

const codec = messageCodec('SnapshotRecord');
const header = {
  format: snapshotFormat,
  kinds: [],
  clusterId: 'c',
  lineage: 'l',
  version: 0,
  time: 0,
  members: [],
  removed: [],
};

function framed(...records: Uint8Array[]): Uint8Array {
  return Buffer.concat(
    records.flatMap((record) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(record.length);
      return [length, record];
    }),
  );
}

function recordLengths(bytes: Buffer): number[] {
  const lengths: number[] = [];
  for (let at = 0; at < bytes.length; at += 4 + (lengths.at(-1) as number)) lengths.push(bytes.readUInt32BE(at));
  return lengths;
}

function decode(...chunks: Uint8Array[]): ClusterSnapshot {
  const decoder = new SnapshotDecoder();
  for (const chunk of chunks) decoder.push(chunk);
  return decoder.finish();
}

/** The same, with its tables read: a store makes them when they are asked for. */
function plain(snapshot: ClusterSnapshot) {
  const { tables, ...store } = snapshot.store;
  return {
    ...snapshot,
    store: { ...store, tables: Object.fromEntries(kindNames.map((kind) => [kind, tables[kind]])) },
  };
}

/** A store with objects of every kind and a history of creates, updates and removals. */
async function contentOf(objects: number): Promise<ClusterSnapshot> {
  const store = new MemoryStore();
  for (let i = 0; i < objects; i++) {
    const name = `web${i}`;
    await store.update((tx) => {
      tx.services().create({ id: `s${i}`, spec: { annotations: { name, labels: { a: name } } } });
      tx.nodes().create({ id: `n${i}`, description: { hostname: name } });
      tx.networks().create({ id: `w${i}`, spec: { annotations: { name } } });
    });
    await store.update(
      (tx) => {
        tx.tasks().create({ id: `t${i}`, serviceId: `s${i}`, slot: i });
        tx.nodes().update({ id: `n${i}`, description: { hostname: name.toUpperCase() } });
        tx.networks().delete(`w${i}`);
      },
      { actor: 'me', reason: 'test', requestId: `r${i}` },
    );
  }
  const members = [
    { id: 2 ** 52 - 1, name: 'm1', addrs: ['127.0.0.1:1', 'm1:2'] },
    { id: 7, name: 'm2', addrs: [] },
  ];
  return { clusterId: 'c1', lineage: 'l1', members, removed: [3, 2 ** 51], store: store.save() };
}

describe('a snapshot', () => {
  let content: ClusterSnapshot;
  let bytes: Uint8Array;

  beforeAll(async () => {
    content = await contentOf(3);
    bytes = Buffer.concat([...encodeSnapshot(content)]);
  });

  it('comes back from its pieces', () => {
    expect(plain(decode(...encodeSnapshot(content)))).toEqual(plain(content));
    expect(content.store.history).toHaveLength(6);
    expect(content.store.requests).toHaveLength(3);
  });

  it('comes back when it is cut in two at any place', () => {
    for (let at = 0; at <= bytes.length; at++) {
      expect(plain(decode(bytes.subarray(0, at), bytes.subarray(at))), `cut at ${at}`).toEqual(plain(content));
    }
  });

  it.each([1, 3, 4, 5, 1_000])('comes back in pieces of %i bytes', (size) => {
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
      Uint8Array.from(bytes.subarray(i * size, (i + 1) * size)),
    );
    expect(plain(decode(...pieces))).toEqual(plain(content));
  });

  it('has the same bytes each time, and so has its copy', () => {
    expect(Buffer.concat([...encodeSnapshot(content)])).toEqual(bytes);
    expect(Buffer.concat([...encodeSnapshot(decode(bytes))])).toEqual(bytes);
  });

  it('has each object once in memory, in its table and in history', async () => {
    const store = new MemoryStore();
    await store.update((tx) => {
      const { id } = tx.nodes().create({ id: 'n1' });
      tx.nodes().update({ id, description: { hostname: 'twice' } });
    });
    await store.update((tx) => void tx.nodes().update({ id: 'n1', description: { hostname: 'last' } }));
    const decoder = new SnapshotDecoder();
    const content = { clusterId: 'c', lineage: 'l', members: [], removed: [], store: store.save() };
    for (const chunk of encodeSnapshot(content)) decoder.push(chunk);
    const { store: decoded } = decoder.finish();
    expect(decoded).toEqual(content.store);
    const [create, twice, last] = decoded.history.flatMap(({ events }) => events);
    if (twice?.action !== 'update' || last?.action !== 'update') throw new Error('these are updates');
    expect(twice.old).toBe(create?.object);
    expect(twice.object).not.toEqual(create?.object);
    expect(last.old).toBe(twice.object);
    expect(last.object).toBe(decoded.tables.node[0]);
  });

  it('comes in pieces of 32 KiB when it is large', async () => {
    const pieces = [...encodeSnapshot(await contentOf(300))];
    expect(pieces.length).toBeGreaterThanOrEqual(3);
    for (const piece of pieces.slice(0, -1)) expect(piece.length).toBe(32 * 1024);
    expect(pieces.at(-1)?.length).toBeLessThanOrEqual(32 * 1024);
  });

  it('comes in such pieces, of records that are cut, when one small transaction removed much', async () => {
    const store = new MemoryStore();
    const data = 'x'.repeat(1_000_000);
    for (let i = 0; i < 14; i++) {
      const spec = { annotations: { name: `c${i}` }, data: Buffer.from(data).toString('base64') };
      await store.update((tx) => tx.configs().create({ id: `c${i}`, spec }));
    }
    await store.update((tx) => {
      for (const { id } of tx.configs().find()) tx.configs().delete(id);
    });
    const removed = { clusterId: '', lineage: '', members: [], removed: [], store: store.save() };
    const pieces = [...encodeSnapshot(removed)];
    expect(Math.max(...pieces.map(({ length }) => length))).toBe(32 * 1024);
    expect(Math.max(...recordLengths(Buffer.concat(pieces)))).toBeLessThan(2_000_000);
    const copy = decode(...pieces);
    expect(copy.store.history).toHaveLength(15);
    expect(plain(copy)).toEqual(plain(removed));
  });

  it('holds request ids of any length in records of bounded size', () => {
    const requests = Array.from({ length: 300 }, (_, i) => [`${i}`.repeat(10_000), i + 1] as const);
    const store = { ...new MemoryStore().save(), requests };
    const given = { clusterId: '', lineage: '', members: [], removed: [], store };
    const pieces = [...encodeSnapshot(given)];
    expect(Math.max(...recordLengths(Buffer.concat(pieces)))).toBeLessThan(400_000);
    expect(decode(...pieces).store.requests).toEqual(requests);
  });

  it('keeps objects of every kind, whatever is in them', () => {
    const arbitrary = fc.tuple(...kindNames.map((kind) => fc.array(storedObject(kind), { maxLength: 2 })));
    fc.assert(
      fc.property(arbitrary, (lists) => {
        const tables = Object.fromEntries(kindNames.map((kind, i) => [kind, lists[i]])) as never;
        const store = { version: 1, time: 1, tables, history: [], requests: [] };
        const given = { clusterId: '', lineage: '', members: [], removed: [], store };
        expect(plain(decode(...encodeSnapshot(given)))).toStrictEqual(given);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    { version: Number.MAX_SAFE_INTEGER, time: 1 },
    { version: 1, time: 9e15 },
    { version: 1, time: -1 },
  ])('is refused when no store could go on from it: %j', (stamp) => {
    const store = { ...stamp, tables: {}, history: [], requests: [] } as never;
    const given = { clusterId: '', lineage: '', members: [], removed: [], store };
    expect(() => decode(...encodeSnapshot(given))).toThrow(/has a version or a time that no state has/);
  });

  it('is not complete at any shorter length', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decode(bytes.subarray(0, length)), `${length} bytes`).toThrow(DecodeError);
    }
  });

  it('is refused when a byte of it is changed, or gives a snapshot; there is no other error', () => {
    for (let at = 0; at < bytes.length; at++) {
      const changed = Uint8Array.from(bytes);
      changed[at] = (changed[at] as number) ^ (1 << (at % 8));
      try {
        decode(changed);
      } catch (error) {
        expect(error, `byte ${at}`).toBeInstanceOf(DecodeError);
      }
    }
  });

  const start = codec.encode({ header });
  const object = codec.encode({ object: { kind: 'node', object: new Uint8Array(0) } });
  const end = (records: number) => codec.encode({ end: { records } });

  it.each([
    { what: 'empty', records: [] },
    { what: 'without an end', records: [start] },
    { what: 'without a header', records: [end(0)] },
    { what: 'with an object before its header', records: [object, start, end(2)] },
    { what: 'with two headers', records: [start, start, end(2)] },
    { what: 'with a record too few', records: [start, end(2)] },
    { what: 'with a record too many', records: [start, object, end(1)] },
    { what: 'that goes on after its end', records: [start, end(1), object] },
    { what: 'with two ends', records: [start, end(1), end(2)] },
    { what: 'with an empty record', records: [start, new Uint8Array(0), end(2)] },
    { what: 'with a record of a newer version', records: [start, new Uint8Array([0xfa, 1, 0]), end(2)] },
    { what: 'of a newer format', records: [codec.encode({ header: { ...header, format: 2 } }), end(1)] },
    {
      what: 'with an object of a kind that cannot be',
      records: [start, codec.encode({ object: { kind: 'toString', object: new Uint8Array(0) } }), end(2)],
    },
    {
      what: 'with an update without an old object',
      records: [
        start,
        codec.encode({
          history: {
            version: 1,
            time: 0,
            bytes: 0,
            changes: [{ op: 'update', kind: 'node', object: new Uint8Array(0) }],
          },
        }),
        end(2),
      ],
    },
  ])('$what is refused', ({ records }) => {
    expect(() => decode(framed(...records))).toThrow(DecodeError);
  });

  it('with something after its last record is refused', () => {
    expect(() => decode(bytes, new Uint8Array([0]))).toThrow(DecodeError);
  });

  it('of an empty store is a header and an end', () => {
    const empty = { clusterId: '', lineage: '', members: [], removed: [], store: new MemoryStore().save() };
    expect(plain(decode(...encodeSnapshot(empty)))).toEqual(plain(empty));
  });
});
