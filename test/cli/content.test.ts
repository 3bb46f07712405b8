import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { configBytesMax, secretBytesMax } from '../../src/kinds/index.js';
import { Folder, openMember, type Ran, skep } from '../support/cli-run.js';

let member: OpenReplica;
let folder: Folder;
let file: string;
const on = (...args: string[]): Promise<Ran> => skep(['--host', member.addr, ...args]);

beforeAll(async () => {
  member = await openMember();
  folder = await Folder.make();
  file = join(folder.path, 'content');
  await writeFile(file, Buffer.from([0, 255, 104, 105, 10])); // no text
});
afterAll(async () => {
  await member.close();
  await folder.remove();
});

const stored = (kind: 'secret' | 'config', id: string) => member.store.view((tx) => tx[`${kind}s` as const]().get(id));

describe.each(['secret', 'config'] as const)('skep %s create', (kind) => {
  it('makes one of a file, byte for byte, and prints its id', async () => {
    const ran = await on('--actor', 'ann', kind, 'create', 'app.key', file, '--label', 'tier=a', 'empty', 'is=x=y');
    expect(ran).toMatchObject({ code: 0, err: '' });
    const object = stored(kind, ran.out.trimEnd());
    expect(object?.spec.annotations).toMatchObject({ name: 'app.key', labels: { tier: 'a', empty: '', is: 'x=y' } });
    expect([...Buffer.from(object?.spec.data ?? '', 'base64')]).toEqual([0, 255, 104, 105, 10]);
    expect(member.store.transaction(member.store.version)?.actor).toBe('ann');
  });

  it('shows the data of a config, and never that of a secret', async () => {
    const { out } = await on(kind, 'inspect', 'app.key');
    const { spec } = JSON.parse(out) as { spec: { data: string } };
    expect(spec.data).toBe(kind === 'secret' ? '' : Buffer.from([0, 255, 104, 105, 10]).toString('base64'));
    for (const args of [
      ['ls', '-o', 'json'],
      ['inspect', 'app.key', '-o', 'ndjson'],
    ])
      expect((await on(kind, ...args)).out.includes('AP9oaQo=')).toBe(kind === 'config');
    expect((await on('history', `${kind}/app.key`, '-o', 'json')).out.includes('AP9oaQo=')).toBe(kind === 'config');
  });

  it('is listed, found and removed by its name', async () => {
    expect((await on(kind, 'ls', '-o', 'name')).out).toBe('app.key\n');
    expect((await on(`${kind}`, 'rm', 'APP.KEY')).code).toBe(0);
    expect((await on(kind, 'ls', '-o', 'name')).out).toBe('');
  });

  it.each<[string, string[], number, RegExp]>([
    ['a file that is not there', ['a', 'nowhere'], 1, /nowhere cannot be read: /],
    ['a bad name', ['a b', 'FILE'], 7, /spec\.annotations\.name "a b" must be at most 64 letters/],
    ['an empty file', ['empty', '/dev/null'], 7, /spec\.data must not be empty/],
    ['too much', ['large', 'LARGE'], 7, /spec\.data: must be at most \d+ bytes|spec\.data must be at most \d+ bytes/],
    ['no file', ['a'], 2, /missing required argument 'file'/],
  ])('says so when given %s', async (_what, args, code, says) => {
    const large = join(folder.path, 'large');
    await writeFile(large, Buffer.alloc((kind === 'secret' ? secretBytesMax : configBytesMax) + 1, 1));
    const given = args.map((arg) => ({ FILE: file, LARGE: large })[arg] ?? arg);
    const ran = await on(kind, 'create', ...given);
    expect(ran).toMatchObject({ code, out: '' });
    expect(ran.err).toMatch(says);
    expect(ran.err.length).toBeLessThan(500);
    expect((await on(kind, 'ls', '-o', 'name')).out).toBe('');
  });

  it('takes as much as there may be', async () => {
    const most = join(folder.path, 'most');
    await writeFile(most, Buffer.alloc(kind === 'secret' ? secretBytesMax : configBytesMax, 1));
    const made = await on(kind, 'create', 'most', most, '-o', 'json');
    expect(made).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(made.out)).toEqual([{ kind, id: expect.any(String) as string, name: 'most' }]);
    await on(kind, 'rm', 'most');
  });

  it('does not take the name of another', async () => {
    await on(kind, 'create', 'once', file);
    expect(await on(kind, 'create', 'ONCE', file)).toMatchObject({ code: 4, out: '' });
    await on(kind, 'rm', 'once');
  });
});
