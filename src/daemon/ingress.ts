import type { Clock } from '../base/clock.js';
import type { Logger } from '../base/log.js';
import { followIngress, IngressProxy } from '../fleet/ingress/index.js';
import type { WatchableStore } from '../state/index.js';

/** Published ports of a manager while they are open. */
export interface Ingress {
  /** Reasons for which ports are not published here, by port. */
  readonly problems: ReadonlyMap<number, string>;
  close(): void;
}

/** Publishes the ingress ports of all services on an address of this manager. */
export function openIngress({
  store,
  listen,
  logger,
  clock,
}: {
  readonly store: WatchableStore;
  readonly listen: string;
  readonly logger: Logger;
  readonly clock: Clock;
}): Ingress {
  const proxy = new IngressProxy({ host: listen, clock, logger });
  const end = followIngress({ store, clock, logger, set: (ports) => proxy.set(ports) });
  return {
    get problems() {
      return proxy.problems;
    },
    close() {
      end();
      proxy.close();
    },
  };
}
