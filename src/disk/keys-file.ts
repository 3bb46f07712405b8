import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DamageError } from '../base/damage.js';
import { DirectoryError } from '../base/directory-error.js';
import { Secret } from '../base/secret.js';
import { fileMode, isMissing, replaceFile, writeAll } from './files.js';

/** Certificate and key of a member, with the roots that it trusts: one file, so that they always fit each other. */
export interface StoredKeys {
  readonly domain: string;
  /** In PEM. */
  readonly roots: readonly string[];
  readonly certificate: string;
  readonly key: Secret;
}

const format = 1;
const fileName = 'keys';

/** Writes the file of a data directory, for its owner alone. */
export async function writeKeys(dir: string, { domain, roots, certificate, key }: StoredKeys): Promise<void> {
  const content = JSON.stringify({ format, domain, roots, certificate, key: key.reveal() }, undefined, 2);
  await replaceFile(join(dir, fileName), (handle) => writeAll(handle, Buffer.from(`${content}\n`)));
}

/**
 * Reads the file. `undefined` when there is none.
 * @throws {DirectoryError} when others than its owner may read it, or it is another version's.
 * @throws {DamageError} when it is not what was written.
 */
export async function readKeys(dir: string): Promise<StoredKeys | undefined> {
  const path = join(dir, fileName);
  try {
    const stat = await lstat(path);
    if (!stat.isFile() || (stat.mode & 0o077) !== 0)
      throw new DirectoryError(
        'NOT_ALLOWED',
        `${path} must be a file for its owner alone, is 0${(stat.mode & 0o777).toString(8)}: "chmod ${fileMode.toString(8)} ${path}"`,
      );
    return parsed(path, await readFile(path, 'utf8'));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function parsed(path: string, text: string): StoredKeys {
  const damaged = () => new DamageError(`${path} is not what was written`);
  let content: Readonly<Record<string, unknown>>;
  try {
    content = Object(JSON.parse(text)) as Readonly<Record<string, unknown>>;
  } catch {
    throw damaged();
  }
  if (content.format !== format)
    throw typeof content.format === 'number'
      ? new DirectoryError('OTHER_FORMAT', `${path} has format ${content.format}, this version reads ${format}`)
      : damaged();
  const { domain, roots, certificate, key } = content;
  const texts = Array.isArray(roots) && roots.every((root) => typeof root === 'string');
  if (typeof domain !== 'string' || typeof certificate !== 'string' || typeof key !== 'string' || !texts)
    throw damaged();
  return { domain, roots: roots, certificate, key: new Secret(key) };
}
