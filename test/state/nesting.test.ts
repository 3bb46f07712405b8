import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type By, byId, defineKind, MemoryStore, nestingMax, or, schema, typeOf } from '../../src/index.js';
import {
  DecodeError,
  decodeObject,
  decodeTransaction,
  encodeObject,
  encodeSnapshot,
  encodeTransaction,
  messageCodec,
  SnapshotDecoder,
} from '../../src/wire/index.js';
import { codeOf, thrownCode } from '../support/state-events.js';

const free = defineKind({ name: 'free', type: typeOf<{ readonly data: unknown }>() });
const plain = defineKind({ name: 'plain', schema: schema.object({ data: schema.plain() }) });
const other = defineKind({ name: 'other', schema: z.object({ data: z.json() }) });
/** A schema of a user's own making that goes down as far as the data does. */
const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
const counting = defineKind({
  name: 'counting',
  schema: { canonical: (input: unknown) => ({ data: (input as { data: unknown }).data, depth: depthOf(input) }) },
});
const kinds = [free, plain, other, counting] as const;

/** So many levels of lists, or of objects, in one another. */
function levels(count: number, wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = 1;
  for (let i = 0; i < count; i++) value = wrap(value);
  return value;
}
const lists = (count: number) => levels(count, (inner) => [inner]);
const objects = (count: number) => levels(count, (inner) => ({ x: inner }));

/** Runs `run` with little stack left, as a process may have it that comes from deep down. */
function withLittleStack<T>(run: () => T): T {
  const stackLeft = 600; // calls
  const down = (left: number): T => (left === 0 ? run() : down(left - 1));
  const deepest = (): number => {
    let depth = 0;
    const count = () => {
      depth++;
      count();
    };
    try {
      count();
    } catch {
      return depth;
    }
    return depth;
  };
  return down(Math.max(0, Math.floor(deepest() / 2) - stackLeft));
}

describe('free data', () => {
  it.each(kinds.map((kind) => [kind.name, kind] as const))(
    'of a kind is taken to the last level, and no further: %s',
    async (_name, kind) => {
      const store = new MemoryStore({ kinds });
      for (const make of [lists, objects]) {
        const create = (count: number) =>
          store.update((tx) => tx.kind(kind as typeof free).create({ data: make(count) }));
        const made = await create(nestingMax - 1); // the object itself is the first level
        expect(made.data).toEqual(make(nestingMax - 1));
        for (const count of [nestingMax, 4_100, 10_000, 50_000])
          expect([count, await codeOf(create(count))]).toEqual([count, 'INVALID_OBJECT']);
      }
      expect(store.version).toBe(2);
    },
  );

  it('says what is wrong, and of a circle too', async () => {
    const circle: { data: unknown } = { data: 0 };
    circle.data = { around: [circle] };
    for (const kind of kinds)
      for (const data of [lists(nestingMax), circle])
        await expect(new MemoryStore().update((tx) => tx.kind(kind as typeof free).create({ data }))).rejects.toThrow(
          `INVALID_OBJECT: ${kind.name}: goes in a circle, or is nested deeper than 100 levels`,
        );
  });

  it('of a kind that is not known here is held to the same, in a log and in a snapshot', async () => {
    const store = new MemoryStore();
    const object = { id: 'a', data: lists(nestingMax) };
    const info = { version: 1, time: 1 };
    const apply = () => store.applyStoreActions([{ action: 'create', kind: 'unknown', object: object as never }], info);
    expect(thrownCode(apply)).toBe('INVALID_OBJECT');
    const row = { ...object, meta: { version: 1, createdAt: 1, updatedAt: 1 } };
    const snapshot = { ...store.save(), tables: { ...store.save().tables, unknown: [row] } };
    expect(await codeOf(store.restore(snapshot))).toBe('INVALID_OBJECT');
    expect(store.version).toBe(0);
  });

  it('that is taken can be gone through with little stack: decoded, compared, measured, watched', async () => {
    const store = new MemoryStore({ kinds });
    const made = await store.update((tx) => tx.kind(free).create({ id: 'a', data: objects(nestingMax - 1) }));
    const bytes = encodeObject('free', made);
    const seen: unknown[] = [];
    withLittleStack(() => {
      expect(decodeObject('free', bytes)).toEqual(made);
      store.queue.attach({
        specifiers: [free.updated({ data: objects(nestingMax - 1) })],
        match: 'new',
        onTransaction: (_record, events) => seen.push(...events),
        onError: (error) => seen.push(error),
        onClose: () => undefined,
      });
    });
    await withLittleStack(() => store.update((tx) => tx.kind(free).update({ id: 'a', data: objects(nestingMax - 1) })));
    expect(seen).toHaveLength(1);
    expect(store.historyOf('free', 'a')).toHaveLength(2);
  });
});

