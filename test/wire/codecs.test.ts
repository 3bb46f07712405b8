import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { words } from '../../scripts/generate/names.js';
import { schemaRoot } from '../../scripts/schema-root.js';
import { storedMeta } from '../../src/kinds/index.js';
import { DecodeError, messageCodec, packageName, TooManyError } from '../../src/wire/index.js';
import { messageCodec as interpretedCodec } from '../support/interpreting-codec.js';
import { bytes, int, text, uint } from './arbitrary.js';

const types = (schemaRoot.lookup(packageName) as protobuf.Namespace).nestedArray.filter(
  (item) => item instanceof protobuf.Type,
);

/** Cases for each message and property. */
const numRuns = 15;

const letters = ['a', 'é', '漢', '😀'];
/** Texts of any length around those at which the way of writing or reading changes. */
const longText = fc
  .array(fc.constantFrom(...letters), { minLength: 10, maxLength: 150 })
  .map((chosen) => chosen.join(''));
const ascii = fc.string({ minLength: 30, maxLength: 140 });
const anyText = fc.oneof({ weight: 6, arbitrary: text }, longText, ascii);
const longBytes = fc.nat(20_000).map((length) => new Uint8Array(length).fill(7));
const scalars: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  string: anyText,
  bytes: fc.oneof({ weight: 9, arbitrary: bytes }, longBytes),
  bool: fc.boolean(),
  uint32: fc.nat({ max: 0xffff_ffff }),
  uint64: uint,
  int64: int,
  double: fc.double(),
};

function itemOf(field: protobuf.Field): fc.Arbitrary<unknown> {
  const { resolvedType } = field;
  if (resolvedType instanceof protobuf.Enum) return fc.constantFrom(...words(resolvedType).map(({ word }) => word));
  if (resolvedType instanceof protobuf.Type) return messageOf(resolvedType);
  return scalars[field.type] as fc.Arbitrary<unknown>;
}

function valueOf(field: protobuf.Field): fc.Arbitrary<unknown> {
  if (field instanceof protobuf.MapField)
    return fc.dictionary(
      anyText.filter((key) => key !== '__proto__'),
      anyText,
      { maxKeys: 4 },
    );
  return field.repeated ? fc.array(itemOf(field), { maxLength: 2 }) : itemOf(field);
}

/** Values of a message type: as an encoder may be given them, so any field may be absent. */
function messageOf(type: protobuf.Type): fc.Arbitrary<unknown> {
  const model = Object.fromEntries(type.fieldsArray.map((field) => [field.name, valueOf(field.resolve())]));
  const fields = fc.record(model, { requiredKeys: [], noNullPrototype: true });
  if (type.name !== 'Meta') return fields;
  const { specVersion: _, ...shown } = model;
  return fc
    .tuple(fc.record(shown), fc.option(uint, { nil: undefined }))
    .map(([meta, spec]) => storedMeta(meta as never, spec));
}

/** Runs a decoder: gives its value, or the class and words of its refusal. */
function outcome(
  decode: (bytes: Uint8Array) => unknown,
  given: Uint8Array,
): { readonly value: unknown } | { readonly refused: string; readonly message: string } {
  try {
    return { value: decode(given) };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { refused: error.constructor.name, message: error.message };
  }
}

function isFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return true;
  return Object.isFrozen(value) && Object.values(value).every(isFrozen);
}

/** As `toStrictEqual`, which is slow: asked only what differs. */
function expectSame(actual: unknown, expected: unknown): void {
  if (isDeepStrictEqual(actual, expected)) return;
  expect(actual).toStrictEqual(expected);
  throw new Error('one of them has another prototype or class inside');
}

