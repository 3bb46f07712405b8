import type { Config } from '../config/schema.js';
import type { Network } from '../network/schema.js';
import type { Secret } from '../secret/schema.js';
import type { ReadTx } from '../tx.js';
import type { Service } from './schema.js';

/** Objects that the rules of a service look at: those of a store, or those that a plan would leave. */
export interface Around {
  readonly network: (id: string) => Network | undefined;
  readonly secret: (id: string) => Secret | undefined;
  readonly config: (id: string) => Config | undefined;
  /** Returns the first service for which the test holds. */
  readonly findService: (where: (service: Service) => boolean) => Service | undefined;
}

export function aroundIn(tx: ReadTx): Around {
  return {
    network: (id) => tx.networks().get(id),
    secret: (id) => tx.secrets().get(id),
    config: (id) => tx.configs().get(id),
    findService: (where) => tx.services().find(undefined, { limit: 1, where })[0],
  };
}
