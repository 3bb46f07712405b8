import type { Clock } from '../../base/clock.js';
import { isStoreErrorOf } from '../../base/store-error.js';
import { locks, queued } from '../../kinds/index.js';
import type { CoordinationClient } from '../client-port.js';
import { lockPrefix } from './candidates.js';

/** Resolves when something of a queue has changed after `version`, or after `limitMs`, or when the signal aborts. */
export async function untilChange({
  client,
  clock,
  queue,
  version,
  limitMs,
  signal,
}: {
  readonly client: Pick<CoordinationClient, 'messages'>;
  readonly clock: Clock;
  readonly queue: string;
  readonly version: number;
  readonly limitMs: number;
  readonly signal: AbortSignal;
}): Promise<void> {
  const over = new AbortController();
  const cancel = clock.schedule(limitMs, () => over.abort());
  const selectors = [
    { kind: queued.name, indexes: [{ index: 'queue', is: queue }] },
    { kind: locks.name, actions: ['delete' as const], indexes: [{ index: 'lock', prefix: lockPrefix(queue) }] },
  ];
  try {
    const stop = AbortSignal.any([over.signal, signal]);
    for await (const { type } of client.messages({ selectors, from: version, wait: true, signal: stop }))
      if (type === 'transaction') return;
  } catch (error) {
    // The history does not reach back: the caller looks again.
    if (!isStoreErrorOf(error, ['RESYNC', 'VERSION_COMPACTED', 'VERSION_AHEAD', 'WATCH_OVERFLOW'])) throw error;
  } finally {
    cancel();
    over.abort();
  }
}
