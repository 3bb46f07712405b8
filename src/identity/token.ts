import type { Random } from '../base/random.js';
import { Secret } from '../base/secret.js';
import { base32, randomBase32 } from './base32.js';
import { checkBytes, sameText, sha256, sha256Hex } from './digest.js';

/*
 * skepj1_<ca>_<id>_<secret><check>   for an enrolment; it pins the CA
 * skept1_<id>_<secret><check>        for calls of programs that have no certificate
 *
 * Lower-case base32 of fixed lengths. `_` so that a double click takes all of it, and a prefix that secret scanners can
 * look for. `check` is a CRC-32 of everything before it: a typo is found without asking anyone.
 */

/** Use of a token. */
export type TokenUse = 'join' | 'bearer';

/** A token, read. */
export interface Token {
  readonly use: TokenUse;
  /** Digest of the CA's key, of an enrolment token. */
  readonly ca?: string;
  /** Public part: names the token in lists, logs and errors. */
  readonly id: string;
  readonly secret: Secret;
}

const prefixes: Readonly<Record<TokenUse, string>> = { join: 'skepj1', bearer: 'skept1' };
const idCharacters = 10;
const secretCharacters = 26;
const checkCharacters = 7;

const syntax: Readonly<Record<TokenUse, RegExp>> = {
  join: /^skepj1_([a-z2-7]{32})_([a-z2-7]{10})_([a-z2-7]{26})([a-z2-7]{7})$/,
  bearer: /^skept1_()([a-z2-7]{10})_([a-z2-7]{26})([a-z2-7]{7})$/,
};

/** Digest by which a token names a CA: the first 160 bits of SHA-256 of its public key (SPKI, DER). */
export function caDigest(publicKey: Uint8Array): string {
  return base32(sha256(publicKey).subarray(0, 20));
}

/** Makes a token. Its text is shown once; the cluster keeps {@link hashOf} the secret. */
export function newToken(use: { readonly ca: string } | 'bearer', random: Random): { token: Token; text: Secret } {
  const id = randomBase32(random, idCharacters);
  const secret = randomBase32(random, secretCharacters);
  const bearer = use === 'bearer';
  const said = bearer ? `${prefixes.bearer}_${id}_${secret}` : `${prefixes.join}_${use.ca}_${id}_${secret}`;
  const token: Token = bearer
    ? { use: 'bearer', id, secret: new Secret(secret) }
    : { use: 'join', ca: use.ca, id, secret: new Secret(secret) };
  return { token, text: new Secret(said + checkOf(said)) };
}

/** Reads a token, or says what is wrong with it, without its text. */
export function parseToken(text: string): Token | { readonly problem: string } {
  const trimmed = text.trim();
  const use = (Object.keys(prefixes) as TokenUse[]).find((one) => trimmed.startsWith(`${prefixes[one]}_`));
  if (!use) return { problem: `that is no token: one begins with ${prefixes.join}_ or ${prefixes.bearer}_` };
  const [, ca = '', id = '', secret = '', check = ''] = syntax[use].exec(trimmed) ?? [];
  if (id === '') return { problem: `that is no whole token: ${lengthProblem(trimmed, use)}` };
  if (checkOf(trimmed.slice(0, -checkCharacters)) !== check)
    return { problem: 'that is no whole token: a character is wrong; copy it again' };
  return { use, id, secret: new Secret(secret), ...(use === 'join' && { ca }) };
}

function lengthProblem(text: string, use: TokenUse): string {
  const parts = [use === 'join' ? 33 : 0, idCharacters + 1, secretCharacters + checkCharacters];
  const expected = prefixes[use].length + 1 + parts.reduce((sum, part) => sum + part, 0);
  const missing = expected - text.length;
  if (missing > 0) return `${missing} character${missing === 1 ? ' is' : 's are'} missing`;
  if (missing < 0) return `it has ${-missing} character${missing === -1 ? '' : 's'} too many`;
  return 'it has a character that no token has';
}

/** Hash of the secret. It has 130 bits of chance, so it needs no slow hash. */
export function hashOf({ secret }: Token): string {
  return sha256Hex(secret.reveal());
}

/** Compares a token with the hash that the cluster keeps, in a time that says nothing. */
export function fitsHash(token: Token, hash: string): boolean {
  return sameText(hashOf(token), hash);
}

function checkOf(said: string): string {
  return base32(checkBytes(said));
}
