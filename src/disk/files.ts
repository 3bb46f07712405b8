import { constants } from 'node:fs';
import { mkdir, open, rename, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Only the owner: the log holds everything that the cluster knows. */
export const fileMode = 0o600;
const dirMode = 0o700;

export async function makeDir(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: dirMode });
}

/** A renamed or new file is only as durable as the directory that names it. */
export async function syncDir(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes a whole file so that after a crash there is the old one or the new one, never a part. */
export async function replaceFile(path: string, fill: (handle: FileHandle) => Promise<void>): Promise<void> {
  const temporary = join(dirname(path), `.${path.slice(dirname(path).length + 1)}.tmp`);
  const handle = await open(temporary, 'w', fileMode);
  try {
    await fill(handle);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, path);
  await syncDir(dirname(path));
}

export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException)?.code === 'ENOENT';
}
