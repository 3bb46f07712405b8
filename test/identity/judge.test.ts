import { describe, expect, it } from 'vitest';
import {
  builtInRoles,
  type Caller,
  callerOf,
  dayMs,
  type Directory,
  type Identity,
  judge,
  methodTable,
} from '../../src/identity/index.js';
import { descriptor, packageName } from '../../src/wire/index.js';

const domain = 'abcdefghijklmnop';
const identity = (kind: Identity['kind'], name: string): Identity => ({ domain, kind, name });
const roles = (...names: string[]) => builtInRoles.filter(({ name }) => names.includes(name));
const user = (...names: string[]): Caller => ({
  as: 'user',
  identity: identity('user', 'a'),
  serial: 's',
  roles: roles(...names),
});

/** The callers of the table, in the order of its columns. */
const callers: Readonly<Record<string, Caller>> = {
  '-': { as: 'anonymous' },
  x: { as: 'expired', identity: identity('user', 'a'), serial: 's' },
  n: { as: 'newcomer', identity: identity('member', '9') },
  W: { as: 'worker', identity: identity('worker', 'w'), serial: 's' },
  u: user(),
  V: user('viewer'),
  G: user('agent'),
  O: user('operator'),
  A: user('admin'),
  M: { as: 'member', identity: identity('member', '1') },
  S: { as: 'local' },
};

/** Everyone who may call each method. `*` behind a caller: only for its own. */
const expected: Readonly<Record<string, string>> = {
  '/grpc.health.v1.Health/Check': '- x* n* W u V G O A M S',
  '/grpc.health.v1.Health/Watch': '- x* n* W u V G O A M S',
  '/grpc.health.v1.Health/List': '- x* n* W u V G O A M S',
  '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo': 'u V G O A M S',
  '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo': 'u V G O A M S',
  '/skep.v1.Raft/Stream': 'n* M*',
  '/skep.v1.Raft/Snapshot': 'n* M*',
  '/skep.v1.Formation/Ask': 'n* M',
  '/skep.v1.Membership/Join': 'n* M*',
  '/skep.v1.Membership/Remove': 'A M S',
  '/skep.v1.Membership/SetRole': 'A M S',
  '/skep.v1.Membership/Local': 'n* W u V G O A M S',
  '/skep.v1.Membership/Status': 'u V G O A M S',
  '/skep.v1.Membership/TransferLeadership': 'O A M S',
  '/skep.v1.Control/Get': 'W* u V G O A M S',
  '/skep.v1.Control/List': 'W* u V G O A M S',
  '/skep.v1.Control/Create': 'u V G O A M S',
  '/skep.v1.Control/Update': 'W* u V G O A M S',
  '/skep.v1.Control/Remove': 'u V G O A M S',
  '/skep.v1.Control/Apply': 'u V G O A M S',
  '/skep.v1.Control/History': 'u V G O A M S',
  '/skep.v1.Control/Kinds': 'u V G O A M S',
  '/skep.v1.Watch/Multiplex': 'W* u V G O A M S',
  '/skep.v1.Watch/Watch': 'W* u V G O A M S',
  '/skep.v1.Lease/Grant': 'W* G O A M S',
  '/skep.v1.Lease/KeepAlive': 'W* G O A M S',
  '/skep.v1.Lease/Revoke': 'W* G O A M S',
  '/skep.v1.Catalog/Register': 'W* G O A M S',
  '/skep.v1.Catalog/Renew': 'W* G O A M S',
  '/skep.v1.Catalog/Deregister': 'W* G O A M S',
  '/skep.v1.Catalog/List': 'W* V G O A M S',
  '/skep.v1.Catalog/Watch': 'W* V G O A M S',
  '/skep.v1.Certificates/GetRootCa': '- x* n* W u V G O A M S',
  '/skep.v1.Certificates/Issue': '- W u V G O A M S',
  '/skep.v1.Certificates/Renew': 'x* W* u V G O A',
  '/skep.v1.Access/WhoAmI': '- x* n* W u V G O A M S',
  '/skep.v1.Access/Can': 'u V G O A M S',
  '/skep.v1.Access/CreateToken': 'A S',
  '/skep.v1.Access/RemoveToken': 'A S',
  '/skep.v1.Access/PutUser': 'A S',
  '/skep.v1.Access/RemoveUser': 'A S',
  '/skep.v1.Access/PutRole': 'A S',
  '/skep.v1.Access/RemoveRole': 'A S',
  '/skep.v1.Access/RevokeCertificate': 'A S',
  '/skep.v1.Access/Anchor': 'M*',
  '/skep.v1.Backup/Save': 'A M S',
  '/skep.v1.Backup/Restore': 'A M S',
  '/skep.v1.Calls/Multiplex': 'W u V G O A M S',
  '/skep.v1.Fleet/Report': 'M',
  '/skep.v1.Fleet/Resume': 'A M S',
  '/skep.v1.Engines/Open': 'A M S',
};

