import type { EngineRoutes } from '../api/index.js';
import type { OpenReplica } from './open-replica.js';

// Apart from OpenReplica, which users of the library see: they have no use for it.

const routes = new WeakMap<OpenReplica, EngineRoutes>();

/** Keeps the ways of a member to engines. */
export function keepEngineRoutes(member: OpenReplica, its: EngineRoutes): void {
  routes.set(member, its);
}

/**
 * Returns the ways of a member to engines, for the process that runs it; `undefined` when it does not listen. One that drives
 * engines says how to dial them: `dialWith(engineDialer({ tls }))`.
 */
export function engineRoutesOf(member: OpenReplica): EngineRoutes | undefined {
  return routes.get(member);
}
