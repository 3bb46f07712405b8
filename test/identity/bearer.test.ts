import { describe, expect, it } from 'vitest';
import { systemRandom } from '../../src/base/random.js';
import {
  callerByHeader,
  callerByToken,
  type Directory,
  hashOf,
  newToken,
  tokenOfSerial,
} from '../../src/identity/index.js';

const { token, text } = newToken('bearer', systemRandom);
const { text: other } = newToken('bearer', systemRandom);
const { text: join } = newToken({ ca: 'a'.repeat(32) }, systemRandom);
const now = 1_000;

const directory = (change: Partial<{ user: string; hash: string; expiresAt: number; disabled: boolean }> = {}) => {
  const { user = 'ci', hash = hashOf(token), expiresAt = now + 1, disabled = false } = change;
  return {
    domain: 'aaaabbbbccccdddd',
    memberState: () => 'unknown',
    user: (name) => (name === 'ci' ? { disabled, roles: [{ name: 'viewer', rules: [] }] } : undefined),
    hasNode: () => false,
    hasCredential: () => false,
    bearer: (id) => (id === token.id ? { user, hash, expiresAt } : undefined),
  } satisfies Directory;
};
const header = `Bearer ${text.reveal()}`;

describe('a token of a call', () => {
  it('speaks for its user, with the rights of the user', () => {
    expect(callerByHeader(header, directory(), { now })).toMatchObject({
      as: 'user',
      identity: { kind: 'user', name: 'ci' },
      serial: `token:${token.id}`,
      roles: [{ name: 'viewer' }],
      until: now + 1,
    });
  });

  it.each<[string, string, Directory, string]>([
    ['no token', 'Bearer', directory(), 'no "Bearer TOKEN"'],
    ['another scheme', `Basic ${text.reveal()}`, directory(), 'no "Bearer TOKEN"'],
    ['two of them', `${header} ${text.reveal()}`, directory(), 'no "Bearer TOKEN"'],
    ['a typo', header.replace(/.$/, (one) => (one === 'a' ? 'b' : 'a')), directory(), 'a character is wrong'],
    ['one for an enrolment', `Bearer ${join.reveal()}`, directory(), 'is for an enrolment'],
    ['an unknown one', `Bearer ${other.reveal()}`, directory(), 'the cluster has no token'],
    ['a wrong secret', header, directory({ hash: '00' }), `the cluster has no token ${token.id}`],
    ['an expired one', header, directory({ expiresAt: now - 1 }), 'has expired'],
    ['one of a user that is gone', header, directory({ user: 'eve' }), 'user/eve was removed'],
    ['one of a user that is disabled', header, directory({ disabled: true }), 'user/ci is disabled'],
  ])('proves nothing: %s', (_, given, of, why) => {
    const caller = callerByHeader(given, of, { now });
    expect(caller).toMatchObject({ as: 'anonymous', why: expect.stringContaining(why) as string });
    expect(JSON.stringify(caller)).not.toContain(token.secret.reveal());
  });

  it('is looked up again by its id', () => {
    expect(callerByToken(token.id, directory(), { now }).as).toBe('user');
    expect(callerByToken(token.id, directory(), { now: now + 2 }).as).toBe('anonymous');
    expect(callerByToken('other', directory(), { now }).as).toBe('anonymous');
  });

  it('is told apart from a certificate', () => {
    expect(tokenOfSerial(`token:${token.id}`)).toBe(token.id);
    expect(tokenOfSerial('40ab')).toBeUndefined();
  });
});
