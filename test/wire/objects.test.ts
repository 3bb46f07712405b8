import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AnyObject, canonicalObject, type Cluster, kindNames, kindOf, type Node } from '../../src/kinds/index.js';
import { decodeObject, encodeObject, messageCodec } from '../../src/wire/index.js';
import { storedObject } from './arbitrary.js';

const meta = Object.freeze({ version: 1, createdAt: 0, updatedAt: 0 });
const stored = (kind: 'node' | 'service' | 'cluster', input: object) =>
  canonicalObject(kindOf(kind), input, 'a', meta) as AnyObject;

function frozenAll(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every(frozenAll);
}

describe.each(kindNames)('a stored %s', (kind) => {
  it('comes back from its bytes as it was, with its fields in the same order, frozen', () => {
    fc.assert(
      fc.property(storedObject(kind), (object) => {
        const decoded = decodeObject(kind, encodeObject(kind, object));
        expect(decoded).toStrictEqual(object);
        expect(JSON.stringify(decoded)).toBe(JSON.stringify(object));
        expect(frozenAll(decoded)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it('has the same bytes each time, and so has its copy', () => {
    fc.assert(
      fc.property(storedObject(kind), (object) => {
        const bytes = encodeObject(kind, object);
        expect(encodeObject(kind, object)).toEqual(bytes);
        expect(encodeObject(kind, decodeObject(kind, bytes))).toEqual(bytes);
        expect(encodeObject(kind, structuredClone(object))).toEqual(bytes);
      }),
      { numRuns: 100 },
    );
  });

  it('reads the same from a Buffer and from plain bytes', () => {
    fc.assert(
      fc.property(storedObject(kind), (object) => {
        const bytes = encodeObject(kind, object);
        expect(decodeObject(kind, Uint8Array.from(bytes))).toStrictEqual(decodeObject(kind, Buffer.from(bytes)));
      }),
      { numRuns: 50 },
    );
  });

  it('generates objects that differ', () => {
    const sample = fc.sample(storedObject(kind), { numRuns: 50, seed: 1 });
    expect(new Set(sample.map((object) => JSON.stringify(object))).size).toBeGreaterThan(40);
  });
});

describe('the bytes of an object', () => {
  it('do not depend on the order in which labels were given', () => {
    const a = stored('node', { spec: { annotations: { labels: { b: '1', a: '2', 10: '3', 9: '4' } } } });
    const b = stored('node', { spec: { annotations: { labels: { 9: '4', 10: '3', a: '2', b: '1' } } } });
    expect(encodeObject('node', a)).toEqual(encodeObject('node', b));
  });

  it('keep labels whose names every object has', () => {
    const labels = { constructor: 'a', hasOwnProperty: 'b', toString: 'c', valueOf: '' };
    const object = stored('node', { spec: { annotations: { labels } } });
    expect((decodeObject('node', encodeObject('node', object)) as Node).spec.annotations.labels).toEqual(labels);
  });

  it('keep a zero apart from a default that is not zero', () => {
    const object = stored('cluster', {
      spec: { raft: { snapshotInterval: 0, heartbeatTick: 0 }, orchestration: { taskHistoryRetentionLimit: 0 } },
    });
    const { spec } = decodeObject('cluster', encodeObject('cluster', object)) as Cluster;
    expect(spec.raft).toMatchObject({ snapshotInterval: 0, heartbeatTick: 0, electionTick: 10 });
    expect(spec.orchestration).toEqual({ taskHistoryRetentionLimit: 0 });
  });

  it('keep an empty part apart from an absent one', () => {
    const [empty, absent] = [{ spec: { update: {} } }, {}].map((input) => {
      const object = stored('service', input);
      return [object, decodeObject('service', encodeObject('service', object))];
    });
    expect(empty?.[1]).toStrictEqual(empty?.[0]);
    expect(absent?.[1]).toStrictEqual(absent?.[0]);
    expect(absent?.[1]).not.toHaveProperty('spec.update');
  });

  it('hold every part that must be there, though an older version did not write it', () => {
    const bare = messageCodec('ClusterSpec').decode(new Uint8Array(0));
    expect(Object.keys(bare)).toEqual(Object.keys((stored('cluster', {}) as Cluster).spec));
  });

  it('are refused when they hold __proto__ as a label', () => {
    const plain = encodeObject('node', stored('node', { spec: { annotations: { labels: { __prot0__: 'x' } } } }));
    const at = Buffer.from(plain).indexOf('__prot0__');
    const bytes = Uint8Array.from(plain);
    bytes.set(Buffer.from('__proto__'), at);
    expect(() => decodeObject('node', bytes)).toThrow('__proto__');
  });
});
