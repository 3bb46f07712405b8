import type { Random } from '../base/random.js';

/** Letters and digits without those that look alike: RFC 4648, in lower case. */
export const base32Alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

/** Writes bytes as base32 without padding: five bits a character, the last one filled up with zeros. */
export function base32(bytes: Uint8Array): string {
  let text = '';
  let waiting = 0;
  let bits = 0;
  for (const byte of bytes) {
    waiting = (waiting << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += base32Alphabet[(waiting >>> bits) & 31];
    }
    waiting &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + base32Alphabet[(waiting << (5 - bits)) & 31];
}

/** Draws a text of so many characters, five bits of chance each. */
export function randomBase32(random: Random, characters: number): string {
  let text = '';
  for (let i = 0; i < characters; i++) text += base32Alphabet[random(32)];
  return text;
}
