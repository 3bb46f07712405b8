import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type Client as GrpcClient, credentials as grpcCredentials, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemRandom } from '../../src/base/random.js';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { dayMs, methodTable, newTrustDomain, type Row } from '../../src/identity/index.js';
import { credentials, users } from '../../src/kinds/index.js';
import { makeRoot } from '../../src/pki/index.js';
import { callCarried, callRaw, type Ended, everyMethod, unreadable } from '../support/raw-calls.js';
import { authorityOf, credited, type Pair, pairOf, SecureWorld, serialOf, signed } from '../support/secure.js';

/*
 * Each method × each identity, over real connections to a real member. Requests are bytes that no message has: whoever is
 * let in is told so, and whoever is not is told that, which shows that nothing was read before.
 */

/** Outcome of a call: not there for this caller, no identity, no right, or let in as far as the message. */
type Outcome = 'absent' | 'refused' | 'denied' | 'in';

/** Servers of a member, with the services that each has. */
const everywhere = ['grpc.health.v1.Health', 'skep.v1.Certificates', 'skep.v1.Access'];
const betweenMembers = ['skep.v1.Raft', 'skep.v1.Formation'];
type Audience = 'anonymous' | 'api' | 'members' | 'local';

/** Column of the table, and the roles of a user. */
interface Column {
  readonly audience: Audience;
  readonly as: keyof Row;
  readonly roles?: readonly string[];
}

const nobody: Column = { audience: 'anonymous', as: 'anonymous' };
const user = (...roles: string[]): Column => ({ audience: 'api', as: 'user', roles });

/** Identities, each with the column that it must have. The tests make their certificates. */
const columns = {
  'no certificate': nobody,
  'certificate of a CA of its own, for our admin': nobody,
  'the same, expired': nobody,
  'certificate of our CA for another domain': nobody,
  'certificate that is not valid yet': nobody,
  'certificate of a removed user': nobody,
  'certificate of a disabled user': nobody,
  'revoked certificate of an admin': nobody,
  'certificate of a removed node': nobody,
  'expired certificate of a member': nobody,
  'certificate of a removed member': nobody,
  'expired certificate of an admin': { audience: 'anonymous', as: 'expired' },
  worker: { audience: 'api', as: 'worker' },
  'user without a role': user(),
  viewer: user('viewer'),
  agent: user('agent'),
  operator: user('operator'),
  admin: user('admin'),
  'member that is not known yet': { audience: 'members', as: 'newcomer' },
  member: { audience: 'members', as: 'member' },
  'control socket': { audience: 'local', as: 'local' },
} as const satisfies Readonly<Record<string, Column>>;
type Name = keyof typeof columns;

/** Rights of the built-in roles on what the table names, written out. */
const mayDo: Readonly<Record<string, (verb: string, kind: string) => boolean>> = {
  viewer: (verb) => verb === 'read',
  operator: () => true,
  agent: (_, kind) => kind === 'instances' || kind === 'leases',
  admin: () => true,
};

/** Outcome that the table promises. */
function promised(path: string, { audience, as, roles = [] }: Column): Outcome {
  const service = path.split('/')[1] ?? '';
  const there =
    everywhere.includes(service) ||
    (betweenMembers.includes(service) ? audience === 'members' : audience !== 'anonymous');
  if (!there) return 'absent';
  const row: Row = methodTable.get(path) ?? {};
  const need = row.user;
  const allowed =
    as !== 'user'
      ? row[as] !== undefined
      : need === 'any' ||
        (need === 'admin'
          ? roles.includes('admin')
          : need !== undefined && roles.some((role) => mayDo[role]?.(...need)));
  return allowed ? 'in' : as === 'anonymous' ? 'refused' : 'denied';
}

/** Outcome of a call, by how it ended; else its end. A call that is let in has to say that its message cannot be read. */
function outcomeOf(path: string, { code, details }: Ended): string {
  if (code === (status.UNIMPLEMENTED as number)) return 'absent';
  if (code === (status.UNAUTHENTICATED as number) && details.includes(' needs an identity')) return 'refused';
  if (code === (status.PERMISSION_DENIED as number) && details.includes(' may not call ')) return 'denied';
  // The services of gRPC itself say INTERNAL.
  const unread = path.startsWith('/skep.') ? status.INVALID_ARGUMENT : status.INTERNAL;
  return code === (unread as number) ? 'in' : `${code} ${details}`;
}

const methods = everyMethod();
const folder = mkdtempSync(join(tmpdir(), 'skep-matrix-'));
const world = new SecureWorld();
const connections = new Map<string, GrpcClient>();
const judged = new Map<string, string>();
let carried = 0;

