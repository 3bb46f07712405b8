import type { Verb } from './rights.js';

/** Condition for a user to call a method: `any` enabled user, the role `admin`, or a right on at least one object of a kind. */
export type UserNeed = 'any' | 'admin' | readonly [Verb, string];

/**
 * Callers of a method. Those that are absent may not call it. `own`: only for what belongs to the caller, which the method itself
 * checks; it has the request.
 */
export interface Row {
  /** Callers without a certificate that counts. */
  readonly anonymous?: true;
  /** Users and workers whose certificate has expired, and is ours. */
  readonly expired?: 'own';
  /** Certificates of members that this member does not know: they may have joined while it was away. */
  readonly newcomer?: 'own';
  readonly worker?: true | 'own';
  readonly user?: UserNeed;
  readonly member?: true | 'own';
  /** The control socket of this machine. */
  readonly local?: true;
}

const everyone: Row = { anonymous: true, worker: true, user: 'any', member: true, local: true };
const withAny: Row = { ...everyone, expired: 'own', newcomer: 'own' };
const betweenMembers: Row = { newcomer: 'own', member: 'own' };
const administration: Row = { user: 'admin', member: true, local: true };
/** A member alone writes no kind of security: it forwards what an admin, or the machine's own user, asks for. */
const security: Row = { user: 'admin', local: true };
const objects: Row = { user: 'any', member: true, local: true };
const right = (...user: readonly [Verb, string]): Row => ({ worker: 'own', user, member: true, local: true });

/** Rows of one service, by the names of its methods. */
const service = (name: string, rows: Readonly<Record<string, Row>>) =>
  Object.entries(rows).map(([method, row]) => [`/${name}/${method}`, row] as const);

/**
 * Table of every method of every service, by its path. A method without a row is denied to everyone, and fails a test.
 * On objects it says only who may ask: rights are checked on each object, where it is read or written.
 */
export const methodTable: ReadonlyMap<string, Row> = new Map([
  ...service('grpc.health.v1.Health', { Check: withAny, Watch: withAny, List: withAny }),
  ...service('grpc.reflection.v1.ServerReflection', { ServerReflectionInfo: objects }),
  ...service('grpc.reflection.v1alpha.ServerReflection', { ServerReflectionInfo: objects }),
  ...service('skep.v1.Raft', { Stream: betweenMembers, Snapshot: betweenMembers }),
  // Peers have a certificate of the CA that they made of their secret before there is a membership.
  ...service('skep.v1.Formation', { Ask: { newcomer: 'own', member: true } }),
  ...service('skep.v1.Membership', {
    Join: { newcomer: 'own', member: 'own' },
    Remove: administration,
    SetRole: administration,
    Local: { ...objects, worker: true, newcomer: 'own' },
    Status: objects,
    TransferLeadership: { user: ['write', 'cluster'], member: true, local: true },
  }),
  ...service('skep.v1.Control', {
    Get: { ...objects, worker: 'own' },
    List: { ...objects, worker: 'own' },
    Create: objects,
    Update: { ...objects, worker: 'own' },
    Remove: objects,
    Apply: objects,
    History: objects,
    Kinds: objects,
  }),
  ...service('skep.v1.Watch', { Watch: { ...objects, worker: 'own' }, Multiplex: { ...objects, worker: 'own' } }),
  ...service('skep.v1.Lease', {
    Grant: right('write', 'leases'),
    KeepAlive: right('write', 'leases'),
    Revoke: right('remove', 'leases'),
  }),
  ...service('skep.v1.Catalog', {
    Register: right('write', 'instances'),
    Renew: right('write', 'instances'),
    Deregister: right('remove', 'instances'),
    List: right('read', 'instances'),
    Watch: right('read', 'instances'),
  }),
  ...service('skep.v1.Certificates', {
    GetRootCa: withAny,
    Issue: everyone, // the token in the request decides
    Renew: { expired: 'own', worker: 'own', user: 'any' }, // a member makes its own
  }),
  ...service('skep.v1.Access', {
    WhoAmI: withAny,
    Can: objects,
    CreateToken: security,
    RemoveToken: security,
    PutUser: security,
    RemoveUser: security,
    PutRole: security,
    RemoveRole: security,
    RevokeCertificate: security,
    Anchor: { member: 'own' },
  }),
  ...service('skep.v1.Backup', { Save: administration, Restore: administration }),
  // Each call on the stream is judged by itself.
  ...service('skep.v1.Calls', { Multiplex: { ...objects, worker: true } }),
  ...service('skep.v1.Fleet', { Report: { member: true }, Resume: administration }),
  // A connection to an engine owns the machine of the engine.
  ...service('skep.v1.Engines', { Open: administration }),
]);
