import { access, mkdir, readdir, realpath, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Level } from 'level';
import { DamageError } from '../base/damage.js';
import { messageOf } from '../base/errors.js';
import { isMissing } from './files.js';
import { inUse, isPassing, reasonOf } from './trouble.js';

export type Database = Level<string, Uint8Array>;

/** LevelDB's lock: a lock of the system on this file, of one process. */
export const lockName = 'LOCK';

/**
 * Databases that this process has open. The system gives a lock to the process that has it already, and takes it away
 * from the first user when the second one is done.
 */
const openHere = new Set<string>();

/**
 * Opens LevelDB, or makes it.
 *
 * @param name What to call it in errors, when `path` is not what people know.
 * @throws {DamageError} when it is there and cannot be opened.
 */
export async function openDatabase(path: string, create: boolean, name = path): Promise<Database> {
  // LevelDB would make the directory; and it begins to open as soon as it is built.
  if (!create)
    await readdir(path).catch((cause: unknown) => {
      if (isPassing(cause)) throw cause;
      throw new DamageError(`the log in ${name} cannot be read (${messageOf(cause)})`, { cause });
    });
  const db: Database = new Level(path, {
    keyEncoding: 'utf8',
    valueEncoding: 'view',
    createIfMissing: create,
    errorIfExists: create,
  });
  try {
    await db.open();
  } catch (cause) {
    if ((cause as { cause?: { code?: string } }).cause?.code === 'LEVEL_LOCKED') throw inUse(name, { cause });
    if (create || isPassing(cause)) throw cause;
    const says = reasonOf(cause).replaceAll(path, name);
    throw new DamageError(`the log in ${name} cannot be opened (${says})`, { cause });
  }
  const real = await realpath(path);
  openHere.add(real);
  db.once('closed', () => openHere.delete(real));
  return db;
}

/**
 * Holds the lock of a database without opening it, which would change its files. Opens an empty database in `room` whose
 * lock file is the other one's. Throws when another process has it open. Resolves with a function that releases it.
 */
export async function holdLock(path: string, room: string): Promise<() => Promise<void>> {
  const lock = join(path, lockName);
  const free = await access(lock).then(
    () => false,
    (error: unknown) => {
      if (isMissing(error) || (error as NodeJS.ErrnoException).code === 'ENOTDIR') return true; // LevelDB would make it
      throw error;
    },
  );
  if (free) return () => Promise.resolve();
  if (openHere.has(await realpath(path))) throw inUse(path);
  await mkdir(room);
  await symlink(await realpath(lock), join(room, lockName));
  const db = await openDatabase(room, true, path);
  return () => db.close();
}