beforeAll(async () => {
  const member = await world.open('m1', { dataDir: join(folder, 'm1') });
  const other = await removedMember(member);
  const pairs = await pairsOf(member);
  for (const name of Object.keys(columns) as Name[]) {
    if (name === 'control socket') continue;
    const pair = name === 'certificate of a removed member' ? other : pairs[name];
    connections.set(name, world.raw(member, pair));
  }
  const socket = new Client(`unix:${join(folder, 'm1/run/control.sock')}`, grpcCredentials.createInsecure());
  world.later(() => socket.close());
  connections.set('control socket', socket);
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
  const counts = ['absent', 'refused', 'denied', 'in'].map(
    (outcome) => `${[...judged.values()].filter((one) => one === outcome).length} ${outcome}`,
  );
  console.info(
    `${methods.length} methods × ${Object.keys(columns).length} identities: ${judged.size} calls as the table says ` +
      `(${counts.join(', ')}), and ${carried} on streams of calls`,
  );
});

/** Takes a member in and removes it. Returns its certificate. */
async function removedMember(first: OpenReplica): Promise<Pair> {
  const admin = await world.admin(first);
  const { token } = await admin.createToken({ use: 'join-member' });
  const member = await world.open('m2', { join: [first.addr], joinToken: token });
  const pair = pairOf(member);
  await first.removeMember('m2');
  await member.close();
  return pair;
}

async function pairsOf(member: OpenReplica): Promise<Readonly<Partial<Record<Name, Pair>>>> {
  const { domain, root } = authorityOf(member);
  const foreign = await makeRoot(domain, { now: Date.now() - 20 * dayMs, random: systemRandom });
  const roles = { bare: [], viewer: ['viewer'], agent: ['agent'], operator: ['operator'], admin: ['admin'] };
  await member.store.update((tx) => {
    for (const [name, given] of Object.entries(roles)) tx.kind(users).create({ id: name, name, roles: given });
    tx.kind(users).create({ id: 'off', name: 'off', roles: ['admin'], disabled: true });
    tx.nodes().create({ id: 'w1' });
  });
  const named = (name: string) => ({ kind: 'user', name }) as const;
  const worker = (name: string) => ({ kind: 'worker', name }) as const;
  const old = { ageMs: 5 * dayMs, lifeMs: dayMs };
  const revoked = await credited(member, named('admin'));
  await member.store.update((tx) => tx.kind(credentials).delete(serialOf(revoked)));
  const unknown = { domain, kind: 'member', name: '123456789' } as const;
  const itself = { domain, kind: 'member', name: String(member.status().id) } as const;
  return {
    'certificate of a CA of its own, for our admin': await signed(foreign, { domain, ...named('admin') }),
    'the same, expired': await signed(foreign, { domain, ...named('admin') }, old),
    'certificate of our CA for another domain': await signed(root, {
      domain: newTrustDomain(systemRandom),
      ...named('admin'),
    }),
    'certificate that is not valid yet': await credited(member, named('admin'), { ageMs: -2 * dayMs }),
    'certificate of a removed user': await credited(member, named('gone')),
    'certificate of a disabled user': await credited(member, named('off')),
    'revoked certificate of an admin': revoked,
    'certificate of a removed node': await credited(member, worker('w9')),
    'expired certificate of a member': await signed(root, itself, old),
    'expired certificate of an admin': await credited(member, named('admin'), old),
    worker: await credited(member, worker('w1')),
    'user without a role': await credited(member, named('bare')),
    viewer: await credited(member, named('viewer')),
    agent: await credited(member, named('agent')),
    operator: await credited(member, named('operator')),
    admin: await credited(member, named('admin')),
    'member that is not known yet': await signed(root, unknown),
    member: pairOf(member),
  };
}

describe('every method of a member', () => {
  it('has a row in the table, and every row a method', () => {
    expect(methods.map(({ path }) => path).sort()).toEqual([...methodTable.keys()].sort());
  });

  it.each(Object.keys(columns) as Name[])('answers as the table says: %s', async (name) => {
    const client = connections.get(name) as GrpcClient;
    const found = await Promise.all(
      methods.map(async (method) => [method.path, outcomeOf(method.path, await callRaw(client, method, unreadable))]),
    );
    const expected = methods.map(({ path }) => [path, promised(path, columns[name])]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
    for (const [path, outcome] of found) judged.set(`${name} ${path}`, outcome as string);
  });

  const onStreams = (Object.keys(columns) as Name[]).filter((name) => columns[name].audience !== 'anonymous');
  it.each(onStreams)('answers the same on a stream of calls: %s', async (name) => {
    const column = columns[name];
    if (promised('/skep.v1.Calls/Multiplex', column) !== 'in') {
      await expect(callCarried(connections.get(name) as GrpcClient, [{ method: 'x' }])).rejects.toMatchObject({
        code: status.PERMISSION_DENIED,
      });
      return;
    }
    const ended = await callCarried(
      connections.get(name) as GrpcClient,
      methods.map(({ path }) => ({ method: path })),
    );
    for (const [i, { path, requestStream, responseStream }] of methods.entries()) {
      const service = path.split('/')[1] ?? '';
      const { code, details } = ended[i] as Ended;
      carried++;
      // Streams of calls carry calls with one answer, and none of members among themselves.
      if (requestStream || responseStream || betweenMembers.includes(service) || service.startsWith('grpc.'))
        expect(details, path).toContain('cannot be called on a stream of calls');
      else expect([path, outcomeOf(path, { code, details })]).toEqual([path, promised(path, column)]);
    }
  });
});
