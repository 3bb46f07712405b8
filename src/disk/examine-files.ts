import { type Identity, readIdentity } from './identity.js';
import { forbidden } from './notes.js';
import { foreign, type Owner } from './owner.js';
import { attempt, type Part } from './part.js';
import { readSlots, type SlotsFound } from './slots.js';

// The small files: the owner of the directory, and numbers in two slots.

export async function examineIdentity(dir: string): Promise<Part<Identity>> {
  const wrong: string[] = [];
  const found = await attempt(wrong, () => readIdentity(dir));
  const note = await forbidden(dir);
  if (note) wrong.push(note.what);
  else if (!found && wrong.length === 0) wrong.push(`the identity file in ${dir} is missing`);
  const notes =
    found?.state === 'creating'
      ? ['the making of this member was not finished: the next start makes everything anew']
      : [];
  return { found, wrong, notes };
}

const places = ['first', 'second'];

/** One slot that is not whole is no damage: the other one has the value, and the next start mends it. */
export async function examineSlots<Field extends string>(
  path: string,
  fields: readonly Field[],
  name: 'ballot' | 'log mark',
  owner: Owner | undefined,
): Promise<Part<SlotsFound<Field>>> {
  const wrong: string[] = [];
  const found = await attempt(wrong, () => readSlots(path, fields));
  if (!found && wrong.length === 0) wrong.push(`the ${name} is missing`);
  if (found && !found.newest) wrong.push(`the ${name} is damaged: neither slot is whole`);
  const others = found?.slots.map((slot) => slot && foreign(`the ${name}`, slot, owner)) ?? [];
  wrong.push(...new Set(others.filter((other) => other !== undefined)));
  const torn = found?.newest ? places.filter((_, i) => !found.slots[i]) : [];
  return {
    found,
    wrong,
    notes: torn.map((place) => `the ${place} slot is not whole: the next start mends it from the other`),
  };
}
