import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { schemaRoot } from '../../scripts/schema-root.js';
import { taskStates } from '../../src/kinds/index.js';
import { DecodeError, messageCodec, packageName } from '../../src/wire/index.js';
import { int, uint } from './arbitrary.js';

const times = messageCodec('RequestRecord');
const moments = messageCodec('Meta');

/** `Meta` bytes with one varint as they stand: field 1 is unsigned, field 2 signed. */
function withVarint(field: number, ...bytes: number[]): Uint8Array {
  return Uint8Array.from([field << 3, ...bytes]);
}

describe('64-bit integers', () => {
  const edges = Array.from({ length: 8 }, (_, i) => 2 ** (7 * i)).flatMap((edge) => [edge - 1, edge, edge + 1]);

  it.each([0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, ...edges])('carry %i', (value) => {
    const decoded = times.decode(times.encode({ requestId: '', version: value }));
    expect(decoded.version).toBe(value);
    for (const signed of [value, -value]) {
      const meta = moments.decode(moments.encode({ version: value, createdAt: signed, updatedAt: 1 }));
      expect(meta).toEqual({ version: value, createdAt: signed + 0, updatedAt: 1 });
    }
  });

  it('carry any safe integer, as a number, from a Buffer and from plain bytes', () => {
    fc.assert(
      fc.property(uint, int, (version, createdAt) => {
        const bytes = moments.encode({ version, createdAt, updatedAt: -createdAt });
        for (const some of [Buffer.from(bytes), Uint8Array.from(bytes)]) {
          const meta = moments.decode(some);
          expect(meta.version).toBe(version);
          expect(meta.createdAt).toBe(createdAt);
          expect(typeof meta.createdAt).toBe('number');
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    { what: '2^53', field: 1, bytes: [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10] },
    { what: '2^53 + 1', field: 1, bytes: [0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10] },
    { what: '2^64 - 1', field: 1, bytes: [...Array<number>(9).fill(0xff), 1] },
    { what: '2^63 - 1', field: 2, bytes: [...Array<number>(8).fill(0xff), 0x7f] },
    { what: '-(2^63)', field: 2, bytes: [...Array<number>(9).fill(0x80), 1] },
    { what: 'eleven bytes', field: 2, bytes: [...Array<number>(10).fill(0x80), 0] },
  ])('are refused when they are $what', ({ field, bytes }) => {
    expect(() => moments.decode(withVarint(field, ...bytes))).toThrow(DecodeError);
  });

  it('may be written longer than they need be', () => {
    expect(moments.decode(withVarint(1, 0x81, 0x80, 0x80, 0)).version).toBe(1);
    expect(moments.decode(withVarint(1, 0x81, ...Array<number>(8).fill(0x80), 0)).version).toBe(1);
  });

  it('never reach into the field after them', () => {
    const bytes = Uint8Array.from([0x08, 0x96, 0x01, 0x10, 0x05]);
    expect(moments.decode(bytes)).toEqual({ version: 150, createdAt: 5, updatedAt: 0 });
  });
});

describe('words', () => {
  const enums = (schemaRoot.lookup(packageName) as protobuf.Namespace).nestedArray.filter(
    (item) => item instanceof protobuf.Enum,
  );
  const status = messageCodec('TaskStatus');
  const state = (word: string) => ({ timestamp: 0, state: word as 'new', message: '', err: '', ports: [] });

  it('are the words of the store, in its order', () => {
    const numbers = taskStates.map((word) => {
      const bytes = status.encode(state(word));
      expect(status.decode(bytes).state).toBe(word);
      return bytes.length === 0 ? 0 : bytes[1];
    });
    expect(numbers).toEqual(taskStates.map((_, i) => i));
  });

  it('are in capitals after the name of their enum in proto/', () => {
    expect(enums.length).toBeGreaterThan(15);
    for (const { name, values } of enums) {
      const prefix = `${name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()}_`;
      for (const value of Object.keys(values)) expect(value.startsWith(prefix), value).toBe(true);
      expect(Object.values(values), name).toContain(0);
    }
  });

  it.each([
    ['UpdateStatus', 'state', 'rollbackStarted'],
    ['UpdateConfig', 'order', 'startFirst'],
    ['RestartPolicy', 'condition', 'onFailure'],
    ['ConfChange', 'transition', 'jointExplicit'],
    ['IpamConfig', 'family', 'ipv6'],
  ] as const)('of more than one part keep their shape: %s.%s = %s', (name, field, word) => {
    const codec = messageCodec<Record<string, unknown>>(name);
    const whole = codec.decode(new Uint8Array(0));
    expect(codec.decode(codec.encode({ ...whole, [field]: word }))).toMatchObject({ [field]: word });
  });

  it('that a newer version made are refused by number', () => {
    expect(() => status.decode(Uint8Array.from([0x10, 99]))).toThrow('TaskState has no value 99');
  });

  it('that are no words of the enum are not written as its first one', () => {
    expect(() => status.encode(state('exploded'))).toThrow('exploded');
  });
});
