import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { DamageError } from '../base/damage.js';
import { DirectoryError } from '../base/directory-error.js';
import { DecodeError } from '../wire/index.js';
import { isMissing, replaceFile } from './files.js';
import type { Owner } from './owner.js';

/** Member that a data directory belongs to. Kept beside the database, so that a wiped one cannot pose as a new member. */
export interface Identity extends Owner {
  readonly name: string;
  /**
   * `creating` until log, ballot and first snapshot are in place. `forming` until a cluster was found or begun.
   * `joining` until the cluster has accepted the member.
   */
  readonly state: 'creating' | 'forming' | 'joining' | 'member';
}

/** Format of the whole directory; the other files have the same. */
const format = 2;
const fileName = 'identity';

/** Checksum of all other fields of the file, in order. It tells a file of another format from a damaged one. */
const checksumOf = (fields: object) => crc32(JSON.stringify(Object.entries(fields)));

/** Recognizes format 1 by its different checksum. */
const isFirstFormat = ({ format: is, memberId, name, state, checksum }: Record<string, unknown>) =>
  is === 1 && checksum === crc32(JSON.stringify([is, memberId, name, state]));

/** Returns `undefined` for a directory without an owner. Throws {@link DamageError}. */
export async function readIdentity(dir: string): Promise<Identity | undefined> {
  let text: string;
  try {
    text = await readFile(join(dir, fileName), 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  let found: Record<string, unknown>;
  try {
    found = JSON.parse(text) as Record<string, unknown>;
    const { checksum, ...fields } = found;
    if (checksum !== checksumOf(fields) && !isFirstFormat(found)) throw new DecodeError('its checksum is wrong');
  } catch (cause) {
    throw new DamageError(`the identity file in ${dir} cannot be read: it is damaged`, { cause });
  }
  if (found['format'] !== format)
    throw new DirectoryError(
      'OTHER_FORMAT',
      `${dir} has format ${String(found['format'])} and this version reads format ${format}: save the state with the version that wrote it, and restore it into an empty directory`,
    );
  const { directory, memberId, name, state } = found as unknown as Identity;
  return { directory, memberId, name, state };
}

export async function writeIdentity(dir: string, { directory, memberId, name, state }: Identity): Promise<void> {
  const fields = { format, directory, memberId, name, state };
  const text = `${JSON.stringify({ ...fields, checksum: checksumOf(fields) }, null, 2)}\n`;
  await replaceFile(join(dir, fileName), async (handle) => {
    await handle.writeFile(text);
  });
}
