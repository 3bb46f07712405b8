import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/base/random.js';
import { schemaRoot } from '../../scripts/schema-root.js';
import { kindNames } from '../../src/kinds/index.js';
import {
  decodeEntry,
  DecodeError,
  decodeObject,
  decodeTransaction,
  encodeObject,
  fromWireBatch,
  messageCodec,
  packageName,
  SnapshotDecoder,
} from '../../src/wire/index.js';
import { storedObject } from './arbitrary.js';

const names = (schemaRoot.lookup(packageName) as protobuf.Namespace).nestedArray
  .filter((item) => item instanceof protobuf.Type)
  .map(({ name }) => name as 'Node');

/** Runs a decoder: whatever the bytes are, it gives something or says that they are not what they should be. */
function feed(decode: (bytes: Uint8Array) => unknown, bytes: Uint8Array): 'taken' | 'refused' {
  try {
    decode(bytes);
    return 'taken';
  } catch (error) {
    if (!(error instanceof DecodeError)) {
      throw new Error(`${(error as Error).stack} for ${Buffer.from(bytes).toString('hex')}`, { cause: error });
    }
    return 'refused';
  }
}

/** A field that this version does not know. */
function unknownField(wireType: number): Uint8Array {
  const writer = protobuf.Writer.create().uint32((1_000 << 3) | wireType);
  if (wireType === 0) writer.uint64(2 ** 40);
  else if (wireType === 1) writer.double(1.5);
  else if (wireType === 2) writer.string('of a newer version');
  else if (wireType === 3)
    writer
      .uint32(8)
      .uint32(1)
      .uint32((1_000 << 3) | 4);
  else writer.fixed32(7);
  return writer.finish();
}

const wellKnown = [
  ['a transaction', decodeTransaction],
  ['an entry', decodeEntry],
  ['a batch of raft messages', (bytes) => fromWireBatch(messageCodec('RaftBatch').decode(bytes))],
  ['a snapshot', (bytes) => new SnapshotDecoder().push(bytes)],
] as const satisfies [string, (bytes: Uint8Array) => unknown][];

describe('bytes that are not what they should be', () => {
  it('are refused by every message, and by no other error', () => {
    expect(names.length).toBeGreaterThan(80);
    const random = seededRandom(3);
    let refused = 0;
    for (const name of names) {
      const { decode } = messageCodec(name);
      for (let i = 0; i < 200; i++) {
        const bound = i % 2 ? 256 : 40; // small bytes look more like fields
        const bytes = Uint8Array.from({ length: random(60) }, () => random(bound));
        if (feed(decode, bytes) === 'refused') refused++;
      }
    }
    expect(refused).toBeGreaterThan(names.length * 50);
  });

  it.each(wellKnown)('are refused as %s, and by no other error', (_, decode) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.array(fc.nat(30), { maxLength: 60 }), (noise, small) => {
        feed(decode, noise);
        feed(decode, Uint8Array.from(small));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(kindNames)('are refused as a %s that is cut short, but for the cuts between two fields', (kind) => {
    for (const object of fc.sample(storedObject(kind), { numRuns: 20, seed: 5 })) {
      const bytes = encodeObject(kind, object);
      let refused = 0;
      for (let length = 0; length < bytes.length; length++) {
        if (feed((cut) => decodeObject(kind, cut), bytes.subarray(0, length)) === 'refused') refused++;
      }
      expect(refused).toBeGreaterThanOrEqual(bytes.length - 20);
    }
  });

  it.each(kindNames)('are taken or refused as a %s with changed bytes', (kind) => {
    const random = seededRandom(11);
    for (const object of fc.sample(storedObject(kind), { numRuns: 30, seed: 6 })) {
      const bytes = Uint8Array.from(encodeObject(kind, object));
      for (let i = 0; i < 40; i++) {
        const changed = Uint8Array.from(bytes);
        for (let n = 0; n <= i % 3; n++) changed[random(changed.length)] = random(256);
        feed((some) => decodeObject(kind, some), changed);
      }
    }
  });

  it.each([
    { what: 'a part that is longer than the whole', hex: '0a05' },
    { what: 'a part that reaches past the end of the part that holds it', hex: '0a020a0a0102030405060708090a' },
    { what: 'a field of the part before that reaches past its end', hex: '0a03120500120208011a00' },
    { what: 'an integer without an end', hex: '08ffffffffffffffffffffff' },
    { what: 'an integer that the end cuts', hex: '0880' },
    { what: 'an unknown wire type', hex: '0f' },
    { what: 'a group without an end', hex: '7b0801' },
    { what: 'the wrong wire type', hex: '0d01020304' },
    { what: 'groups in groups in groups', hex: '7b'.repeat(200_000) },
  ])('are refused as $what', ({ hex }) => {
    const bytes = Buffer.from(hex, 'hex');
    for (const name of ['RaftBatch', 'ClusterSpec'] as const) {
      expect(feed(messageCodec(name).decode, bytes), name).toBe('refused');
    }
  });

  it('are refused as a list of numbers whose last one reaches past the end of the list', () => {
    expect(feed(messageCodec('ConfState').decode, Buffer.from('0a0205818001', 'hex'))).toBe('refused');
    expect(feed(messageCodec('ConfState').decode, Buffer.from('0a04058180', 'hex'))).toBe('refused');
    expect(messageCodec('ConfState').decode(Buffer.from('0a03058101', 'hex')).voters).toEqual([5, 129]);
  });

  it.each([
    { what: 'actions', name: 'Transaction', tag: 0x1a },
    { what: 'raft messages', name: 'RaftBatch', tag: 0x0a },
  ] as const)('are refused quickly when they are millions of empty $what', ({ name, tag }) => {
    const bytes = Uint8Array.from({ length: 4 * 1024 * 1024 }, (_, i) => (i % 2 ? 0 : tag));
    const before = process.cpuUsage();
    expect(feed(messageCodec(name).decode, bytes)).toBe('refused');
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(2_000); // of processor time, in ms: the machine may be busy
  });

  it('do not count against the next message', () => {
    const bytes = Uint8Array.from({ length: 800_000 }, (_, i) => (i % 2 ? 0 : 0x1a));
    for (let i = 0; i < 3; i++) expect(messageCodec('Transaction').decode(bytes).actions).toHaveLength(400_000);
  });
});

describe('fields of a newer version', () => {
  it.each([0, 1, 2, 3, 5])('of wire type %i are skipped, at the top and inside', (wireType) => {
    const extra = unknownField(wireType);
    for (const kind of kindNames) {
      for (const object of fc.sample(storedObject(kind), { numRuns: 5, seed: 8 })) {
        const bytes = encodeObject(kind, object);
        expect(decodeObject(kind, Buffer.concat([extra, bytes, extra]))).toStrictEqual(object);
      }
    }
    const inner = Buffer.concat([Buffer.from('0801', 'hex'), extra]);
    const meta = Buffer.concat([Buffer.from([0x12, inner.length]), inner]);
    expect(messageCodec('Node').decode(meta).meta).toEqual({ version: 1, createdAt: 0, updatedAt: 0 });
  });
});
