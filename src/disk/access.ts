import { access, constants, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { lockName } from './database.js';
import { isMissing } from './files.js';

/**
 * Opens every file of a member for reading and writing, and closes it again, before LevelDB may touch the directory:
 * LevelDB deletes a log file that it may not read. Rejects with the system's error; a missing part is skipped.
 */
export async function checkAccess(dir: string, parts: readonly string[]): Promise<void> {
  await checkOne(dir);
  for (const part of parts) await checkTree(join(dir, part));
}

async function checkTree(path: string): Promise<void> {
  const found = await checkOne(path);
  if (found?.isDirectory()) for (const name of await readdir(path)) await checkTree(join(path, name));
}

async function checkOne(path: string) {
  try {
    const found = await stat(path);
    const { R_OK, W_OK, X_OK } = constants;
    if (found.isDirectory()) await access(path, R_OK | W_OK | X_OK);
    // Closing the file of a lock that this process holds would let the lock go.
    else if (path.endsWith(`/${lockName}`)) await access(path, R_OK | W_OK);
    else if (found.isFile()) await (await open(path, 'r+')).close();
    return found;
  } catch (error) {
    if (isMissing(error) || (error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}
