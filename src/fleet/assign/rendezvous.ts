/** Something that weights are made for: its key stays the same over restarts. */
export interface Candidate {
  readonly key: string;
}

/**
 * Orders candidates for a thing by rendezvous hashing (highest random weight). Each thing has an order of its own, which
 * depends on nothing but the keys. So a candidate that comes takes an even share from all others, and one that goes leaves
 * its share to them: nothing else moves.
 */
export function ranked<C extends Candidate>(thing: string, candidates: readonly C[]): C[] {
  const weighed = candidates.map((candidate) => ({ candidate, weight: weightOf(`${candidate.key} ${thing}`) }));
  weighed.sort((a, b) => b.weight - a.weight || (a.candidate.key < b.candidate.key ? -1 : 1));
  return weighed.map(({ candidate }) => candidate);
}

/** A number of 53 bits for a text: two FNV-like hashes of 32 bits, mixed as in MurmurHash3. */
function weightOf(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 0x9e3779b1);
    low = Math.imul(low ^ code, 0x5f356495);
  }
  return (mixed(high ^ (low >>> 7)) >>> 11) * 2 ** 32 + (mixed(low ^ (high >>> 5)) >>> 0);
}

function mixed(bits: number): number {
  let word = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return word ^ (word >>> 16);
}