describe('what is nested too deeply in bytes', () => {
  const meta = { version: 1, createdAt: 1, updatedAt: 1 };
  const own = (count: number) =>
    messageCodec('CustomObject').encode({
      id: 'a',
      meta,
      body: JSON.stringify({ data: 0 }).replace('0', '['.repeat(count) + ']'.repeat(count)),
    });

  it('is damage, wherever they come from, and no RangeError', () => {
    expect(decodeObject('free', own(nestingMax - 1))).toMatchObject({ id: 'a' });
    for (const count of [nestingMax, 4_100, 100_000]) {
      const object = own(count);
      const transaction = messageCodec('Transaction').encode({
        version: 1,
        time: 1,
        kinds: [],
        actions: [{ op: 'create', kind: 'free', id: 'a', object }],
      });
      for (const decode of [() => decodeObject('free', object), () => decodeTransaction(transaction)]) {
        expect(decode).toThrow(DecodeError);
        expect(decode).toThrow(/nested deeper than 100 levels/);
        expect(decode).toThrow(expect.objectContaining({ code: 'DAMAGED' }));
      }
    }
  });

  it('is damage in a snapshot, too', () => {
    const store = new MemoryStore({ kinds });
    const cluster = { clusterId: 'c', lineage: 'l', members: [], removed: [], store: store.save() };
    const [chunk] = encodeSnapshot(cluster);
    const header = chunk?.subarray(0, 4 + new DataView(chunk.buffer).getUint32(0)) as Uint8Array;
    const record = messageCodec('SnapshotRecord').encode({ object: { kind: 'free', object: own(5_000) } });
    const framed = new Uint8Array(4 + record.length);
    new DataView(framed.buffer).setUint32(0, record.length);
    framed.set(record, 4);
    const decoder = new SnapshotDecoder();
    decoder.push(header);
    expect(() => decoder.push(framed)).toThrow(DecodeError);
  });

  it('never leaves a store that took it: what it writes can be read again', async () => {
    const store = new MemoryStore({ kinds });
    await store.update((tx) => tx.kind(free).create({ id: 'a', data: lists(nestingMax - 1) }));
    const [record] = store.history;
    const actions = record?.events.map(({ kind, object }) => ({ action: 'create' as const, kind, object })) ?? [];
    expect(decodeTransaction(encodeTransaction({ version: 1, time: 1, actions })).actions).toMatchObject([
      { action: 'create', kind: 'free' },
    ]);
  });
});

describe('a lookup', () => {
  it('is nested as deeply as data may be, and no deeper', () => {
    const store = new MemoryStore();
    const nested = (count: number) => {
      let by: By = byId('a');
      for (let i = 0; i < count; i++) by = or(by);
      return by;
    };
    expect(store.view((tx) => tx.nodes().find(nested(nestingMax - 1)))).toEqual([]);
    for (const count of [nestingMax, 100_000])
      expect(thrownCode(() => store.view((tx) => tx.nodes().find(nested(count))))).toBe('INVALID_FIND_BY');
  });
});

describe('a list in free data', () => {
  class Strange extends Array<unknown> {}
  const lead = (...items: unknown[]) => Object.assign(items, { map: () => [() => 'a function', new Date(0)] });

  it('is copied item by item, whatever it can do beside holding items', async () => {
    const store = new MemoryStore({ kinds });
    const foreign: unknown = runInNewContext('[1, [2]]');
    const given = { data: [lead(1, 2), Strange.of(3, 4), foreign] };
    const made = await store.update((tx) => tx.kind(free).create(given));
    expect(made.data).toEqual([
      [1, 2],
      [3, 4],
      [1, [2]],
    ]);
    for (const list of made.data as unknown[][]) {
      expect(Object.getPrototypeOf(list)).toBe(Array.prototype);
      expect([Object.keys(list), Object.isFrozen(list)]).toEqual([['0', '1'], true]);
    }
    expect(decodeObject('free', encodeObject('free', made))).toEqual(made);
  });

  it.each([
    ['a hole', [1, , 3]],
    ['undefined', [1, undefined, 3]],
  ])('has an item in each place, and %s is none', async (_what, data) => {
    const create = new MemoryStore().update((tx) => tx.kind(free).create({ data }));
    await expect(create).rejects.toMatchObject({ code: 'INVALID_OBJECT', details: { path: 'data[1]' } });
  });
});
