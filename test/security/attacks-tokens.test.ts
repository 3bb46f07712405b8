import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemRandom } from '../../src/base/random.js';
import type { Client } from '../../src/client/index.js';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { newToken, parseToken, type Token } from '../../src/identity/index.js';
import { credentials, tokens } from '../../src/kinds/index.js';
import { makeRequest } from '../../src/pki/index.js';
import { Channel, enrol } from '../../src/rpc/index.js';
import { authorityOf, SecureWorld } from '../support/secure.js';

/* A token lets in the one for whom it was made, once, in time, at its own cluster. */

const world = new SecureWorld();
let member: OpenReplica;
let other: OpenReplica;
let admin: Client;

beforeAll(async () => {
  member = await world.open('m1');
  other = await world.open('other');
  admin = await world.admin(member);
  await admin.putUser({ name: 'carol', roles: ['viewer'] });
});
afterAll(() => world.close());

const made = (uses = 1) => admin.createToken({ use: 'join-user', user: 'carol', uses });
const issued = () => member.store.view((tx) => tx.kind(credentials).find().length);

async function attempt(text: string, at = member) {
  const { request } = await makeRequest();
  return enrol(at.addr, { token: parseToken(text) as Token, text, request });
}

const refused = (message: string) => ({ code: 'UNAUTHENTICATED', message: expect.stringContaining(message) as string });

describe('a token', () => {
  it('with a guessed secret is an unknown one', async () => {
    const { token, id } = await made();
    const guessed = newToken({ ca: authorityOf(member).digest }, systemRandom).text.reveal();
    const own = newToken({ ca: authorityOf(member).digest }, (below) => 'abcdefghij'.charCodeAt(0) % below);
    // Its id is right and its check fits: only the secret is wrong.
    const { checkBytes } = await import('../../src/identity/digest.js');
    const { base32 } = await import('../../src/identity/base32.js');
    const said = `${token.slice(0, token.lastIndexOf('_') + 1)}${own.token.secret.reveal()}`;
    const before = issued();
    await expect(attempt(said + base32(checkBytes(said)))).rejects.toMatchObject(refused(`has no token ${id}`));
    await expect(attempt(guessed)).rejects.toMatchObject(refused('has no token'));
    expect(issued()).toBe(before);
  });

  it('that has ended is refused', async () => {
    const { token, id } = await made();
    await member.store.update((tx) => {
      const stored = tx.kind(tokens).get(id);
      if (stored) tx.kind(tokens).update({ ...stored, expiresAt: Date.now() - 60_000 });
    });
    await expect(attempt(token)).rejects.toMatchObject(refused(`token ${id} ended`));
  });

  it('is used as often as it says, by many at once', async () => {
    const { token } = await made(3);
    const before = issued();
    const results = await Promise.allSettled(Array.from({ length: 12 }, () => attempt(token)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    expect(issued()).toBe(before + 3);
    await expect(attempt(token)).rejects.toMatchObject(refused('was used by user/carol'));
  });

  it('is not sent to another cluster', async () => {
    const { token } = await made();
    const asked = vi.spyOn(Channel.prototype, 'unary');
    await expect(attempt(token, other)).rejects.toMatchObject(refused('is not the one in the token'));
    const paths = asked.mock.calls.map(([{ path }]) => path);
    asked.mockRestore();
    expect(paths).toEqual(['/skep.v1.Certificates/GetRootCa']);
    expect(await attempt(token)).toMatchObject({ identity: 'user/carol' }); // it was not spent
  });
});
