import { readFile } from 'node:fs/promises';
import { messageOf } from '../base/errors.js';
import { FileError } from '../base/file-error.js';

/** Reads a file, or standard input for `-`. Throws an error that names the file. */
export async function readInput(file: string): Promise<Buffer> {
  try {
    return await readFile(file === '-' ? '/dev/stdin' : file);
  } catch (cause) {
    throw new FileError(`${file} cannot be read: ${messageOf(cause)}`, { cause });
  }
}
