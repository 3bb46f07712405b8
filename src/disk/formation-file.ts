import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { DamageError } from '../base/damage.js';
import type { FormationRecord } from '../replica/index.js';
import { isMissing, replaceFile } from './files.js';

const format = 1;
const fileName = 'formation';

const checksumOf = (record: FormationRecord) => crc32(JSON.stringify([format, record]));

/** Promise and acceptance of this member when its cluster was formed; empty when there is no such file. */
export async function readFormation(dir: string): Promise<FormationRecord> {
  let text: string;
  try {
    text = await readFile(join(dir, fileName), 'utf8');
  } catch (error) {
    if (isMissing(error)) return {};
    throw error;
  }
  try {
    const { record, checksum } = JSON.parse(text) as { record: FormationRecord; checksum: number };
    if (checksum === checksumOf(record)) return record;
  } catch (cause) {
    throw new DamageError(`the formation file in ${dir} cannot be read`, { cause });
  }
  throw new DamageError(`the formation file in ${dir} has a wrong checksum`);
}

/** Resolves when the record is durable. */
export async function writeFormation(dir: string, record: FormationRecord): Promise<void> {
  const text = `${JSON.stringify({ format, record, checksum: checksumOf(record) }, null, 2)}\n`;
  await replaceFile(join(dir, fileName), (handle) => handle.writeFile(text));
}
