import type { Cancel, Clock } from '../base/clock.js';
import { messageOf } from '../base/errors.js';
import type { Logger } from '../base/log.js';
import { dayMs, renewLateDefaultMs } from '../identity/index.js';
import { credentials, type ReadTx, tokens } from '../kinds/index.js';
import type { MemoryStore } from '../state/index.js';

/** Time between two sweeps, milliseconds. */
const sweepMs = 10 * 60_000;
/** Time for which an ended token stays: an error can still say when it ended, or who used it. */
const keepMs = 7 * dayMs;
/** Most objects that one transaction removes. */
const sweptMax = 500;

/** Ids of the objects that have ended. */
export interface Ended {
  readonly tokens: readonly string[];
  readonly credentials: readonly string[];
}

/** Finds tokens that ended a week ago, and certificates that can no longer be renewed. */
export function endedIn(tx: ReadTx, now: number): Ended {
  const ids = (all: readonly { readonly id: string }[]) => all.map(({ id }) => id).slice(0, sweptMax);
  return {
    tokens: ids(
      tx
        .kind(tokens)
        .find()
        .filter(({ expiresAt }) => now > expiresAt + keepMs),
    ),
    credentials: ids(
      tx
        .kind(credentials)
        .find()
        .filter(({ notAfter }) => now > notAfter + renewLateDefaultMs),
    ),
  };
}

/** Removes what has ended, for as long as this member leads. Returns how to stop. */
export function keepSwept({
  store,
  clock,
  logger,
}: {
  readonly store: MemoryStore;
  readonly clock: Clock;
  readonly logger: Logger;
}): Cancel {
  let stopped = false;
  let cancel: Cancel = () => undefined;
  const sweep = async () => {
    const { tokens: oldTokens, credentials: oldCredentials } = store.view((tx) => endedIn(tx, clock.now()));
    if (oldTokens.length + oldCredentials.length === 0) return;
    await store.update(
      (tx) => {
        for (const id of oldTokens) if (tx.kind(tokens).get(id)) tx.kind(tokens).delete(id);
        for (const id of oldCredentials) if (tx.kind(credentials).get(id)) tx.kind(credentials).delete(id);
      },
      { actor: 'skep', reason: 'tokens and certificates that have ended' },
    );
  };
  const later = (ms: number) => {
    cancel = clock.schedule(ms, () => {
      sweep()
        .catch((error: unknown) => logger.debug('ended tokens were not removed', { error: messageOf(error) }))
        .finally(() => {
          if (!stopped) later(sweepMs);
        });
    });
  };
  later(0);
  return () => {
    stopped = true;
    cancel();
  };
}
