import { onAbort } from '../../base/abort.js';
import { type Clock, sleep } from '../../base/clock.js';
import { messageOf } from '../../base/errors.js';

/** Requests at a fixed rate, whether the cluster keeps up or not. */
export interface Load {
  readonly perSecond: number;
  readonly durationMs: number;
  /** Makes request after request; each of these numbers is in one request at a time. */
  readonly slots: number;
  readonly request: (slot: number) => Promise<unknown>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called now and then, with the time since the beginning. */
  readonly onProgress?: ((elapsedMs: number, done: number) => void) | undefined;
}

/** Outcome of a load. */
export interface Loaded {
  /** Latency of each request that was answered in time, ascending, milliseconds. */
  readonly latencies: readonly number[];
  /** Requests that were due in the whole time. */
  readonly due: number;
  readonly failed: number;
  /** Reason of the first failure. */
  readonly failure?: string | undefined;
  readonly elapsedMs: number;
}

/** Time between two looks for requests that are due, milliseconds. */
const paceMs = 2;

/**
 * Sends a request at each moment at which one is due. Latency counts from that moment, not from the sending: else a cluster
 * that stops for a second would delay the requests of that second, and look fast. Ends with the time, or the signal; answers
 * that come later count for nothing.
 */
export async function offerLoad(load: Load): Promise<Loaded> {
  const { perSecond, durationMs, slots, request, clock, signal, onProgress } = load;
  const begun = clock.monotonic();
  const elapsed = () => clock.monotonic() - begun;
  const free = Array.from({ length: slots }, (_, slot) => slot);
  const open = new Set<Promise<void>>();
  const latencies: number[] = [];
  let sent = 0;
  let failed = 0;
  let failure: string | undefined;
  const send = async (slot: number, dueAt: number) => {
    try {
      await request(slot);
      if (elapsed() <= durationMs) latencies.push(elapsed() - dueAt);
    } catch (error) {
      failed++;
      failure ??= messageOf(error);
    } finally {
      free.push(slot);
      pump();
    }
  };
  const pump = () => {
    const due = Math.floor((Math.min(elapsed(), durationMs) / 1_000) * perSecond);
    while (sent < due && elapsed() < durationMs && !signal.aborted) {
      const slot = free.pop();
      if (slot === undefined) return;
      const sending = send(slot, (++sent / perSecond) * 1_000);
      open.add(sending);
      void sending.finally(() => open.delete(sending));
    }
  };
  let stopped = false;
  const forget = onAbort(signal, () => (stopped = true));
  while (!stopped && elapsed() < durationMs) {
    pump();
    onProgress?.(elapsed(), latencies.length);
    await sleep(clock, paceMs);
  }
  forget();
  const elapsedMs = Math.min(elapsed(), durationMs);
  await Promise.all(open);
  latencies.sort((a, b) => a - b);
  return { latencies, due: Math.floor((elapsedMs / 1_000) * perSecond), failed, failure, elapsedMs };
}
