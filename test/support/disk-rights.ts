import { spawnSync } from 'node:child_process';
import { lchownSync, readdirSync } from 'node:fs';
import { chmod, chown } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { binary, buildIfMissing } from './cli-process.js';

/** A user without rights of its own, for tests that run as root, who may read everything. */
const nobody = 65_534;
const isRoot = process.getuid?.() === 0;

/** Gives a directory and everything in it to the user that {@link skepAsUser} runs as. */
export function giveToUser(dir: string): void {
  if (!isRoot) return;
  lchownSync(dir, nobody, nobody);
  for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' }))
    lchownSync(join(dir, name), nobody, nobody);
}

/** Makes a file one that the user may not read. Resolves with what takes that back. */
export async function takeAway(path: string, mode: number): Promise<() => Promise<void>> {
  if (isRoot) await chown(path, 0, 0);
  await chmod(path, mode);
  return async () => {
    await chmod(path, 0o700);
    if (isRoot) await chown(path, nobody, nobody);
  };
}

/** Runs the command as a user who may not do everything, to its end. */
export function skepAsUser(...args: readonly string[]): { code: number | null; out: string; err: string } {
  buildIfMissing();
  const as = isRoot ? { uid: nobody, gid: nobody } : {};
  const { status, stdout, stderr } = spawnSync(process.execPath, [binary, ...args], {
    encoding: 'utf8',
    timeout: 60_000,
    ...as,
  });
  return { code: status, out: stdout, err: stderr };
}
