import type { Random } from './random.js';

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';
const idLength = 25;

/** A fresh object id: 25 characters a–z0–9, 129 bits of chance. */
export function newId(random: Random): string {
  let id = '';
  for (let i = 0; i < idLength; i++) id += alphabet[random(alphabet.length)];
  return id;
}

/** The largest id of a member: it survives every number format on the way. */
export const memberIdMax = 2 ** 52 - 1;

/** A fresh member id: an integer in 1…{@link memberIdMax}. */
export function newMemberId(random: Random): number {
  return 1 + random(memberIdMax);
}

export function isMemberId(id: unknown): id is number {
  return Number.isSafeInteger(id) && (id as number) >= 1 && (id as number) <= memberIdMax;
}
