import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { DamageError } from './damage.js';
import { isMissing, replaceFile } from './files.js';

/** Who a data directory belongs to. Kept beside the database, so that a wiped database cannot pose as a new member. */
export interface Identity {
  readonly memberId: number;
  readonly name: string;
  /** `creating` until log, ballot and first snapshot are in place; `joining` until the cluster has taken the member in. */
  readonly state: 'creating' | 'joining' | 'member';
}

const format = 1;
const fileName = 'identity';

function checksumOf(identity: Identity): number {
  return crc32(JSON.stringify([format, identity.memberId, identity.name, identity.state]));
}

/** `undefined` when the directory belongs to nobody yet. Throws {@link DamageError}. */
export async function readIdentity(dir: string): Promise<Identity | undefined> {
  let text: string;
  try {
    text = await readFile(join(dir, fileName), 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  try {
    const { memberId, name, state, checksum } = JSON.parse(text) as Identity & { checksum: number };
    const identity = { memberId, name, state };
    if (checksum === checksumOf(identity)) return identity;
  } catch (cause) {
    throw new DamageError(`the identity file in ${dir} cannot be read`, { cause });
  }
  throw new DamageError(`the identity file in ${dir} has a wrong checksum`);
}

export async function writeIdentity(dir: string, identity: Identity): Promise<void> {
  const text = `${JSON.stringify({ format, ...identity, checksum: checksumOf(identity) }, null, 2)}\n`;
  await replaceFile(join(dir, fileName), async (handle) => {
    await handle.writeFile(text);
  });
}
