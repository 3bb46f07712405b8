import { spawnSync } from 'node:child_process';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type ArchiveEntry, packArchive, readArchive } from '../../../src/fleet/index.js';

const entries: ArchiveEntry[] = [
  { path: 'run/', type: 'directory', mode: 0o700, uid: 1, gid: 2, mtime: new Date(5_000) },
  {
    path: 'run/secret',
    type: 'file',
    content: Buffer.from('s3cret'),
    mode: 0o400,
    uid: 1_000,
    gid: 1_001,
    mtime: new Date(5_000),
  },
  {
    path: `run/${'long/'.repeat(60)}é.txt`,
    type: 'file',
    content: Buffer.from('x'.repeat(513)),
    mode: 0o644,
    uid: 0,
    gid: 0,
    mtime: new Date(0),
  },
  {
    path: 'run/empty',
    type: 'file',
    content: Buffer.alloc(0),
    mode: 0o644,
    uid: 3_000_000,
    gid: 0,
    mtime: new Date(0),
  },
  { path: 'run/link', type: 'symlink', linkTarget: 'secret', mode: 0o777, uid: 0, gid: 0, mtime: new Date(0) },
];

describe('packArchive', () => {
  it('keeps names, contents, owners, rights and times through readArchive', async () => {
    expect(await readArchive(Readable.from([packArchive(entries)]), 1_000)).toEqual(entries);
  });

  it('makes what tar can list', () => {
    const { stdout, status } = spawnSync('tar', ['-tvf', '-', '--numeric-owner'], {
      input: packArchive(entries),
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    expect(stdout).toMatch(/-r-------- 1000\/1001\s+6 .* run\/secret\n/);
    expect(stdout).toMatch(/lrwxrwxrwx .* run\/link -> secret\n/);
  });

  it('makes the same archive of the same files', () => {
    const files = [{ path: 'a', content: 'b' }];
    expect(packArchive(files).equals(packArchive(files))).toBe(true);
  });
});

describe('readArchive', () => {
  it('takes as many bytes as it was told, and no more', async () => {
    const archive = packArchive([
      { path: 'a', content: 'x'.repeat(600) },
      { path: 'b', content: 'x'.repeat(400) },
    ]);
    expect(await readArchive(Readable.from([archive]), 1_000)).toHaveLength(2);
    await expect(readArchive(Readable.from([archive]), 999)).rejects.toMatchObject({ code: 'TOO_LARGE' });
  });

  it.each([
    ['junk', Buffer.alloc(2_048, 'x')],
    ['an archive that ends within a file', packArchive([{ path: 'a', content: 'x'.repeat(2_000) }]).subarray(0, 1_024)],
  ])('refuses %s', async (_, bytes) => {
    await expect(readArchive(Readable.from([bytes]), 1e6)).rejects.toMatchObject({ code: 'BAD_ANSWER' });
  });
});
