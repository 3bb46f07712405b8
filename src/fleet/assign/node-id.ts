import { createHash } from 'node:crypto';

/** Characters of an object id. */
const idLength = 25;

/**
 * Id of the node that stands for an engine. It follows from the id that the engine gives itself: whichever manager makes the
 * node makes the same one, also after the engine has moved to another address.
 */
export function nodeIdOf(engineId: string): string {
  const hash = BigInt(`0x${createHash('sha256').update(engineId).digest('hex')}`);
  return hash.toString(36).padStart(idLength, '0').slice(-idLength);
}
