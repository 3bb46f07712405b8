/** A source of chance: an integer in [0, bound), each as likely. */
export type Random = (bound: number) => number;

const pool = new Uint32Array(256);
let used = pool.length;

function nextWord(): number {
  if (used === pool.length) {
    globalThis.crypto.getRandomValues(pool);
    used = 0;
  }
  return pool[used++] as number;
}

/** Chance from the operating system; words are drawn 256 at a time because a single draw costs a microsecond. */
export const systemRandom: Random = (bound) => {
  if (bound <= 0x1_0000_0000) return boundedWord(bound, nextWord);
  return Math.floor(((nextWord() * 0x20_0000 + (nextWord() >>> 11)) / 2 ** 53) * bound);
};

/** Rejects the last, partial run of values so that none is more likely than another. */
function boundedWord(bound: number, word: () => number): number {
  if (!(bound >= 1)) throw new RangeError(`a bound of chance must be at least 1, is ${bound}`); // or it would draw for ever
  const limit = 0x1_0000_0000 - (0x1_0000_0000 % bound);
  for (;;) {
    const drawn = word();
    if (drawn < limit) return drawn % bound;
  }
}

/** A repeatable source (mulberry32): the same seed gives the same numbers. For tests and the simulation only. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const word = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return (bound) =>
    bound <= 0x1_0000_0000
      ? boundedWord(bound, word)
      : Math.floor(((word() * 0x20_0000 + (word() >>> 11)) / 2 ** 53) * bound);
}
