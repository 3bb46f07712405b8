import { execFileSync } from 'node:child_process';
import { constants } from 'node:fs';
import { mkdir, open, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Client, type WatchMessage } from '../../src/client/index.js';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { defineKind, schema } from '../../src/kinds/index.js';
import { buildIfMissing, SkepProcess } from '../support/cli-process.js';
import { Folder, openMember, type Ran, Running, skep } from '../support/cli-run.js';
import { until } from '../support/network-wait.js';

const jobs = defineKind({
  name: 'job',
  schema: schema.object({ queue: schema.text() }),
  indexes: { queue: (job) => job.queue },
});

let member: OpenReplica;
let folder: Folder;
let file: string;
const on = (...args: string[]): Promise<Ran> => skep(['--host', member.addr, ...args]);
/** Everything there is, by kind and id, without the times. */
const contentOf = ({ store }: OpenReplica) =>
  store.view((tx) =>
    [tx.nodes().find(), tx.services().find(), tx.secrets().find(), tx.kind(jobs).find()].flat().map(({ meta: _meta, ...rest }) => rest),
  ); // prettier-ignore

beforeEach(async () => {
  folder = await Folder.make();
  file = join(folder.path, 'saved.skep');
  member = await openMember({ kinds: [jobs] });
  await member.store.update((tx) => {
    tx.nodes().create({ id: 'n1', description: { hostname: 'one' } });
    tx.services().create({ id: 's1', spec: { annotations: { name: 'web' } } });
    tx.secrets().create({ id: 'x1', spec: { annotations: { name: 'key' }, data: 'aGk=' } });
    tx.kind(jobs).create({ id: 'j1', queue: 'mail' });
  });
  await member.store.update((tx) => tx.nodes().create({ id: 'n2' }));
});
afterEach(async () => {
  await member.close();
  await folder.remove();
});

/** What everybody would do after that: other objects, changed ones, and one less. */
const goOn = () =>
  member.store.update((tx) => {
    tx.nodes().delete('n2');
    tx.nodes().create({ id: 'n3' });
    tx.services().update({ id: 's1', spec: { annotations: { name: 'other' } } });
    tx.kind(jobs).create({ id: 'j2', queue: 'mail' });
  });

describe('skep snapshot on a terminal', () => {
  it('shows what it saves and restores, and removes the line', async () => {
    const lines: (readonly string[])[] = [];
    const screen = { show: (some: readonly string[]) => void lines.push(some) };
    const run = (...args: string[]) => skep(['--host', member.addr, 'snapshot', ...args], { screen });
    expect(await run('save', file)).toMatchObject({ code: 0, err: '' });
    expect(lines).toEqual([['saving  0.0 MiB'], []]);
    lines.length = 0;
    expect(await run('restore', file, '--yes')).toMatchObject({ code: 0, err: '' });
    expect(lines[0]?.[0]).toMatch(/^restoring {2}\[[█░]{20}\] {2}0\.0 MiB of 0\.0 MiB$/);
    expect(lines.at(-1)).toEqual([]);
  });
});

