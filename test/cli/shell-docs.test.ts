import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { buildIfMissing, endAll, SkepProcess } from '../support/cli-process.js';
import { openMember } from '../support/cli-run.js';

const page = readFileSync(join(import.meta.dirname, '../../docs/shell-objects.md'), 'utf8');
const snippets = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, code = '']) => code);

describe('docs/shell-objects.md', () => {
  let member: OpenReplica;
  let folder: string;
  beforeAll(async () => {
    buildIfMissing();
    member = await openMember();
    folder = mkdtempSync(join(tmpdir(), 'skep-docs-'));
  });
  afterAll(async () => {
    await endAll();
    await member.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('has snippets', () => expect(snippets.length).toBe(3));

  it.each(snippets)('shows what runs: %#', { timeout: 60_000 }, async (code) => {
    const before = `set -e; cd ${folder}; export SKEP_HOST=${member.addr}; skep() { $SKEP "$@"; }`;
    const ran = new SkepProcess({ shell: `${before}\n${code}` });
    expect(await ran.ended, `${ran.out}${ran.err}`).toBe(0);
  });
});
