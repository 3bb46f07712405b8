import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DamageError } from '../base/damage.js';
import { fileMode, isMissing, replaceFile, syncDir } from './files.js';

// Files that forbid a start of the directory, with the reason. Written first and removed last.

const restoring = 'restoring';
const damaged = 'damaged';

export const noteNames: readonly string[] = [restoring, damaged];

const restoreAdvice =
  'run the restore again (skep snapshot restore FILE --data-dir DIR), or empty the directory to begin without it';

/**
 * Notes that a restore into this directory is under way: until it is done there is no member, and the directory is not
 * empty either.
 */
export async function noteRestore(dir: string): Promise<void> {
  const handle = await open(join(dir, restoring), 'w', fileMode);
  await handle.sync();
  await handle.close();
  await syncDir(dir);
}

/** Ends the restore; durable when it resolves. */
export async function endRestore(dir: string): Promise<void> {
  await rm(join(dir, restoring), { force: true });
  await syncDir(dir);
}

export const isRestoring = async (dir: string): Promise<boolean> => (await read(dir, restoring)) !== undefined;

/** Notes that the leader has found this member damaged, beyond what its own files show: it must not start again. */
export async function noteDamage(dir: string, what: string): Promise<void> {
  await replaceFile(join(dir, damaged), async (handle) => {
    await handle.writeFile(`${what}\n`);
  });
}

/** Returns the reason why the directory must not be started, if a note gives one. */
export async function forbidden(dir: string): Promise<DamageError | undefined> {
  if (await isRestoring(dir))
    return new DamageError(`a restore into ${dir} was begun and not finished`, { advice: restoreAdvice });
  const what = await read(dir, damaged);
  return what === undefined ? undefined : new DamageError(`this member was stopped before, as damaged: ${what.trim()}`);
}

async function read(dir: string, name: string): Promise<string | undefined> {
  try {
    return await readFile(join(dir, name), 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