describe('skep snapshot save', () => {
  it('writes a file that only its owner can read, and says what is in it', async () => {
    const { code, out, err } = await on('snapshot', 'save', file);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const { size, mode } = await stat(file);
    expect(mode & 0o777).toBe(0o600);
    const { clusterId, lineage } = member.status();
    const lines = out.trimEnd().split('\n').map((line) => line.replace(/ {2,}/g, ' ')); // prettier-ignore
    expect(lines.slice(0, 2)).toEqual([
      `${file}: whole, ${size} bytes`,
      `cluster ${clusterId}, lineage ${lineage}, members m1`,
    ]);
    expect(lines[2]).toMatch(/^version 2 of 20\S+Z, 2 transactions of history$/);
    expect(lines.slice(4)).toEqual(
      expect.arrayContaining(['KIND OBJECTS', 'node 2', 'service 1', 'secret 1', 'job 1']),
    );
  });

  it('says the same when the file is inspected, without asking a member, in every format', async () => {
    const saved = await on('snapshot', 'save', file, '-o', 'json');
    const inspect = (format: string) => skep(['--host', '127.0.0.1:1', 'snapshot', 'inspect', file, '-o', format]);
    expect(await inspect('json')).toEqual(saved);
    expect(JSON.parse(saved.out)).toMatchObject({ file, version: 2, members: ['m1'], history: 2 });
    expect((await inspect('ndjson')).out.match(/\n/g)).toHaveLength(1);
    expect((await inspect('name')).out).toBe(`${file}\n`);
    expect((await inspect('table')).out).toContain(': whole, ');
  });

  it('leaves a file alone that is there already, unless it is forced: 4', async () => {
    await writeFile(file, 'precious');
    const ran = await on('snapshot', 'save', file);
    expect(ran).toEqual({ code: 4, out: '', err: `skep: ALREADY_EXISTS: ${file} is there already: another name, or --force\n` });
    expect(await readFile(file, 'utf8')).toBe('precious');
    expect(await readdir(folder.path)).toEqual(['saved.skep']);
    expect(await on('snapshot', 'save', file, '--force')).toMatchObject({ code: 0, err: '' });
  }); // prettier-ignore

  it('writes over an older file only when the new one is whole', async () => {
    await on('snapshot', 'save', file);
    const old = await readFile(file);
    const ran = await skep(['--host', '127.0.0.1:1', '--timeout', '300ms', 'snapshot', 'save', file, '--force']);
    expect(ran).toMatchObject({ code: 5, out: '' });
    expect(await readFile(file)).toEqual(old);
    expect(await readdir(folder.path)).toEqual(['saved.skep']);
    await goOn();
    expect((await on('snapshot', 'save', file, '--force', '-o', 'json')).out).toContain('"version": 3');
  });

  it('says where it cannot write', async () => {
    const ran = await on('snapshot', 'save', join(folder.path, 'nowhere', 'file'));
    expect(ran).toMatchObject({ code: 1, out: '' });
    expect(ran.err).toContain('nowhere');
  });
});

describe('skep snapshot save to what is no plain file', () => {
  const path = (name: string) => join(folder.path, name);

  it('writes through a pipe, and leaves it there', async () => {
    execFileSync('mkfifo', [path('pipe')]);
    const saving = on('snapshot', 'save', path('pipe'));
    const read = await readFile(path('pipe'));
    await writeFile(file, read);
    expect(await saving).toEqual({ code: 0, out: '', err: `saved ${read.length} bytes to ${path('pipe')}\n` });
    expect((await stat(path('pipe'))).isFIFO()).toBe(true);
    expect((await on('snapshot', 'inspect', file, '-o', 'json')).out).toContain('"version": 2');
  });

  it('is interrupted while nobody reads from the pipe', async () => {
    execFileSync('mkfifo', [path('pipe')]);
    const stop = new AbortController();
    const saving = skep(['--host', member.addr, 'snapshot', 'save', path('pipe')], { signal: stop.signal });
    await new Promise((resolve) => setTimeout(resolve, 300)); // it tries to open the pipe
    stop.abort();
    expect((await saving).code).toBe(130);
    const reader = await open(path('pipe'), constants.O_RDONLY | constants.O_NONBLOCK); // lets the writer go
    await new Promise((resolve) => setTimeout(resolve, 100));
    await reader.close();
  });

  it('writes to a device, and says when that fails', async () => {
    await symlink('/dev/full', path('full'));
    const { code, err } = await on('snapshot', 'save', path('full'));
    expect({ code, err }).toMatchObject({ code: 1, err: expect.stringMatching(/full cannot be written: ENOSPC/) as string });
    expect(await readlink(path('full'))).toBe('/dev/full');
    expect((await stat('/dev/full')).isCharacterDevice()).toBe(true);
  });

  it.each(['a file', 'no file yet'])('follows a symbolic link to %s', async (there) => {
    await mkdir(path('disk'));
    if (there === 'a file') await writeFile(path('disk/saved'), 'older');
    await symlink('disk/saved', path('second'));
    await symlink('second', path('first'));
    expect(await on('snapshot', 'save', path('first'), '--force')).toMatchObject({ code: 0, err: '' });
    expect(await readlink(path('first'))).toBe('second');
    expect(await readdir(path('disk'))).toEqual(['saved']);
    expect((await on('snapshot', 'inspect', path('disk/saved'), '-o', 'json')).out).toContain('"version": 2');
  });

  it('refuses a folder, and links in a circle', async () => {
    await symlink('circle', path('circle'));
    expect((await on('snapshot', 'save', folder.path)).err).toContain('is a directory');
    expect((await on('snapshot', 'save', path('circle'))).code).toBe(1);
    expect(await readdir(folder.path)).toEqual(['circle']);
  });

  it('writes to standard output with -, and nothing else there', async () => {
    buildIfMissing();
    const saving = new SkepProcess({ shell: `$SKEP --host ${member.addr} snapshot save - > ${file}` });
    expect(await saving.ended).toBe(0);
    const { size } = await stat(file);
    expect(saving.err).toBe(`saved ${size} bytes to standard output\n`);
    expect((await on('snapshot', 'inspect', file, '-o', 'json')).out).toContain('"version": 2');
  });
}); // prettier-ignore

