import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/base/random.js';
import { type BallotField, ballotFields, SlotFile, type SlotValue } from '../../src/disk/slots.js';
import { flipBit, owner } from '../support/disk-data.js';
import { tempDirs } from '../support/disk-dirs.js';

const makeDir = tempDirs();
const first = 0;
const second = 512;
const slotBytes = 56;

describe('a file of two slots', () => {
  let path: string;

  beforeEach(async () => {
    path = join(await makeDir(), 'ballot');
  });

  /** The file as it is after the given durable writes. */
  async function bytesAfter(...values: readonly [number, number][]): Promise<Buffer> {
    const file = await SlotFile.create(path, ballotFields, owner);
    for (const [term, vote] of values) await file.writeDurably({ term, vote, batches: 0 });
    await file.close();
    return readFile(path);
  }

  async function reopen(): Promise<SlotValue<BallotField> | undefined> {
    const file = await SlotFile.open(path, ballotFields);
    await file?.close();
    return file?.value;
  }

  /** `newer` has reached the disk only up to `length` bytes of the slot at `at`. */
  function torn(older: Buffer, newer: Buffer, at: number, length: number): Buffer {
    const bytes = Buffer.from(older);
    newer.copy(bytes, at, at, at + length);
    return bytes;
  }

  it('starts with zeroes', async () => {
    const file = await SlotFile.create(path, ballotFields, owner);
    expect(file.value).toMatchObject({ term: 0, vote: 0 });
    await file.close();
    expect(await reopen()).toMatchObject({ term: 0, vote: 0 });
  });

  it.each([
    [1, 0],
    [0, 2 ** 53 - 1],
    [2 ** 53 - 1, 2 ** 52 - 1],
    [2 ** 32, 2 ** 31],
  ])('keeps %i and %i', async (term, vote) => {
    await bytesAfter([term, vote]);
    expect(await reopen()).toMatchObject({ term, vote });
  });

  it('counts its writes, across restarts', async () => {
    await bytesAfter([1, 1], [2, 2]);
    const before = await reopen();
    const file = await SlotFile.open(path, ballotFields);
    await file?.writeDurably({ term: 3, vote: 3, batches: 0 });
    await file?.write({ term: 4, vote: 4, batches: 7 });
    await file?.close();
    const after = await reopen();
    expect(after).toMatchObject({ term: 4, vote: 4, batches: 7 });
    expect((after?.sequence ?? 0) - (before?.sequence ?? 0)).toBeGreaterThanOrEqual(2);
  });

  it('has the old value or the new one when the write of the first slot is torn, at any byte', async () => {
    const older = await bytesAfter([3, 1]);
    const newer = await bytesAfter([3, 1], [4, 2]);
    for (let length = 0; length <= slotBytes; length++) {
      await writeFile(path, torn(older, newer, first, length));
      const whole = torn(older, newer, first, length).subarray(0, slotBytes).equals(newer.subarray(0, slotBytes));
      expect(await reopen(), `${length} bytes`).toMatchObject(whole ? { term: 4, vote: 2 } : { term: 3, vote: 1 });
    }
  });

  it('has the new value when the write of the second slot is torn, at any byte', async () => {
    const older = await bytesAfter([3, 1]);
    const newer = await bytesAfter([3, 1], [4, 2]);
    const half = torn(older, newer, first, slotBytes);
    for (let length = 0; length <= slotBytes; length++) {
      await writeFile(path, torn(half, newer, second, length));
      expect(await reopen(), `${length} bytes`).toMatchObject({ term: 4, vote: 2 });
    }
  });

  it('finishes a write that was cut short, so that the older value never comes back', async () => {
    const older = await bytesAfter([3, 1]);
    const newer = await bytesAfter([3, 1], [4, 2]);
    await writeFile(path, torn(older, newer, first, slotBytes));
    expect(await reopen()).toMatchObject({ term: 4, vote: 2 }); // and now it is acted on
    await flipBit(path, first + 13, 3);
    expect(await reopen()).toMatchObject({ term: 4, vote: 2 });
  });

  it('mends a slot that rotted, so that the other one may rot later', async () => {
    await bytesAfter([3, 1]);
    await flipBit(path, second + 20, 0);
    expect(await reopen()).toMatchObject({ term: 3, vote: 1 });
    await flipBit(path, first + 20, 0);
    expect(await reopen()).toMatchObject({ term: 3, vote: 1 });
  });

  it('does not count on by being mended: an old copy stays an old copy', async () => {
    await bytesAfter([3, 1]);
    const before = await reopen();
    await flipBit(path, first + 20, 0);
    expect(await reopen()).toEqual(before);
  });

  it('lets either slot rot, in any bit, once a write is acknowledged', async () => {
    const whole = await bytesAfter([7, 8], [9, 10]);
    for (const slot of [first, second]) {
      for (let bit = 0; bit < slotBytes * 8; bit++) {
        await writeFile(path, whole);
        await flipBit(path, slot + (bit >> 3), bit & 7);
        expect(await reopen(), `bit ${bit} of the slot at ${slot}`).toMatchObject({ term: 9, vote: 10 });
      }
    }
  });

  it('is no file of slots when both are torn', async () => {
    const older = await bytesAfter([3, 1]);
    const newer = await bytesAfter([3, 1], [4, 2]);
    const both = torn(torn(older, newer, first, 20), newer, second, 29);
    await writeFile(path, both);
    expect(await reopen()).toBeUndefined();
  });

  it('is no file of slots when it is not there, or empty, or noise', async () => {
    expect(await SlotFile.open(path, ballotFields)).toBeUndefined();
    const random = seededRandom(7);
    for (const length of [0, 1, 31, 32, 512, 544, 4_096]) {
      await writeFile(
        path,
        Uint8Array.from({ length }, () => random(256)),
      );
      expect(await reopen(), `${length} bytes`).toBeUndefined();
    }
  });

  it.each([
    { length: 567, whole: true },
    { length: 512, whole: true },
    { length: 56, whole: true },
    { length: 55, whole: false },
    { length: 0, whole: false },
  ])('that is cut to $length bytes still holds its value: $whole', async ({ length, whole }) => {
    await bytesAfter([5, 6]);
    await truncate(path, length);
    const value = await reopen();
    if (whole) expect(value).toMatchObject({ term: 5, vote: 6 });
    else expect(value).toBeUndefined();
  });

  it('leaves the value before in the other slot when a write is not durable', async () => {
    const file = await SlotFile.create(path, ballotFields, owner);
    await file.writeDurably({ term: 1, vote: 0, batches: 0 });
    for (const value of [2, 3, 4, 5]) {
      await file.write({ term: value, vote: 0, batches: 0 });
      const bytes = await readFile(path);
      const values = [first, second].map((at) => Number(bytes.readBigUInt64BE(at + 12)));
      expect(values.sort()).toEqual([value - 1, value]);
    }
    await file.close();
  });
});
