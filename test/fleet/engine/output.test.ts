import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { demultiplex, type OutputFrame } from '../../../src/fleet/index.js';

const names = ['stdin', 'stdout', 'stderr'] as const;

function frame(stream: number, data: Uint8Array): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(data.length, 4);
  return Buffer.concat([header, data]);
}

async function* inChunks(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(input: AsyncIterable<Buffer>, head?: Buffer): Promise<OutputFrame[]> {
  const frames: OutputFrame[] = [];
  for await (const one of demultiplex(input, head)) frames.push(one);
  return frames;
}

/** Text of each stream, as it would be without frames. */
const joined = (frames: readonly OutputFrame[]) =>
  names.map((name) =>
    Buffer.concat(frames.flatMap(({ stream, data }) => (stream === name ? [data] : []))).toString('hex'),
  );

describe('demultiplex', () => {
  it('gives the same output however it is cut, and wherever the head ends', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(2), fc.uint8Array({ maxLength: 20 })), { maxLength: 6 }),
        fc.integer({ min: 1, max: 12 }),
        fc.nat(60),
        async (parts, size, headBytes) => {
          const stream = Buffer.concat(parts.map(([name, data]) => frame(name, data)));
          const frames = await read(inChunks(stream.subarray(headBytes), size), stream.subarray(0, headBytes));
          const model = parts.map(([name, data]) => ({ stream: names[name] ?? 'stdin', data: Buffer.from(data) }));
          expect(joined(frames)).toEqual(joined(model));
        },
      ),
    );
  });

  it.each([
    ['the output of a terminal', Buffer.from('total 12 and more')],
    ['an unknown stream', frame(3, Buffer.from('x'))],
    ['a frame of 17 MiB', Buffer.from([1, 0, 0, 0, 1, 16, 0, 0])],
  ])('refuses %s', async (_, bytes) => {
    await expect(read(inChunks(bytes, 5))).rejects.toMatchObject({
      code: 'BAD_ANSWER',
      message: expect.stringContaining('no frames'),
    });
  });

  it.each([3, 8, 9])('reports an end within a frame, after %d bytes', async (bytes) => {
    await expect(read(inChunks(frame(1, Buffer.from('abc')).subarray(0, bytes), 4))).rejects.toThrow('within a frame');
  });
});
