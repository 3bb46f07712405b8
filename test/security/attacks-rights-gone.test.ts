import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Access, type Client } from '../../src/client/index.js';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { parseToken, shortName, type Token } from '../../src/identity/index.js';
import { credentials } from '../../src/kinds/index.js';
import { makeRequest } from '../../src/pki/index.js';
import { Channel, enrol, methodOf } from '../../src/rpc/index.js';
import { until } from '../support/network-wait.js';
import { RawWatch } from '../support/raw-calls.js';
import { authorityOf, credited, type Pair, pairOf, SecureWorld, serialOf, signed } from '../support/secure.js';

/* Whoever loses a right loses it at once, on every member: with it the watches that are open. */

const world = new SecureWorld();
let member: OpenReplica;
let follower: OpenReplica;
let admin: Client;
const hourMs = 3_600_000;

beforeAll(async () => {
  member = await world.open('m1');
  admin = await world.admin(member);
  await admin.putRole({ name: 'reader', rules: ['read node'] });
  const { token } = await admin.createToken({ use: 'join-member' });
  follower = await world.open('m2', { join: [member.addr], joinToken: token });
});
afterAll(() => world.close());

let count = 0;

/** Writes something that the watch would be told of, and waits until both members have it. */
async function write(): Promise<string> {
  const id = `n${++count}`;
  await member.store.update((tx) => tx.nodes().create({ id }));
  await until('the follower has it', () => follower.store.view((tx) => tx.nodes().get(id) !== undefined));
  return id;
}

/** A new user with a certificate, and a watch of it at each member, which has been told of one object. */
async function watching(): Promise<{ name: string; pair: Pair; watches: RawWatch[] }> {
  const name = `user${++count}`;
  await admin.putUser({ name, roles: ['reader'] });
  const pair = await credited(member, { kind: 'user', name });
  await until('the follower knows it', () => {
    const known = follower.store.view((tx) => tx.kind(credentials).get(serialOf(pair)));
    return known?.identity === shortName({ kind: 'user', name });
  });
  const watches = [member, follower].map((at) => new RawWatch(world.raw(at, pair)));
  await until('the watches follow', () => watches.every(({ follows }) => follows));
  const id = await write();
  await until('they are told', () => watches.every(({ seen }) => seen.includes(id)));
  return { name, pair, watches };
}

/** Waits until watches end, and looks whether they were told of what came after. */
async function expectEnd(watches: readonly RawWatch[]): Promise<void> {
  const after = await write();
  await until('the watches end', () => watches.every(({ ended }) => ended !== undefined));
  for (const { seen } of watches) expect(seen).not.toContain(after);
}

describe('an open watch ends when', () => {
  const ways: readonly (readonly [string, (user: { name: string; pair: Pair }) => Promise<unknown>])[] = [
    ['its user is removed', ({ name }) => admin.removeUser(name)],
    ['its user is disabled', ({ name }) => admin.putUser({ name, roles: ['reader'], disabled: true })],
    ['its user gets other roles', ({ name }) => admin.putUser({ name, roles: [] })],
    ['its role gets other rules', () => admin.putRole({ name: 'reader', rules: ['read node', 'read lock'] })],
    ['its certificate is revoked', ({ pair }) => admin.revokeCertificate(serialOf(pair))],
  ];

  it.each(ways)('%s', async (_, take) => {
    const user = await watching();
    await take(user);
    await expectEnd(user.watches);
  });

  it('its user is removed, after a restore of the whole state', async () => {
    const saved: Uint8Array[] = [];
    for await (const chunk of admin.saveSnapshot()) saved.push(chunk);
    await admin.restoreSnapshot(
      (async function* () {
        for (const chunk of saved) yield await Promise.resolve(chunk);
      })(),
    );
    await until('the follower has it', () => follower.store.version === member.store.version);
    const { name, watches } = await watching();
    await admin.removeUser(name);
    await expectEnd(watches);
  });

  it('its certificate ends', async () => {
    const name = `user${++count}`;
    await admin.putUser({ name, roles: ['reader'] });
    const pair = await credited(member, { kind: 'user', name }, { lifeMs: hourMs, ageMs: hourMs - 2_000 });
    const watch = new RawWatch(world.raw(member, pair));
    await until('it follows', () => watch.follows);
    expect(watch.ended).toBeUndefined();
    await until('the watch ends', () => watch.ended !== undefined);
  });
});

describe('a removed member', () => {
  /** Opens a raft stream to `member`. Resolves with how it ended. */
  function hello(pair: Pair, from: number): { ended: () => Error | undefined | 'open'; close: () => void } {
    const { domain, root } = authorityOf(member);
    const access = new Access({ domain, roots: [root.certificate], ...pair });
    const channel = new Channel(member.addr, { own: true, dialing: Access.dialingOf(access) });
    world.later(() => channel.close());
    const { clusterId, id: to } = member.status();
    let ended: Error | undefined | 'open' = 'open';
    const stream = channel.clientStream<object>(methodOf('raft', 'Stream'), (error) => (ended = error));
    stream.on('error', () => undefined);
    stream.write({ hello: { format: 2, clusterId, from, to, addrs: [], lastIndex: 1_000_000 } });
    return { ended: () => ended, close: () => channel.close() };
  }

  it('loses its open streams, and gets no new one', async () => {
    const { token } = await admin.createToken({ use: 'join-member' });
    const third = await world.open('m3', { join: [member.addr], joinToken: token });
    const { id } = third.status();
    const pair = pairOf(third);
    await third.close();
    const live = hello(pair, id);
    await until('it is connected', () => live.ended() === 'open');
    await member.removeMember('m3');
    await until('it ends', () => live.ended() !== 'open');
    const again = hello(pair, id);
    await until('it is refused', () => again.ended() !== 'open');
    expect(again.ended()).toMatchObject({ code: 12 }); // raft is not there for it
    const watch = new RawWatch(world.raw(member, pair));
    await until('it is refused', () => watch.ended !== undefined);
    expect(watch.ended).toMatchObject({ code: 12 });
  });

  it('gets no certificate for its id by a token, nor does a member that is there', async () => {
    const removed = Number((await signedAway()).name);
    const { token } = await admin.createToken({ use: 'join-member', uses: 5 });
    const wanted = async (id: string) => {
      const { request } = await makeRequest();
      return enrol(member.addr, { token: parseToken(token) as Token, text: token, request, member: id });
    };
    await expect(wanted(String(removed))).rejects.toMatchObject({ code: 'REMOVED' });
    await expect(wanted(String(follower.status().id))).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    for (const id of ['0', '-1', '1e3', ' 5', '05', '9007199254740993', 'member/1'])
      await expect(wanted(id), id).rejects.toMatchObject({ code: 'INVALID_OBJECT' });
  });

  /** Id of a member that was removed. */
  async function signedAway(): Promise<{ name: string }> {
    const { token } = await admin.createToken({ use: 'join-member' });
    const gone = await world.open('m4', { join: [member.addr], joinToken: token });
    const name = String(gone.status().id);
    await member.removeMember('m4');
    await gone.close();
    return { name };
  }
});

it('lets a certificate of an unknown member id do nothing but speak raft as itself, and join', async () => {
  const { domain, root } = authorityOf(member);
  const pair = await signed(root, { domain, kind: 'member', name: '4711' });
  const watch = new RawWatch(world.raw(member, pair));
  await until('it is refused', () => watch.ended !== undefined);
  expect(watch.ended).toMatchObject({ code: 7 });
});
