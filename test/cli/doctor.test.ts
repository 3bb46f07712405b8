import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../src/cli/index.js';
import { Folder, openMember, skep } from '../support/cli-run.js';
import { copyDir, flipBit } from '../support/disk-data.js';

let folder: Folder;
let written: string;
let dir: string;
let copies = 0;

beforeAll(async () => {
  folder = await Folder.make();
  written = join(folder.path, 'written');
  const member = await openMember({ dataDir: written, snapshotInterval: 4 });
  for (const id of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'])
    await member.store.update((tx) => tx.tasks().create({ id }));
  await member.store.update((tx) => tx.services().create({ spec: { annotations: { name: 'web' } } }));
  await member.close();
});
afterAll(() => folder.remove());
beforeEach(async () => {
  dir = await copyDir(written, join(folder.path, `m${++copies}`));
});

const snapshotFile = async () => join(dir, 'snapshots', (await readdir(join(dir, 'snapshots'))).at(-1) ?? '');
const diagnosed = async () => JSON.parse((await skep(['doctor', dir, '-o', 'json'])).out) as Diagnosis;

describe('skep doctor', () => {
  it('says that a directory is whole, and what is in it: 0', async () => {
    const { code, out, err } = await skep(['doctor', dir]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const [member, knew, blank, heading, ...lines] = out.trimEnd().split('\n');
    expect(member).toMatch(/^member m1, id \d+, state member$/);
    expect(knew).toMatch(/^term \d+, vote for \d+, commit \d+, last index \d+, snapshot of version \d+$/);
    expect(blank).toBe('');
    expect(heading).toMatch(/^PART +STATE +WHAT$/);
    expect(lines.slice(0, -2).map((line) => line.split(/ +/).slice(0, 2).join(' '))).toEqual([
      'identity whole', 'ballot whole', 'mark whole', 'log whole', 'snapshots whole',
      expect.stringMatching(/^snapshots\/\d{16}-\d{16}\.snap whole$/),
    ]); // prettier-ignore
    expect(lines.find((line) => line.startsWith('log'))).toMatch(/entries \d+ to \d+ \(\d+, \d+ bytes\), term/);
    expect(lines.find((line) => line.includes('.snap'))).toMatch(
      /version \d+, members m1; node 0, service \d, task \d/,
    );
    expect(lines.at(-1)).toBe(`${dir} is whole`);
  });

  it('has exactly the keys that are promised', async () => {
    const diagnosis = await diagnosed();
    expect(Object.keys(diagnosis)).toEqual(['dir', 'verdict', 'advice', 'member', 'parts']);
    expect(diagnosis).toMatchObject({ dir, verdict: 'whole', advice: null });
    const { member, parts } = diagnosis;
    expect(member).toEqual({
      name: 'm1',
      id: expect.stringMatching(/^\d+$/) as string,
      state: 'member',
      term: expect.any(Number) as number,
      vote: member.id,
      commit: expect.any(Number) as number,
      lastIndex: expect.any(Number) as number,
      version: expect.any(Number) as number,
    });
    for (const part of parts)
      expect(Object.keys(part)).toEqual(['part', 'whole', 'needed', 'says', 'wrong', 'notes', 'details']);
    const [identity, ballot, mark, log, snapshots, snapshot] = parts.map(({ details }) => details);
    expect(identity).toEqual({
      directory: expect.stringMatching(/^\d+$/) as string, memberId: member.id, name: 'm1', state: 'member',
    }); // prettier-ignore
    expect(ballot).toMatchObject({ slots: [{ term: member.term }, { term: member.term }] });
    expect(mark).toMatchObject({ slots: [expect.anything(), expect.anything()] });
    expect(log).toMatchObject({
      lastIndex: member.lastIndex, commit: member.commit, chain: expect.stringMatching(/^[0-9a-f]{8}$/) as string, brokenFrom: null,
    }); // prettier-ignore
    expect(snapshots).toEqual({ files: 1 });
    expect(snapshot).toMatchObject({
      confState: { voters: [Number(member.id)] },
      content: {
        clusterId: expect.any(String) as string,
        lineage: expect.any(String) as string,
        version: member.version,
        members: [{ id: member.id, name: 'm1' }],
        objects: { node: 0, network: 0, cluster: 0 },
      },
    });
  });

  it('is one line as ndjson, and one word as a name', async () => {
    const { out } = await skep(['doctor', dir, '-o', 'ndjson']);
    expect(out.split('\n')).toEqual([expect.any(String), '']);
    expect(JSON.parse(out)).toEqual(await diagnosed());
    expect((await skep(['doctor', dir, '-o', 'name'])).out).toBe('whole\n');
  });

  it('says all that is wrong, and what to do: 7', async () => {
    await rm(join(dir, 'ballot'));
    await flipBit(await snapshotFile(), 20, 1);
    const { code, out, err } = await skep(['doctor', dir]);
    expect({ code, err }).toEqual({ code: 7, err: '' });
    expect(out).toMatch(/^ballot +damaged$/m);
    expect(out).toMatch(/^ballot +wrong +the ballot is missing$/m);
    expect(out).toMatch(/^snapshots\/\S+ +wrong +the snapshot .* has a wrong checksum$/m);
    expect(out).toMatch(/^log +whole/m);
    expect(out).toContain('term ?, vote ?, commit');
    expect(out).toContain(`${dir} is damaged: move the directory away, remove the member from the cluster`);
    const { verdict, advice, member, parts } = await diagnosed();
    expect({ verdict, advice }).toEqual({
      verdict: 'damaged',
      advice: expect.stringContaining('join again') as string,
    });
    expect(member).toMatchObject({ name: 'm1', term: null, vote: null, version: null });
    expect(parts.filter(({ whole }) => !whole).map(({ part }) => part)).toEqual([
      'ballot',
      expect.stringMatching(/snap$/),
    ]);
  });

  it('does not mind a torn slot, and says so: 0', async () => {
    await flipBit(join(dir, 'ballot'), 9, 1);
    const { code, out } = await skep(['doctor', dir]);
    expect(code).toBe(0);
    expect(out).toMatch(/^ballot +whole +.*one slot is whole$/m);
    expect(out).toMatch(/^ballot +note +the first slot is not whole: the next start mends it from the other$/m);
  });

  it('leaves a directory that its member can go on with', async () => {
    const before = await diagnosed();
    const member = await openMember({ dataDir: dir });
    expect(member.store.view((tx) => tx.tasks().find().length)).toBe(9);
    await member.close();
    expect(before.verdict).toBe('whole');
  });

  it('finds no member where there is none: 3', async () => {
    const empty = join(folder.path, 'empty');
    await mkdir(empty, { recursive: true });
    for (const path of [empty, join(folder.path, 'nowhere')])
      expect(await skep(['doctor', path])).toEqual({
        code: 3,
        out: '',
        err: `skep: there is no member in ${path}; give the data directory of a member\n`,
      });
  });

  it('does not look at the directory of a member that runs: 4', async () => {
    const script = `const { Level } = require('level');
      new Level(${JSON.stringify(join(dir, 'log'))}).open().then(() => console.log('open'));
      setInterval(() => undefined, 1_000);`;
    const other = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const gone = once(other, 'exit');
    try {
      await once(other.stdout, 'data');
      for (let again = 0; again < 2; again++) {
        const { code, out, err } = await skep(['doctor', dir]);
        expect({ code, out }).toEqual({ code: 4, out: '' });
        expect(err).toBe(`skep: LOCKED: ${join(dir, 'log')} is in use by another process: stop that one first\n`);
      }
    } finally {
      other.kill();
      await gone;
    }
    expect((await skep(['doctor', dir])).code).toBe(0);
  });

  it('needs a directory: 2', async () => {
    const { code, err } = await skep(['doctor']);
    expect(code).toBe(2);
    expect(err).toContain("missing required argument 'dir'");
  });

  it('can be interrupted: 130', async () => {
    expect(await skep(['doctor', dir], { signal: AbortSignal.abort() })).toEqual({ code: 130, out: '', err: '' });
  });
});
