import type { Random } from '../base/random.js';
import { Secret } from '../base/secret.js';
import { base32, randomBase32 } from './base32.js';
import { checkBytes } from './digest.js';

/*
 * skepp1_<secret><check>   for members that form a cluster: each makes the same CA of it
 */

const prefix = 'skepp1';
/** Five bits of chance each: more than a P-256 key needs. */
const secretCharacters = 52;
const checkCharacters = 7;
const syntax = /^skepp1_([a-z2-7]{52})([a-z2-7]{7})$/;

/** Makes the secret of the first members of a cluster, as text. It is worth as much as the key of the CA. */
export function newPeersSecret(random: Random): Secret {
  const said = `${prefix}_${randomBase32(random, secretCharacters)}`;
  return new Secret(said + base32(checkBytes(said)));
}

/** Reads the secret of the first members, or says what is wrong with it, without its text. */
export function parsePeersSecret(text: string): { readonly secret: Secret } | { readonly problem: string } {
  const trimmed = text.trim();
  const [, secret, check] = syntax.exec(trimmed) ?? [];
  if (secret === undefined)
    return {
      problem: `that is no secret of peers: "skep token generate-peers" makes one, which begins with ${prefix}_`,
    };
  if (base32(checkBytes(trimmed.slice(0, -checkCharacters))) !== check)
    return { problem: 'that is no whole secret of peers: a character is wrong; copy it again' };
  return { secret: new Secret(secret) };
}
