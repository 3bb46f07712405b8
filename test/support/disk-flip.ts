/**
 * Flips bits of one file of a member, one at a time in a fresh copy, and prints a line of JSON for each: what a start
 * says. In a process of its own, because LevelDB ends the process at some of them (`Assertion … failed`).
 *
 * Arguments: the directory, the path of the file in it, and the bits as `<byte>.<bit>`.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { isDeepStrictEqual } from 'node:util';
import { DamageError } from '../../src/disk/index.js';
import { copyDir, flipBit } from './disk-data.js';
import { readMember, verdictOf } from './disk-member.js';

const [dir = '', path = '', ...bits] = process.argv.slice(2);
const copy = `${dir}-flipped`;

async function fresh(): Promise<string> {
  await rm(copy, { recursive: true, force: true });
  return copyDir(dir, copy);
}

const written = await readMember(await fresh());
for (const place of bits) {
  const [at = 0, bit = 0] = place.split('.').map(Number);
  await flipBit(join(await fresh(), path), at, bit);
  const verdict = await verdictOf(copy).catch((error: unknown) => `${(error as Error).stack}`);
  const says = verdict instanceof DamageError ? 'damage' : isDeepStrictEqual(verdict, written) ? 'as written' : 'wrong';
  console.log(JSON.stringify({ place, says, ...(says === 'wrong' && { verdict }) }));
}
await rm(copy, { recursive: true, force: true });
