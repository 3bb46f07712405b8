import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messageCodec } from '../../src/wire/index.js';
import { messageCodec as interpretedCodec } from '../support/interpreting-codec.js';

const batches = messageCodec('RaftBatch');
const interpreted = interpretedCodec('RaftBatch');

/** A batch with an entry of each size, and so with parts of any length in parts of any length. */
function batchOf(sizes: readonly number[]) {
  const entries = sizes.map((size, i) => ({ term: 1, index: i, data: new Uint8Array(size).fill(i + 1) }));
  const appendEntries = { prevLogIndex: 1, prevLogTerm: 1, leaderCommit: 1, entries };
  return { messages: [{ from: 1, to: 2, term: 3, appendEntries }] };
}

/** Sizes around those at which a length takes another byte, or a message another buffer. */
const size = fc.oneof(
  fc.nat(300),
  fc.constantFrom(110, 127, 128, 4_000, 4_096, 8_100, 8_192, 16_300, 16_384, 65_500),
  fc.constantFrom(2 ** 21 - 30, 2 ** 21),
);

describe('messages that are written one after another', () => {
  it('keep their bytes, whatever the sizes of those after them', () => {
    fc.assert(
      fc.property(fc.array(fc.array(size, { maxLength: 3 }), { minLength: 1, maxLength: 8 }), (all) => {
        const written = all.map((sizes) => batches.encode(batchOf(sizes)));
        for (const [i, sizes] of all.entries())
          expect(Buffer.compare(written[i] as Uint8Array, interpreted.encode(batchOf(sizes)))).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  it('keep their bytes when a message between them cannot be written', () => {
    const before = batches.encode(batchOf([10, 20]));
    const bad = { messages: [...batchOf([5]).messages, null as never] };
    expect(() => batches.encode(bad)).toThrow(TypeError);
    const after = batches.encode(batchOf([30]));
    expect(Buffer.compare(before, interpreted.encode(batchOf([10, 20])))).toBe(0);
    expect(Buffer.compare(after, interpreted.encode(batchOf([30])))).toBe(0);
  });

  it('keep little memory: a short message that stays holds 8 KiB at most', () => {
    batches.encode(batchOf([100_000]));
    const kept = Array.from({ length: 100 }, () => {
      const short = batches.encode(batchOf([10]));
      batches.encode(batchOf([100_000]));
      return short;
    });
    for (const { buffer } of kept) expect(buffer.byteLength).toBeLessThanOrEqual(8 * 1024);
    const buffers = new Set(kept.map(({ buffer }) => buffer));
    expect(buffers.size).toBeLessThan(3); // long messages do not use it up
  });
});
