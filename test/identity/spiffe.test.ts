import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/base/random.js';
import { newTrustDomain, parseIdentity, uriOf } from '../../src/identity/index.js';

const domain = 'abcdefghijklmnop';
const at = (rest: string) => `spiffe://${domain}.skep/${rest}`;

describe('identities in certificates', () => {
  it.each([
    ['member/17', { kind: 'member', name: '17' }],
    ['worker/9xk2', { kind: 'worker', name: '9xk2' }],
    ['user/alice', { kind: 'user', name: 'alice' }],
    ['user/ci-bot.v2', { kind: 'user', name: 'ci-bot.v2' }],
  ])('reads %s, and writes it again', (path, expected) => {
    const identity = parseIdentity(at(path));
    expect(identity).toEqual({ domain, ...expected });
    expect(identity && uriOf(identity)).toBe(at(path));
  });

  it.each([
    ['another scheme', `https://${domain}.skep/user/alice`],
    ['a scheme in capitals', `SPIFFE://${domain}.skep/user/alice`],
    ['a domain in capitals', `spiffe://${domain.toUpperCase()}.skep/user/alice`],
    ['a short domain', 'spiffe://abc.skep/user/alice'],
    ['another zone', `spiffe://${domain}.skep.example/user/alice`],
    ['a port', `spiffe://${domain}.skep:1/user/alice`],
    ['a user in the authority', `spiffe://x@${domain}.skep/user/alice`],
    ['an unknown kind', at('admin/alice')],
    ['a kind in capitals', at('User/alice')],
    ['a name in capitals', at('user/Alice')],
    ['an escaped slash', at('user/a%2fmember')],
    ['a NUL', at('user/alice\0')],
    ['a trailing dot', at('user/alice.')],
    ['a trailing newline', at('user/alice\n')],
    ['a trailing slash', at('user/alice/')],
    ['one more part', at('user/alice/x')],
    ['two names', `${at('user/alice')}, URI:${at('member/1')}`],
    ['a query', at('user/alice?x')],
    ['a name that is too long', at(`user/${'a'.repeat(65)}`)],
    ['no name', at('user/')],
    ['a member with a leading zero', at('member/017')],
    ['a member named 0', at('member/0')],
    ['a member beyond every id', at('member/9007199254740993')],
    ['a negative member', at('member/-1')],
  ])('refuses %s', (_, uri) => {
    expect(parseIdentity(uri)).toBeUndefined();
  });

  it('writes no URI that it would not read', () => {
    expect(() => uriOf({ domain, kind: 'user', name: 'a/../member' })).toThrow(TypeError);
  });

  it('draws trust domains that URIs can have', () => {
    const drawn = newTrustDomain(seededRandom(1));
    expect(parseIdentity(`spiffe://${drawn}.skep/user/a`)?.domain).toBe(drawn);
  });
});
