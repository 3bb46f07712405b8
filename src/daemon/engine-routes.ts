import type { EngineRoutes } from '../api/index.js';
import type { OpenReplica } from './open-replica.js';

// Apart from OpenReplica, which users of the library see: they have no use for it.

const routes = new WeakMap<OpenReplica, EngineRoutes>();

/** Keeps the ways of a member to engines. */
export function keepEngineRoutes(member: OpenReplica, its: EngineRoutes): void {
  routes.set(member, its);
}

/**
 * Returns the ways of a member to engines, for the process that runs it; `undefined` when it does not listen.
 */
export function engineRoutesOf(member: OpenReplica): EngineRoutes | undefined {
  return routes.get(member);
}
