import type { EngineRoutes } from '../api/index.js';
import { partsOf } from './member-parts.js';
import type { OpenReplica } from './open-replica.js';

/**
 * Returns the ways of a member to engines, for the process that runs it; `undefined` when it does not listen.
 */
export function engineRoutesOf(member: OpenReplica): EngineRoutes | undefined {
  return partsOf(member).routes;
}