/** Paths of all methods in proto/. */
function pathsInProto(): string[] {
  type Item = { readonly nested?: Record<string, Item>; readonly methods?: Record<string, unknown> };
  let item = descriptor as Item;
  for (const part of packageName.split('.')) item = item.nested?.[part] as Item;
  return Object.entries(item.nested ?? {}).flatMap(([service, { methods = {} }]) =>
    Object.keys(methods).map((method) => `/${packageName}.${service}/${method}`),
  );
}

describe('the table of methods', () => {
  it('has a row for every method of proto/, and no other', () => {
    const ours = [...methodTable.keys()].filter((path) => path.startsWith(`/${packageName}.`));
    expect(ours.sort(), 'add a row in src/identity/methods.ts, and a line in this test').toEqual(pathsInProto().sort());
  });

  it('is tested whole', () => {
    expect(Object.keys(expected).sort()).toEqual([...methodTable.keys()].sort());
  });

  it.each(Object.entries(expected))('%s: %s', (path, said) => {
    const allowed = Object.entries(callers).flatMap(([name, caller]) => {
      const judgement = judge(path, caller);
      return judgement.allowed ? [judgement.own ? `${name}*` : name] : [];
    });
    expect(allowed.join(' ')).toBe(said);
  });

  it('denies what it does not know, to everyone', () => {
    for (const caller of Object.values(callers))
      for (const path of ['/skep.v1.Control/Drop', '/skep.v1.control/Get', 'skep.v1.Control/Get', ''])
        expect(judge(path, caller).allowed).toBe(false);
  });

  it('tells one without an identity from one without a right', () => {
    expect(judge('/skep.v1.Control/Get', { as: 'anonymous', why: 'no certificate' })).toMatchObject({
      code: 'UNAUTHENTICATED',
      message: 'Control/Get needs an identity (no certificate): "skep login HOST" with a token of an admin',
    });
    expect(judge('/skep.v1.Backup/Save', user('viewer'))).toMatchObject({
      code: 'DENIED',
      message: 'user/a (viewer) may not call Backup/Save: the role admin may',
    });
  });
});

describe('who a certificate makes its bearer', () => {
  const now = 1_000 * dayMs;
  const directory: Directory = {
    domain,
    memberState: (id) => (id === 1 ? 'member' : id === 2 ? 'removed' : 'unknown'),
    user: (name) => ({ alice: { disabled: false, roles: roles('viewer') }, eve: { disabled: true, roles: [] } })[name],
    hasNode: (id) => id === 'n1',
    hasCredential: (serial) => serial === 'ok',
    bearer: () => undefined,
  };
  const terms = { now, renewLateMs: 365 * dayMs };
  const presented = (kind: Identity['kind'], name: string, more: object = {}) => ({
    identity: identity(kind, name),
    serial: 'ok',
    notBefore: now - dayMs,
    notAfter: now + dayMs,
    ...more,
  });
  const expired = (days: number) => ({ notBefore: now - 800 * dayMs, notAfter: now - days * dayMs });

  it.each([
    ['a member', presented('member', '1'), 'member'],
    ['a member whose certificate nobody has recorded', presented('member', '1', { serial: 'x' }), 'member'],
    ['a member that is not known yet', presented('member', '3'), 'newcomer'],
    ['a removed member', presented('member', '2'), 'anonymous'],
    ['an expired member', presented('member', '1', expired(1)), 'anonymous'],
    ['a user', presented('user', 'alice'), 'user'],
    ['a disabled user', presented('user', 'eve'), 'anonymous'],
    ['a removed user', presented('user', 'bob'), 'anonymous'],
    ['a user whose certificate was revoked', presented('user', 'alice', { serial: 'x' }), 'anonymous'],
    ['an expired user', presented('user', 'alice', expired(1)), 'expired'],
    ['an expired user within the last day', presented('user', 'alice', expired(365)), 'expired'],
    ['a user that expired too long ago', presented('user', 'alice', expired(366)), 'anonymous'],
    ['an expired user that was removed', presented('user', 'bob', expired(1)), 'anonymous'],
    [
      'an expired certificate that was revoked',
      presented('user', 'alice', { ...expired(1), serial: 'x' }),
      'anonymous',
    ],
    ['a user that is not valid yet', presented('user', 'alice', { notBefore: now + 1 }), 'anonymous'],
    ['a worker', presented('worker', 'n1'), 'worker'],
    ['a worker whose node was removed', presented('worker', 'n2'), 'anonymous'],
    ['nobody', undefined, 'anonymous'],
  ])('%s', (_, certificate, as) => {
    expect(callerOf(certificate, directory, terms).as).toBe(as);
  });

  it('is nobody in another cluster, whatever the name', () => {
    for (const kind of ['member', 'worker', 'user'] as const) {
      const name = { member: '1', worker: 'n1', user: 'alice' }[kind];
      const other = { ...presented(kind, name), identity: { ...identity(kind, name), domain: 'zzzzzzzzzzzzzzzz' } };
      expect(callerOf(other, directory, terms)).toMatchObject({
        as: 'anonymous',
        why: expect.stringContaining('another'),
      });
    }
  });

  it('lets nobody renew late where that is off', () => {
    expect(callerOf(presented('user', 'alice', expired(1)), directory, { now, renewLateMs: 0 }).as).toBe('anonymous');
  });
});
