import { systemClock } from '../base/clock.js';
import { messageOf } from '../base/errors.js';
import type { Logger } from '../base/log.js';
import { systemRandom } from '../base/random.js';
import { drivers, engines } from '../kinds/index.js';
import { watch } from '../state/index.js';
import type { OpenReplica } from './open-replica.js';

/** The loops of a leader, at work or waiting. */
export interface LeaderLoops {
  /** Ends the loops. Resolves when nothing of them is left. */
  close(): Promise<void>;
}

/**
 * Runs the loops that make tasks of services and assign engines to managers, for as long as this member leads. They are loaded
 * once the store has an engine or a driver: a cluster without engines never loads them.
 */
export function openLeaderLoops(
  replica: Pick<OpenReplica, 'store' | 'leadership' | 'status'>,
  logger: Logger,
): LeaderLoops {
  const { store } = replica;
  const ending = new AbortController();
  let loops: Promise<void> | undefined;
  const isUsed = () => store.view((tx) => tx.kind(engines).count() + tx.kind(drivers).count()) > 0;
  const start = () => {
    loops ??= runLoops(replica, logger, ending.signal).catch((error: unknown) =>
      logger.error('the loops of the leader ended', { error: messageOf(error) }),
    );
  };
  const follow = () => {
    if (ending.signal.aborted || store.queue.closed) return;
    if (isUsed()) {
      start();
      return;
    }
    const { signal } = ending;
    const subscription = watch(store.queue, { signal }, engines.created(), drivers.created()).subscribe({
      next: () => {
        subscription.unsubscribe();
        start();
      },
      error: follow, // a restored state took the place of everything
    });
  };
  follow();
  return {
    close: async () => {
      ending.abort();
      await loops;
    },
  };
}

async function runLoops(
  { store, leadership, status }: Pick<OpenReplica, 'store' | 'leadership' | 'status'>,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  const [{ openControlLoop }, { fleetLoop }] = await Promise.all([
    import('../orchestrate/control/control-loop.js'),
    import('../fleet/assign/leader.js'),
  ]);
  const members = () => {
    const { members: all, leader } = status();
    return all.map(({ id, addrs }) => ({ id: String(id), addr: addrs[0] ?? '', leader: id === leader?.id }));
  };
  const ports = { store, leadership: { leadership }, clock: systemClock, logger };
  const control = openControlLoop({ ...ports, random: systemRandom });
  try {
    await fleetLoop({ ...ports, members }).run(signal);
  } finally {
    await control.close();
  }
}
