import { lchownSync, readdirSync } from 'node:fs';
import { chmod, chown } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';

/** Root may read everything: the directories are another user's then, and so is the process that judges them. */
const nobody = 65_534;
const isRoot = process.getuid?.() === 0;

/** Options of a process that has no more rights than it needs. */
export const user: { readonly uid?: number; readonly gid?: number } = isRoot ? { uid: nobody, gid: nobody } : {};

/** Gives everything below `dir` to who judges it. */
export function giveToUser(dir: string): void {
  if (!isRoot) return;
  lchownSync(dir, nobody, nobody);
  for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' }))
    lchownSync(join(dir, name), nobody, nobody);
}

/** Takes the right to read and write a file away from who judges it. */
export async function takeAway(path: string): Promise<void> {
  if (isRoot) await chown(path, 0, 0);
  await chmod(path, isRoot ? 0o700 : 0);
}
