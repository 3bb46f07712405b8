import { isStoreError } from '../../base/store-error.js';
import type { StoredObject } from '../../kinds/index.js';
import { specVersionOf } from '../../kinds/index.js';
import { ApiError } from '../answers.js';
import type { Exchange } from '../exchange.js';
import type { Handler, Route } from '../router.js';
import type { SwarmBackend } from './backend.js';
import { refusalOfStore, refuseOld } from './refusals.js';

/** Handler of a request about the cluster. */
export type SwarmHandler = (x: Exchange, backend: SwarmBackend) => void | Promise<void>;

/** Text for a manager that does not serve the cluster. */
const noManager =
  'This node is not a swarm manager. Start it as "skep manager --docker tcp://HOST:PORT" to manage services through it.';

/** Makes a handler of one that needs the cluster. Errors of the store get their status. */
export function withBackend(handler: SwarmHandler): Handler {
  return async (x) => {
    const { swarm } = x.api;
    if (!swarm) throw new ApiError(503, noManager);
    try {
      await handler(x, swarm);
    } catch (error) {
      throw refusalOfStore(error);
    }
  };
}

/** Makes a line of the table of routes. */
export const swarmRoute = (method: string, pattern: string, handler: SwarmHandler): Route => [
  method,
  pattern,
  withBackend(handler),
  'here',
];

/** Reads the version of the object that an update saw. @throws {ApiError} 400 */
export function versionIn(x: Exchange, what: string): number {
  const text = x.query.get('version') ?? '';
  if (/^\d{1,16}$/.test(text)) return Number(text);
  throw new ApiError(400, `invalid ${what} version '${text}': it must be a whole number`);
}

/**
 * Checks the version that an update saw against the object. The spec must not have changed since; other writes, such as
 * the progress of an update, are no reason to refuse.
 * @throws {ApiError} 500 with the words that tools look for.
 */
export function checkVersion(what: string, object: StoredObject, seen: number): void {
  if (seen < specVersionOf(object) || seen > object.meta.version) refuseOld(`${what} ${object.id}`);
}

/** Most tries of a write that another write came before. */
const triesMax = 5;

/** Reads and writes; again when another write came between. `attempt` refuses what has become wrong meanwhile. */
export async function retried<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (tries >= triesMax || !isStoreError(error, 'SEQUENCE_CONFLICT')) throw error;
    }
  }
}
