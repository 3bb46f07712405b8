import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonObjects, JsonSplitter, SplitError } from '../../../src/fleet/engine/json-splitter.js';

const bytesMax = 1_000;

function split(chunks: readonly Buffer[], max = bytesMax): string[] {
  const splitter = new JsonSplitter(max);
  return chunks.flatMap((chunk) => [...splitter.push(chunk)]);
}

/** Cuts at each of the places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...sorted].map((from, i) => bytes.subarray(from, sorted[i] ?? bytes.length));
}

const object = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary', maxDepth: 3 }));

describe('JsonSplitter', () => {
  it('gives the same objects however they are cut and whatever is between them', () => {
    const between = fc.constantFrom('', '\n', '\r\n', ' \t');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(object, between, fc.boolean()), { maxLength: 8 }),
        fc.array(fc.nat(), { maxLength: 20 }),
        (parts, places) => {
          const texts = parts.map(([value, , pretty]) => JSON.stringify(value, undefined, pretty ? 1 : 0));
          const stream = Buffer.from(texts.map((text, i) => `${text}${parts[i]?.[1] ?? ''}`).join(''));
          expect(split(cut(stream, places), 1e6)).toEqual(texts);
          expect(
            split(
              [...stream].map((byte) => Buffer.from([byte])),
              1e6,
            ),
          ).toEqual(texts);
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([
    ['braces in texts', '{"a":"}{][","b":"\\""}'],
    ['backslashes before a quote', '{"a":"\\\\"}'],
    ['characters of four bytes', '{"a":"🐳é"}'],
  ])('is not misled by %s', (_, text) => {
    expect(split([Buffer.from(`${text}${text}`)])).toEqual([text, text]);
  });

  it.each(['[]', 'null', '{}}', '"{}"', 'HTTP'])('refuses %s', (text) => {
    expect(() => split([Buffer.from(text)])).toThrow(SplitError);
  });

  it('takes an object of the greatest length, and none that is longer, complete or not', () => {
    const long = (bytes: number) => Buffer.from(`{"a":"${'x'.repeat(bytes - 8)}"}`);
    expect(split([long(bytesMax)])).toHaveLength(1);
    expect(() => split([long(bytesMax + 1)])).toThrow('longer than 1000 bytes');
    expect(() => split(cut(long(bytesMax + 500).subarray(0, -2), [300, 900]))).toThrow('longer than 1000 bytes');
  });

  it('reports a stream that ends within an object', async () => {
    async function* broken() {
      yield Buffer.from('{"a":1}{"b"');
    }
    const seen: unknown[] = [];
    const reading = (async () => {
      for await (const one of jsonObjects(broken(), bytesMax)) seen.push(one);
    })();
    await expect(reading).rejects.toThrow('ended within');
    expect(seen).toEqual([{ a: 1 }]);
  });
});