describe('skep snapshot restore', () => {
  it('puts the old content in the place of everything, as the next version', async () => {
    const before = contentOf(member);
    await on('snapshot', 'save', file);
    await goOn();
    expect(contentOf(member)).not.toEqual(before);
    const ran = await on('snapshot', 'restore', file, '--yes');
    expect(ran).toEqual({ code: 0, out: 'restored 5 objects as version 4\n', err: '' });
    expect(member.store.version).toBe(4);
    expect(contentOf(member)).toEqual(before);
    // Names and indexes are those of the old content, too.
    expect(await on('inspect', 'service/other')).toMatchObject({ code: 3 });
    expect((await on('ls', 'jobs', '--where', 'queue=mail', '-o', 'name')).out).toBe('job/j1\n');
    const { version } = (await member.store.update((tx) => tx.nodes().create({ id: 'n4' }))).meta;
    expect(version).toBe(5);
  });

  const counts =
    /^KIND +NOW +IN THE FILE\nnode +2 +2\nservice +1 +1\nsecret +1 +1\njob +2 +1\nversion 3 now, version 2 in the file\n/;

  it('shows what would go, and refuses where nobody can be asked: 2', async () => {
    await on('snapshot', 'save', file);
    await goOn();
    const { code, out, err } = await on('snapshot', 'restore', file);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(counts);
    expect(err).toContain('nothing was changed; repeat with --yes');
    expect(member.store.version).toBe(3);
  });

  it.each([[true], [false]])('asks at a terminal, and does as it is told: %s', async (yes) => {
    await on('snapshot', 'save', file);
    await goOn();
    const asked: string[] = [];
    const confirm = (question: string) => Promise.resolve(yes).finally(() => asked.push(question));
    const { code, err } = await skep(['--host', member.addr, 'snapshot', 'restore', file], { confirm });
    expect(asked).toEqual(['Replace the whole current state with the saved one?']);
    expect(err).toMatch(counts);
    expect({ code, version: member.store.version }).toEqual(yes ? { code: 0, version: 4 } : { code: 1, version: 3 });
  });

  it('prints the version for scripts', async () => {
    await on('snapshot', 'save', file);
    expect((await on('snapshot', 'restore', file, '--yes', '-o', 'name')).out).toBe('3\n');
    expect(JSON.parse((await on('snapshot', 'restore', file, '--yes', '-o', 'json')).out)).toEqual({
      version: 4,
      objects: 5,
    });
  });

  it('tells watches to read again', async () => {
    await on('snapshot', 'save', file);
    const watching = new Running(['--host', member.addr, 'watch', '--from', '0']);
    await watching.until(7);
    const client = new Client({ hosts: [member.addr] });
    const seen: WatchMessage[] = [];
    const following = (async () => {
      for await (const message of client.messages({ snapshot: true })) seen.push(message);
    })().catch(() => undefined);
    await until('it stands', () => seen.at(-1)?.type === 'synced');
    await on('snapshot', 'restore', file, '--yes');
    const { code, err } = await watching.ended;
    expect(code).toBe(1);
    expect(err).toMatch(/^skep: RESYNC: /);
    await until('it stands again', () => seen.filter(({ type }) => type === 'synced').length === 2);
    expect(seen.some(({ type }) => type === 'resync')).toBe(true);
    expect(seen.at(-1)).toEqual({ type: 'synced', version: 3 });
    client.close();
    await following;
  });

  it.each<[string, (whole: Buffer) => Buffer]>([
    ['is cut short', (whole) => whole.subarray(0, whole.length - 40)],
    ['is cut to almost nothing', (whole) => whole.subarray(0, 20)],
    ['is empty', () => Buffer.alloc(0)],
    ['has a bit turned over', (whole) => flipped(whole, whole.length >> 1)],
    ['has another bit turned over at its end', (whole) => flipped(whole, whole.length - 1)],
    ['is of another format', (whole) => flipped(whole, 3)],
    ['has something behind it', (whole) => Buffer.concat([whole, Buffer.from('x')])],
  ])('changes nothing when the file %s: 7', async (_what, damage) => {
    await on('snapshot', 'save', file);
    await goOn();
    const before = contentOf(member);
    await writeFile(file, damage(await readFile(file)));
    for (const args of [['inspect', file], ['restore', file], ['restore', file, '--data-dir', join(folder.path, 'new'), '--name', 'x']]) {
      const ran = await on('snapshot', ...args);
      expect(ran).toMatchObject({ code: 7, out: '' });
      expect(ran.err).toContain(file);
    }
    expect(member.store.version).toBe(3);
    expect(contentOf(member)).toEqual(before);
    await expect(stat(join(folder.path, 'new'))).rejects.toThrow();
  }); // prettier-ignore

  function flipped(whole: Buffer, at: number): Buffer {
    const copy = Buffer.from(whole);
    copy[at] = (copy[at] ?? 0) ^ 1;
    return copy;
  }

  it.each([
    [
      'a file that is not there',
      ['restore', 'nowhere.skep'],
      1,
      /^skep: nowhere\.skep cannot be read: there is no such file\n$/,
    ],
    [
      'to inspect a file that is not there',
      ['inspect', 'nowhere.skep'],
      1,
      /^skep: nowhere\.skep cannot be read: there is no such file\n$/,
    ],
    ['a folder', ['inspect', '/'], 1, /^skep: \/ cannot be read: it is no plain file\n$/],
    ['a directory without a name', ['restore', 'FILE', '--data-dir', 'x'], 2, /--data-dir needs --name/],
    ['a name without a directory', ['restore', 'FILE', '--name', 'x'], 2, /--name needs --data-dir/],
    ['a name that is none', ['restore', 'FILE', '--data-dir', 'x', '--name', 'a b'], 2, /a member's name must be/],
  ])('says so when given %s', async (_what, args, code, says) => {
    await on('snapshot', 'save', file);
    const ran = await on('snapshot', ...args.map((arg) => (arg === 'FILE' ? file : arg)));
    expect(ran).toMatchObject({ code, out: '' });
    expect(ran.err).toMatch(says);
    expect(member.store.version).toBe(2);
  });
});

describe('skep snapshot restore --data-dir', () => {
  it('begins a new cluster with the old content, led by the member that is named', async () => {
    const before = contentOf(member);
    await on('snapshot', 'save', file);
    const dir = join(folder.path, 'new');
    const ran = await skep([
      '--host',
      '127.0.0.1:1',
      'snapshot',
      'restore',
      file,
      '--data-dir',
      dir,
      '--name',
      'first',
    ]);
    expect(ran.code).toBe(0);
    expect(ran.err).toBe(`begin with: skep manager --name first --data-dir ${dir}\n`);
    const reopened = await openMember({ name: 'first', dataDir: dir, kinds: [jobs] });
    try {
      expect(reopened.isLeader).toBe(true);
      expect(contentOf(reopened)).toEqual(before);
      expect(reopened.store.version).toBeGreaterThanOrEqual(2);
      const [theirs, ours] = [reopened.status(), member.status()];
      expect(theirs.clusterId).not.toBe(ours.clusterId);
      expect(theirs.lineage).not.toBe(ours.lineage);
      expect(ran.out).toContain(`cluster ${theirs.clusterId}, lineage ${theirs.lineage}, members first`);
      await reopened.store.update((tx) => tx.kind(jobs).create({ id: 'j9', queue: 'mail' }));
      expect(reopened.store.view((tx) => tx.kind(jobs).find(jobs.by('queue', 'mail')))).toHaveLength(2);
      const second = await openMember({ name: 'm2', join: [reopened.addr], kinds: [jobs] });
      expect(contentOf(second)).toEqual(contentOf(reopened));
      await second.close();
    } finally {
      await reopened.close();
    }
  });

  it('leaves a directory alone that holds a member', async () => {
    await on('snapshot', 'save', file);
    const dir = join(folder.path, 'held');
    const restore = () => skep(['snapshot', 'restore', file, '--data-dir', dir, '--name', 'first']);
    expect(await restore()).toMatchObject({ code: 0 });
    const held = await openMember({ name: 'first', dataDir: dir, kinds: [jobs] });
    await held.store.update((tx) => tx.nodes().create({ id: 'kept' }));
    const content = contentOf(held);
    await held.close();
    const again = await restore();
    expect(again).toMatchObject({ out: '' });
    expect(again.code).toBe(4);
    expect(again.err).toContain(`OTHER_PURPOSE: ${dir} holds a member already: give an empty directory`);
    const reopened = await openMember({ name: 'first', dataDir: dir, kinds: [jobs] });
    expect(contentOf(reopened)).toEqual(content);
    await reopened.close();
  });
});
