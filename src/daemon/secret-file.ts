import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { messageOf } from '../base/errors.js';
import { UsageError } from '../cli/index.js';

/** Reads a token from a file, or from standard input for `-`. Never from an argument, which every process can see. */
export async function readSecretFile(path: string): Promise<string> {
  try {
    return (path === '-' ? await text(process.stdin) : await readFile(path, 'utf8')).trim();
  } catch (cause) {
    throw new UsageError(`the token file cannot be read: ${messageOf(cause)}`, { cause });
  }
}
