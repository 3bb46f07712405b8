import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { binary, buildIfMissing, endAll, SkepProcess } from '../support/cli-process.js';
import { withFreePorts } from '../support/snippets.js';

const docs = join(import.meta.dirname, '../../docs/howto');
const blocksOf = (page: string) =>
  [...readFileSync(join(docs, page), 'utf8').matchAll(/```sh\n([\s\S]*?)```/g)].map(([, code = '']) => code);

/** Commands of a page as one script: all blocks, in order, in a folder of their own. */
let folder: string;
beforeAll(() => {
  buildIfMissing();
  folder = mkdtempSync(join(tmpdir(), 'skep-howto-'));
  writeFileSync(join(folder, 'skep'), `#!/bin/sh\nexec ${process.execPath} ${binary} "$@"\n`);
  chmodSync(join(folder, 'skep'), 0o755);
});
afterAll(async () => {
  await endAll();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** What is left of the members when a script fails ends with it. */
const ends =
  'trap \'set +e; for file in *.pid; do test -e "$file" && kill -9 $(cat "$file") 2>/dev/null; done; kill -9 $(jobs -p) 2>/dev/null\' EXIT';

async function runPage(page: string, before = ''): Promise<string> {
  const dir = mkdtempSync(join(folder, 'run-'));
  const script = [
    'set -e',
    `cd ${dir}`,
    `export PATH=${folder}:$PATH HOME=${dir} XDG_RUNTIME_DIR=${dir}`,
    ends,
    before,
    ...blocksOf(page),
  ].join('\n');
  const ran = new SkepProcess({ shell: await withFreePorts(script) });
  expect(await ran.ended, `${ran.out}${ran.err}`).toBe(0);
  return ran.out;
}

/** Three members that run, and functions as those of the page about moving. */
const three = `
peers=127.0.0.1:4371,127.0.0.1:4372,127.0.0.1:4373
start() { skep manager --name $1 --data-dir data/$1 --listen $2 --peers $peers >> $1.log 2>&1 & echo $! > $1.pid; }
stop() { kill $(cat $1.pid); wait $(cat $1.pid); }
restart() { stop $1; case $1 in m1) start m1 127.0.0.1:4371;; m2) start m2 127.0.0.1:4372;; m3) start m3 127.0.0.1:4373;; esac; }
start m1 127.0.0.1:4371
start m2 127.0.0.1:4372
start m3 127.0.0.1:4373
export SKEP_HOST=$peers
until skep status --check > status.txt 2>&1; do sleep 0.5; done`;

describe('the how-tos', () => {
  it('move members one after another, and all at once', { timeout: 240_000 }, async () => {
    expect(await runPage('move.md')).toContain('here\n');
  });

  it('restore into a running and into a new cluster', { timeout: 240_000 }, async () => {
    await runPage('restore.md', `${three}\n`);
  });

  it('upgrade three members in turn', { timeout: 240_000 }, async () => {
    const out = await runPage('upgrade.md', three);
    expect(out.match(/ voter .*yes$/gm)).toHaveLength(3);
  });
});
