import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../../scripts/waiting.js';
import { parseList } from '../../../src/discovery/backends/file.js';
import { createBackend } from '../../../src/discovery/index.js';
import { Seen, virtualTime } from '../../support/discovery-watch.js';

describe('a file of addresses', () => {
  it.each([
    ['', []],
    ['a:1\nb:2', ['a:1', 'b:2']],
    ['  a:1\r\n\r\n\n\tb:2  \n', ['a:1', 'b:2']],
    ['# all of them\na:1 # the first\n#b:1\nc:1#d:1', ['a:1', 'c:1']],
    ['10.0.0.[1:2]:5\nb:[8:9]0', ['10.0.0.1:5', '10.0.0.2:5', 'b:80', 'b:90']],
    ['a[2:1]:5', []],
  ])('%j has %j', (text, addresses) => {
    expect(parseList(text)).toEqual(addresses);
  });
});

describe('file://', () => {
  let folder: string;
  let path: string;
  let seen: Seen;
  const { clock, pass } = virtualTime();

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skep-file-'));
    path = join(folder, 'cluster');
  });
  afterEach(async () => {
    seen.stop();
    await rm(folder, { recursive: true });
  });

  /** As editors do it: a reader never sees a part. */
  async function write(text: string): Promise<void> {
    await writeFile(`${path}.new`, text);
    await rename(`${path}.new`, path);
  }

  /** A heartbeat, and what the file system has to say after it. */
  async function beat(count: number): Promise<void> {
    await pass(1_000);
    await until('the file is read', () => seen.told.length >= count);
  }

  async function open(): Promise<void> {
    seen = new Seen((await createBackend(`file://${path}`, { heartbeatMs: 1_000, clock })).watch());
    await until('the file is read', () => seen.told.length === 1);
  }

  it('is read at once, and again every heartbeat; another order is no change', async () => {
    await write('a:1\nb:1\n');
    await open();
    await write('b:1\na:1\n');
    await pass(1_000);
    await write('c:1\n');
    await until('the change is told', async () => (await pass(1_000), seen.told.length > 1));
    expect(seen.told).toEqual(['a:1 b:1', 'c:1']);
  });

  it('that is missing is an error each time, and is picked up when it is there', async () => {
    await open();
    await beat(2);
    const error = `! failed to read '${path}': ENOENT: no such file or directory, open '${path}'`;
    expect(seen.told).toEqual([error, error]);
    await write('a:1');
    await beat(3);
    expect(seen.last).toBe('a:1');
  });

  it('that is wrong for a while leaves the list as it was', async () => {
    await write('a:1');
    await open();
    await write('a');
    await beat(2);
    await write('a:1 # again');
    await pass(1_000);
    await write('b:1');
    await until('the change is told', async () => (await pass(1_000), seen.list === 'b:1'));
    expect(seen.told.slice(0, 2)).toEqual(['a:1', `! failed to read '${path}': address a: missing port in address`]);
    expect(seen.told.filter((text) => text === 'a:1')).toHaveLength(1);
  });

  it('leaves no timer behind when the watch ends', async () => {
    await write('a:1');
    await open();
    seen.stop();
    await rm(path);
    await pass(10_000);
    expect(seen.told).toEqual(['a:1']);
  });

  it('takes no registrations', async () => {
    await open();
    const backend = await createBackend(`file://${path}`);
    await expect(backend.register('a:1')).rejects.toMatchObject({ code: 'NOT_IMPLEMENTED' });
  });
});
