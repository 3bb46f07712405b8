import { cp, open, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Random } from '../../src/base/random.js';
import type { Ages, Sources } from './sources.js';
import { takeAway } from './user.js';

/** A directory that is to be damaged: a copy of `age` of a member. */
export interface Victim {
  readonly dir: string;
  readonly member: Ages;
  readonly age: number;
  readonly sources: Sources;
  readonly random: Random;
}

/** Damages the directory; resolves with what it did, in words. */
type Damage = (victim: Victim) => Promise<string>;

const parts = ['identity', 'ballot', 'mark', 'log', 'snapshots'];
const pageBytes = 4_096;

const pick = <T>(random: Random, items: readonly T[]): T => {
  const item = items[random(items.length)];
  if (item === undefined) throw new Error('there is nothing to pick from');
  return item;
};

/** A file of the directory: each part is as likely, however many files it has. */
async function anyFile({ dir, random }: Victim, least = 1): Promise<string> {
  for (;;) {
    const files = await filesOf(join(dir, pick(random, parts)));
    const path = files.length > 0 ? pick(random, files) : '';
    if (path !== '' && (await stat(path)).size >= least) return path;
  }
}

async function filesOf(path: string): Promise<string[]> {
  if ((await stat(path)).isFile()) return [path];
  return (await readdir(path)).map((name) => join(path, name)).sort();
}

async function change(path: string, how: (bytes: Buffer) => void): Promise<void> {
  const bytes = await readFile(path);
  how(bytes);
  const handle = await open(path, 'r+');
  await handle.write(bytes, 0, bytes.length, 0);
  await handle.close();
}

async function replace(to: string, from: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  await cp(from, to, { recursive: true });
}

const shown = ({ dir }: Victim, path: string) => relative(dir, path);

async function flipBit(victim: Victim): Promise<string> {
  const path = await anyFile(victim);
  const at = victim.random((await stat(path)).size);
  await change(path, (bytes) => (bytes[at] = (bytes[at] ?? 0) ^ (1 << victim.random(8))));
  return `${shown(victim, path)}, byte ${at}`;
}

async function cutShort(victim: Victim): Promise<string> {
  const path = await anyFile(victim);
  const length = victim.random((await stat(path)).size);
  await truncate(path, length);
  return `${shown(victim, path)}, to ${length} bytes`;
}

async function zeroPage(victim: Victim): Promise<string> {
  const path = await anyFile(victim);
  const page = victim.random(Math.ceil((await stat(path)).size / pageBytes));
  await change(path, (bytes) => void bytes.fill(0, page * pageBytes, Math.min(bytes.length, (page + 1) * pageBytes)));
  return `${shown(victim, path)}, page ${page}`;
}

async function remove(victim: Victim): Promise<string> {
  const path = victim.random(4) === 0 ? join(victim.dir, pick(victim.random, parts)) : await anyFile(victim, 0);
  await rm(path, { recursive: true });
  return shown(victim, path);
}

async function swap(victim: Victim): Promise<string> {
  const a = await anyFile(victim);
  let b = a;
  while (b === a) b = await anyFile(victim);
  const [ofA, ofB] = [await readFile(a), await readFile(b)];
  await writeFile(a, ofB);
  await writeFile(b, ofA);
  return `${shown(victim, a)} and ${shown(victim, b)}`;
}

/** One file as it was in an older age. */
async function olderFile(victim: Victim): Promise<string> {
  const older = victim.member.dirs[victim.random(victim.age)] ?? '';
  const part = pick(victim.random, ['ballot', 'mark', 'log', 'snapshots']);
  const path = pick(victim.random, await filesOf(join(older, part)));
  const name = relative(older, path);
  await replace(join(victim.dir, name), path);
  return `${name} of age ${victim.member.dirs.indexOf(older)}`;
}

/** Some parts as they were in an older age, and not all that have changed: that is the whole directory, see `rolledBack`. */
async function mixedAges(victim: Victim): Promise<string> {
  const age = victim.random(victim.age);
  const older = victim.member.dirs[age] ?? '';
  const same = async (part: string) =>
    JSON.stringify(await read(join(older, part))) === JSON.stringify(await read(join(victim.dir, part)));
  const changed: string[] = [];
  for (const part of parts) if (!(await same(part))) changed.push(part);
  const count = 1 + victim.random(changed.length - 1);
  const chosen = new Set<string>();
  while (chosen.size < count) chosen.add(pick(victim.random, changed));
  for (const part of chosen) await replace(join(victim.dir, part), join(older, part));
  return `${[...chosen].sort().join(', ')} of age ${age}`;
}

async function read(path: string): Promise<readonly [string, string][]> {
  const files = await filesOf(path);
  return Promise.all(files.map(async (file) => [relative(path, file), (await readFile(file)).toString('base64')]));
}

async function ofAnotherMember(victim: Victim): Promise<string> {
  const other = pick(
    victim.random,
    victim.sources.members.filter(({ name }) => name !== victim.member.name),
  );
  return mixWith(victim, other.dirs.at(-1) ?? '', other.name);
}

const ofAnotherCluster: Damage = (victim) => mixWith(victim, victim.sources.stranger, 'another cluster');

async function mixWith(victim: Victim, from: string, whose: string): Promise<string> {
  const part = pick(victim.random, parts);
  await replace(join(victim.dir, part), join(from, part));
  return `${part} of ${whose}`;
}

async function noRights(victim: Victim): Promise<string> {
  const path = victim.random(4) === 0 ? join(victim.dir, pick(victim.random, parts)) : await anyFile(victim, 0);
  await takeAway(path);
  return shown(victim, path);
}

/** Damages of a directory that was whole, by their names. */
export const damages: Readonly<Record<string, Damage>> = {
  'flipped bit': flipBit,
  'cut short': cutShort,
  'page of zeroes': zeroPage,
  missing: remove,
  swapped: swap,
  'older file': olderFile,
  'mixed ages': mixedAges,
  'part of another member': ofAnotherMember,
  'part of another cluster': ofAnotherCluster,
  'no rights': noRights,
};
