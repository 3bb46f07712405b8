import { isStoreErrorOf } from '../../base/store-error.js';
import type { Client } from '../../client/index.js';
import { type DriverBody, drivers, type EngineBody, engines } from '../../kinds/index.js';

/** Objects beside services, tasks and nodes that tell who is to act. */
export interface Actors {
  readonly engines: readonly (EngineBody & { readonly id: string })[];
  readonly drivers: readonly (DriverBody & { readonly id: string })[];
}

/** Reads who drives which engine. The lists are empty in a cluster of an earlier version, and without the right to read them. */
export async function readActors(client: Client, options: { readonly stale?: boolean } = {}): Promise<Actors> {
  try {
    const { objects: known } = await client.list(engines, undefined, options);
    return { engines: known, drivers: (await client.list(drivers, undefined, options)).objects };
  } catch (error) {
    if (isStoreErrorOf(error, ['UNKNOWN_KIND', 'DENIED'])) return { engines: [], drivers: [] };
    throw error;
  }
}

/** Addresses at which managers publish the ingress ports of services, as far as managers with engines tell. */
export function ingressAddresses({ drivers: live }: Pick<Actors, 'drivers'>): string[] {
  return [...new Set(live.map(({ ingress }) => ingress).filter((address) => address !== ''))].sort();
}
