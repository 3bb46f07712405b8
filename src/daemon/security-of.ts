import type { MemberSecurity } from './member-security.js';
import type { OpenReplica } from './open-replica.js';

// Apart from OpenReplica, which users of the library see: they have no use for it.

const securities = new WeakMap<OpenReplica, MemberSecurity>();

/** Keeps the identity of a member. */
export function keepSecurity(member: OpenReplica, its: MemberSecurity): void {
  securities.set(member, its);
}

/** Returns the identity of a member, for the process that runs it; `undefined` when it speaks clear text. */
export function securityOf(member: OpenReplica): MemberSecurity | undefined {
  return securities.get(member);
}
