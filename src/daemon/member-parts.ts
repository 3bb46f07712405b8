import type { CallMeter, EngineRoutes } from '../api/index.js';
import type { AuditSink } from '../audit/index.js';
import type { Disk, Network, Replica } from '../replica/index.js';
import type { Dialing } from '../rpc/index.js';
import type { Home } from './home.js';
import type { OpenReplica } from './open-replica.js';

// Apart from OpenReplica, which users of the library see: they have no use for it.

/** Parts of a member, for the process that runs it. */
export interface MemberParts {
  readonly replica: Replica;
  /** Credentials of this member; `undefined` in clear text. */
  readonly dialing: Dialing | undefined;
  /** Ways to engines; `undefined` when it does not listen. */
  readonly routes: EngineRoutes | undefined;
  /** Audit of this member; `undefined` without one. */
  readonly audit: AuditSink | undefined;
}

/** Parts that a member is opened with, in place of its own or around them. */
export interface GivenParts {
  /** Home of a member without a data directory that ran before. */
  readonly home?: Home;
  /** Wraps the disk. */
  readonly disk?: (disk: Disk) => Disk;
  /** Wraps the network. */
  readonly network?: (network: Network) => Network;
  /** Receives the calls that the member serves. */
  readonly calls?: CallMeter;
}

const parts = new WeakMap<OpenReplica, MemberParts>();

/** Keeps the parts of a member. */
export function keepParts(member: OpenReplica, its: MemberParts): void {
  parts.set(member, its);
}

/** Returns the parts of a member that this process has opened. */
export function partsOf(member: OpenReplica): MemberParts {
  const its = parts.get(member);
  if (!its) throw new TypeError('this is no member that openReplica has opened');
  return its;
}
