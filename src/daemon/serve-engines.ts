import { type EngineAccess, localEngines } from '../fleet/access.js';
import { engineDialer } from '../fleet/engine/dial.js';
import type { EngineTls } from '../fleet/index.js';
import { engineRoutesOf } from './engine-routes.js';
import type { OpenReplica } from './open-replica.js';

/** Engines of the cluster, for a manager that drives some of them. */
export interface ServedEngines {
  /** Clients of any engine: of its own ones directly, of the others through their managers. */
  readonly access: EngineAccess;
  /** Opens no new connections to its own engines. */
  stop(): void;
}

/**
 * Lets a member connect to the engines that it drives, for itself and for everyone who asks it.
 * @throws {EngineError} `BAD_CERTIFICATE`
 */
export function serveEngines(
  member: OpenReplica,
  { tls }: { readonly tls?: EngineTls | undefined } = {},
): ServedEngines {
  const its = engineRoutesOf(member);
  if (!its) throw new TypeError('a member that drives engines must listen: give it listenAddr');
  its.dialWith(engineDialer({ tls }));
  const connect = async (node: string, signal: AbortSignal) =>
    (await its.open({ engine: '', node }, { signal })).connection;
  return { access: localEngines(member.store, connect), stop: () => its.dialWith(undefined) };
}
