import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/base/random.js';
import { caDigest, fitsHash, hashOf, newToken, parseToken, type Token } from '../../src/identity/index.js';

const ca = caDigest(Buffer.from('a public key'));
const made = (seed = 1) => newToken({ ca }, seededRandom(seed));
const read = (text: string) => parseToken(text) as Token;

describe('tokens', () => {
  it('are one word of fixed length that says its use', () => {
    expect(made().text.reveal()).toMatch(/^skepj1_[a-z2-7]{32}_[a-z2-7]{10}_[a-z2-7]{33}$/);
    expect(newToken('bearer', seededRandom(1)).text.reveal()).toMatch(/^skept1_[a-z2-7]{10}_[a-z2-7]{33}$/);
  });

  it('are read as they were made, with white space around them', () => {
    const { token, text } = made();
    const again = read(` ${text.reveal()}\n`);
    expect(again).toMatchObject({ use: 'join', ca, id: token.id });
    expect(again.secret.reveal()).toBe(token.secret.reveal());
  });

  it('fit the hash of their own secret and no other', () => {
    const hash = hashOf(made(1).token);
    expect(fitsHash(read(made(1).text.reveal()), hash)).toBe(true);
    expect(fitsHash(read(made(2).text.reveal()), hash)).toBe(false);
  });

  it('are not taken with one wrong character', () => {
    const text = made().text.reveal();
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom(...'abz27018_ A'), (at, other) => {
        fc.pre(text[at] !== other);
        expect(parseToken(text.slice(0, at) + other + text.slice(at + 1))).toHaveProperty('problem');
      }),
    );
  });

  it.each([
    ['one character missing', (text: string) => text.slice(0, -1), '1 character is missing'],
    ['a half', (text: string) => text.slice(0, 40), /\d+ characters are missing/],
    ['one too many', (text: string) => `${text}a`, 'it has 1 character too many'],
    ['capitals', (text: string) => text.toUpperCase(), 'that is no token'],
    [
      'capitals behind the prefix',
      (text: string) => `skepj1${text.slice(6).toUpperCase()}`,
      'a character that no token has',
    ],
    ['a swapped pair', (text: string) => text.replace(/^(.{60})(.)(.)/, '$1$3$2'), 'a character is wrong'],
    ['nothing', () => '', 'that is no token'],
  ])('say what is wrong before anyone is asked: %s', (_, change, expected) => {
    const result = parseToken(change(made(3).text.reveal()));
    expect(result).toHaveProperty('problem', expect.stringMatching(expected as string));
  });

  it('never show their secret by accident', () => {
    const { token, text } = made();
    const shown = [inspect({ token, text }), JSON.stringify({ token, text }), `${String(text)}${String(token.secret)}`];
    for (const one of shown) {
      expect(one).toContain('***');
      expect(one).not.toContain(token.secret.reveal());
    }
  });
});