describe.each(types)('the generated code of $name', (type) => {
  const name = type.name as 'Task';
  const made = messageCodec<object>(name);
  const interpreted = interpretedCodec<object>(name);

  it('makes the bytes that the interpreter of the descriptor makes, and reads them as it does', () => {
    fc.assert(
      fc.property(messageOf(type) as fc.Arbitrary<object>, (message) => {
        const encoded = made.encode(message);
        expect(Buffer.compare(encoded, interpreted.encode(message))).toBe(0);
        const decoded = made.decode(encoded);
        const expected = interpreted.decode(encoded);
        expectSame(decoded, expected);
        expect(JSON.stringify(decoded)).toBe(JSON.stringify(expected)); // fields in the same order
        expect(isFrozen(decoded)).toBe(true);
        expect(Buffer.compare(made.encode(decoded), interpreted.encode(decoded))).toBe(0);
      }),
      { numRuns },
    );
  });

  it('reads and refuses changed bytes as the interpreter does', () => {
    const change = fc.record({
      at: fc.nat(),
      to: fc.oneof(fc.nat(255), fc.constantFrom(0, 0x7f, 0x80, 0xff)),
      cut: fc.nat(3),
      twice: fc.boolean(),
    });
    const request = [
      messageCodec<object>(name, { request: true }),
      interpretedCodec<object>(name, { request: true }),
    ] as const;
    fc.assert(
      fc.property(messageOf(type) as fc.Arbitrary<object>, fc.array(change, { maxLength: 3 }), (message, changes) => {
        let some = Buffer.from(interpreted.encode(message));
        for (const { at, to, cut, twice } of changes) {
          if (some.length > 0) some[at % some.length] = to;
          if (twice) some = Buffer.concat([some, some]);
          if (cut === 0) some = some.subarray(0, at % (some.length + 1));
        }
        expectSame(outcome(made.decode, some), outcome(interpreted.decode, some));
        expectSame(outcome(request[0].decode, some), outcome(request[1].decode, some));
      }),
      { numRuns },
    );
  });
});

/** Bytes of a list or a map with so many items, each as short as it can be. */
function itemsOf(field: protobuf.Field, count: number): Uint8Array {
  const isVarint = field.resolvedType instanceof protobuf.Enum || ['uint64', 'int64', 'uint32'].includes(field.type);
  const item = protobuf.Writer.create()
    .uint32((field.id << 3) | (isVarint ? 0 : 2))
    .uint32(0)
    .finish();
  return Buffer.concat(Array.from({ length: count }, () => item));
}

const lists = types.map(({ name, fieldsArray }) => ({
  name: name as 'Task',
  fields: fieldsArray.filter((field) => field.repeated || field.map).map((field) => field.resolve()),
}));

describe('the lists of a request', () => {
  it.each(lists.filter(({ fields }) => fields.length > 0))('of type $name have the limits that they had', (list) => {
    const made = messageCodec<object>(list.name, { request: true });
    const interpreted = interpretedCodec<object>(list.name, { request: true });
    for (const field of list.fields) {
      const max = [64, 100, 1_000, 4_000, 10_000].find((count) => {
        const most = outcome(made.decode, itemsOf(field, count));
        expectSame(most, outcome(interpreted.decode, itemsOf(field, count)));
        const more = outcome(made.decode, itemsOf(field, count + 1));
        expectSame(more, outcome(interpreted.decode, itemsOf(field, count + 1)));
        return 'value' in most && 'refused' in more && more.refused === TooManyError.name;
      });
      expect(max, field.fullName).toBeDefined();
    }
  });

  it('hold 50,000 items together, as they did', () => {
    const many = lists.filter(({ fields }) => fields.length > 5);
    expect(many.length).toBeGreaterThan(0);
    for (const { name, fields } of many) {
      const bytesOf = (count: number) => Buffer.concat(fields.map((field) => itemsOf(field, count)));
      for (const count of [900, 9_000]) {
        const expected = outcome(interpretedCodec<object>(name, { request: true }).decode, bytesOf(count));
        expectSame(outcome(messageCodec<object>(name, { request: true }).decode, bytesOf(count)), expected);
      }
    }
  });
});
