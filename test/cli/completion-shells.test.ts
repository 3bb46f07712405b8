import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Shell, shells } from '../../src/cli/completion-scripts.js';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { defineKind, schema as s } from '../../src/kinds/index.js';
import { binary, buildIfMissing } from '../support/cli-process.js';
import { openMember } from '../support/cli-run.js';

const run = promisify(execFile);
const job = defineKind({ name: 'job', schema: s.object({ queue: s.text('main') }) });
const has = (shell: string) => spawnSync(shell, ['-c', 'true']).error === undefined;

/** Completes a line in a real shell, and prints what the shell would offer, one a line. */
const completing: Readonly<Record<Shell, (line: string) => string>> = {
  bash: (line) => `
    source <(skep completion bash)
    COMP_LINE='${line}' COMP_POINT=${line.length}
    $(complete -p skep | sed 's/.*-F \\([^ ]*\\).*/\\1/') skep
    printf '%s\\n' "\${COMPREPLY[@]}"`,
  // What the functions of the completion system get to see.
  zsh: (line) => `
    compdef() { [[ $1 == _skep && $2 == skep ]] || print wrong }
    compadd() { while [[ $1 != -- ]]; do shift; done; shift; print -l -- "$@" }
    _files() { print FILES }
    source <(skep completion zsh)
    words=(${line
      .split(' ')
      .map((word) => `'${word}'`)
      .join(' ')}); CURRENT=$#words
    _skep`,
  fish: (line) => `skep completion fish | source; complete -C '${line}' | string replace -r '\\t.*' ''; true`,
};

let member: OpenReplica;
let folder: string;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  buildIfMissing();
  member = await openMember({ kinds: [job] });
  await member.store.update((tx) => {
    tx.services().create({ spec: { annotations: { name: 'web' } } });
    for (const id of ['mail-1', 'mail-2', 'report']) tx.kind(job).create({ id });
  });
  folder = mkdtempSync(join(tmpdir(), 'skep-shells-'));
  const skep = join(folder, 'skep');
  writeFileSync(skep, `#!/bin/sh\nexec ${process.execPath} ${binary} "$@"\n`);
  chmodSync(skep, 0o755);
  const { SKEP_REQUIRE_ALL: _, ...rest } = process.env;
  env = { ...rest, HOME: folder, PATH: `${folder}:${process.env.PATH}`, SKEP_HOST: member.addr };
});
afterAll(async () => {
  await member.close();
  rmSync(folder, { recursive: true, force: true });
});

async function offered(shell: Shell, line: string, extra: NodeJS.ProcessEnv = {}): Promise<string[]> {
  const args = shell === 'bash' ? ['--norc', '-c'] : shell === 'zsh' ? ['-f', '-c'] : ['--no-config', '-c'];
  const { stdout } = await run(shell, [...args, completing[shell](line)], { cwd: folder, env: { ...env, ...extra } });
  return stdout
    .split('\n')
    .filter((one) => one !== '')
    .sort();
}

// bash is on every machine that runs these tests; the others where they are installed.
describe.each(shells.map((shell) => ({ shell })))('completion in $shell', ({ shell }) => {
  it.runIf(shell === 'bash' || has(shell))(
    'offers commands, options, kinds and ids',
    { timeout: 120_000 },
    async () => {
      expect(await offered(shell, 'skep sta')).toEqual(['stack', 'status']);
      expect(await offered(shell, 'skep status --us')).toEqual(['--use']);
      expect(await offered(shell, 'skep get jo')).toEqual(['job/']);
      expect(await offered(shell, 'skep get job/mail')).toEqual(['job/mail-1', 'job/mail-2']);
      expect(await offered(shell, 'skep service inspect ')).toEqual(['web']);
      expect(await offered(shell, 'skep nonsense zz')).toEqual(shell === 'zsh' ? ['FILES'] : []);
    },
  );

  it.runIf(shell === 'bash' || has(shell))('reads a host with a port in the line', { timeout: 120_000 }, async () => {
    const line = `skep --host ${member.addr} ls j`;
    expect(await offered(shell, line, { SKEP_HOST: '127.0.0.1:1' })).toEqual(['jobs']);
  });
});

describe('completion in bash', () => {
  it('replaces only what stands behind a colon, as bash has it', { timeout: 60_000 }, async () => {
    await member.store.update((tx) => tx.kind(job).create({ id: 'at:1' }));
    expect(await offered('bash', 'skep get job/at:')).toEqual(['1']);
  });
});
