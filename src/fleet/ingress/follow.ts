import type { Cancel, Clock } from '../../base/clock.js';
import { messageOf } from '../../base/errors.js';
import type { Logger } from '../../base/log.js';
import type { Event } from '../../kinds/index.js';
import { watch, type WatchableStore } from '../../state/index.js';
import { type IngressPort, ingressPorts } from './targets.js';

export interface FollowIngress {
  readonly store: WatchableStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Receives all ports, at the start and after each change of them. */
  readonly set: (ports: readonly IngressPort[]) => void;
}

/** Shortest time between two looks at the store, milliseconds. */
const betweenMs = 20;
/** Time until a watch that failed begins anew, milliseconds. */
const againMs = 1_000;

/** Follows the ingress ports of a store. Returns a function that ends it. */
export function followIngress({ store, clock, logger, set }: FollowIngress): Cancel {
  const ended = new AbortController();
  let cancel: Cancel | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  /** Services with ingress ports: tasks of others mean nothing here. */
  let services: ReadonlySet<string> = new Set();

  const look = () => {
    cancel = undefined;
    lookedAt = clock.monotonic();
    const ports = store.view(ingressPorts);
    services = new Set(ports.map(({ serviceId }) => serviceId));
    set(ports);
  };
  const lookSoon = () => {
    cancel ??= clock.schedule(Math.max(0, lookedAt + betweenMs - clock.monotonic()), look);
  };
  const matters = (event: Event): boolean => {
    if (event.kind === 'service') return true;
    if (event.kind === 'task') return services.has(event.object.serviceId ?? '');
    return event.kind === 'node' && services.size > 0;
  };
  const begin = () => {
    watch(store.queue, { signal: ended.signal }).subscribe({
      next: (event) => {
        if (matters(event)) lookSoon();
      },
      error: (error) => {
        logger.warn('the watch of published ports begins anew', { error: messageOf(error) });
        cancel?.();
        cancel = clock.schedule(againMs, begin);
      },
    });
    look();
  };
  begin();
  return () => {
    ended.abort();
    cancel?.();
  };
}
