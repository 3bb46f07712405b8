import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import process from 'node:process';
import { sleep, systemClock } from '../base/clock.js';
import { messageOf } from '../base/errors.js';
import { FileError } from '../base/file-error.js';
import { newId } from '../base/ids.js';
import { systemRandom } from '../base/random.js';
import { StoreError } from '../base/store-error.js';
import { fileMode, isMissing, syncDir, writeAll } from '../disk/files.js';

/** Target of a saved state. */
export interface Target {
  /** True when the target can be read back. */
  readonly kept: boolean;
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves when everything is written: for a file, when it is durable. */
  finish(): Promise<void>;
  /** Discards the new content and leaves an existing file unchanged. */
  abandon(): Promise<void>;
}

/** Longest chain of symbolic links, as in the kernel. */
const linksMax = 40;
/** Retry interval for a pipe that has no reader, or is full, milliseconds. */
const againMs = 20;

/**
 * Opens what a path names: `-` is standard output; a device, a pipe or a socket is written to as it comes; a symbolic link
 * is followed; a file is replaced, with `force` only, when the new one is whole.
 * @throws {StoreError} `ALREADY_EXISTS` without `force`, of a file that is there.
 */
export async function openTarget(path: string, { force }: { readonly force: boolean }): Promise<Target> {
  const target = await naming(path, () => targetOf(path, force));
  return {
    kept: target.kept,
    write: (bytes) => naming(path, () => target.write(bytes)),
    finish: () => naming(path, () => target.finish()),
    abandon: () => target.abandon(),
  };
}

/** Adds the file's name: errors of the system do not always include it. */
async function naming<T>(path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    if (cause instanceof StoreError) throw cause;
    throw new FileError(`${path === '-' ? 'standard output' : path} cannot be written: ${messageOf(cause)}`, { cause });
  }
}

async function targetOf(path: string, force: boolean): Promise<Target> {
  if (path === '-') return standardOutput;
  const found = await stat(path).catch(absent);
  if (found?.isDirectory()) throw new FileError('it is a directory: name a file in it');
  if (found && !found.isFile()) return streamTarget(path);
  if (found && !force) throw new StoreError('ALREADY_EXISTS', `${path} is there already: another name, or --force`);
  return fileTarget(found ? await realpath(path) : await linkedPath(path));
}

const standardOutput: Target = {
  kept: false,
  write: (bytes) =>
    new Promise((done, failed) => process.stdout.write(bytes, (error) => (error ? failed(error) : done()))),
  finish: () => Promise.resolve(),
  abandon: () => Promise.resolve(),
};

/** Writes under a temporary name until the file is whole and durable. */
async function fileTarget(path: string): Promise<Target> {
  const temporary = `${path}.${newId(systemRandom)}.part`;
  const handle = await open(temporary, 'wx', fileMode);
  return {
    kept: true,
    write: (bytes) => writeAll(handle, bytes),
    async finish() {
      await handle.sync();
      await handle.close();
      await rename(temporary, path);
      await syncDir(dirname(path));
    },
    async abandon() {
      await handle.close().catch(() => undefined);
      await rm(temporary, { force: true });
    },
  };
}

async function streamTarget(path: string): Promise<Target> {
  const handle = await whenReady(() => open(path, constants.O_WRONLY | constants.O_NONBLOCK), 'ENXIO');
  return {
    kept: false,
    write: (bytes) => writeStream(handle, bytes),
    finish: () => handle.close(),
    abandon: () => handle.close().catch(() => undefined),
  };
}

async function writeStream(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;)
    done += (await whenReady(() => handle.write(bytes, done), 'EAGAIN')).bytesWritten;
}

/**
 * Retries while a pipe has no reader, or a slow one. A call that blocks in the kernel would keep the process from
 * ending.
 */
async function whenReady<T>(attempt: () => Promise<T>, notReady: string): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== notReady) throw error;
    }
    await sleep(systemClock, againMs);
  }
}

/** Resolves a link whose target does not exist yet. */
async function linkedPath(path: string): Promise<string> {
  for (let links = 0; links < linksMax; links++) {
    const found = await lstat(path).catch(absent);
    if (!found?.isSymbolicLink()) return path;
    path = resolve(dirname(path), await readlink(path));
  }
  throw new FileError('its symbolic links lead nowhere');
}

function absent(error: unknown): Stats | undefined {
  if (isMissing(error)) return undefined;
  throw error;
}
