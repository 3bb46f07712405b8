import { createPrivateKey } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemRandom } from '../../src/base/random.js';
import { Secret } from '../../src/base/secret.js';
import { isTrustDomain, newPeersSecret, parsePeersSecret } from '../../src/identity/index.js';
import { deriveRoot } from '../../src/pki/index.js';

describe('a secret of peers', () => {
  const text = newPeersSecret(systemRandom).reveal();

  it('is read as it was written, with space around it', () => {
    expect(text).toMatch(/^skepp1_[a-z2-7]{59}$/);
    expect(parsePeersSecret(` ${text}\n`)).toEqual({ secret: expect.any(Secret) });
  });

  it.each([
    ['', 'that is no secret of peers'],
    [text.slice(0, -1), 'that is no secret of peers'],
    [text.toUpperCase(), 'that is no secret of peers'],
    ['skepj1_x', 'that is no secret of peers'],
  ])('is refused when it has another form: %s', (given, problem) => {
    expect(parsePeersSecret(given)).toEqual({ problem: expect.stringContaining(problem) });
  });

  it('is refused when a character is wrong, and no message shows it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 7, max: text.length - 1 }), fc.constantFrom(...'abz27'), (at, letter) => {
        fc.pre(text[at] !== letter);
        const wrong = text.slice(0, at) + letter + text.slice(at + 1);
        const read = parsePeersSecret(wrong);
        expect(read).toHaveProperty('problem');
        expect(JSON.stringify(read)).not.toContain(wrong.slice(7, 20));
      }),
    );
  });

  it('gives each peer the same key and trust domain, and another secret gives others', () => {
    const [one, same, other] = ['a', 'a', 'b'].map((secret) => deriveRoot(new Secret(secret)));
    expect(same?.key.reveal()).toBe(one?.key.reveal());
    expect(same?.domain).toBe(one?.domain);
    expect(other?.key.reveal()).not.toBe(one?.key.reveal());
    expect(other?.domain).not.toBe(one?.domain);
    expect(isTrustDomain(one?.domain ?? '')).toBe(true);
    expect(createPrivateKey(one?.key.reveal() ?? '').asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
  });

  it('gives the key that it gave before: a later version must find the same CA', () => {
    expect(deriveRoot(new Secret('skep')).domain).toBe('rii6dj4f6mv2qexk');
  });
});
