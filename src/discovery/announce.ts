import { type Clock, systemClock } from '../base/clock.js';
import { asError } from '../base/errors.js';
import { aborted, pause } from '../base/waiting.js';
import type { Backend } from './backend.js';
import { DiscoveryError } from './errors.js';
import { heartbeatMsDefault } from './registry.js';

/** Options of an announcement. */
export interface AnnounceOptions {
  /** Interval of renewals, milliseconds; shorter than the TTL. Default 60 000. */
  readonly heartbeatMs?: number;
  /** Ends it, and takes the registration back where the backend can. */
  readonly signal: AbortSignal;
  /** Callbacks before each registration, after it, and for its errors. It is tried again all the same. */
  readonly onAttempt?: () => void;
  /** Called after each registration that succeeded. */
  readonly onRegistered?: () => void;
  /** Called with the error of each one that failed; the next attempt follows. */
  readonly onError?: (error: Error) => void;
  /** Source of time. Default: the system's. */
  readonly clock?: Clock;
}

/** Limit for a service that does not answer while we are stopping, milliseconds. */
const graceMs = 5_000;

/**
 * Registers `address` and renews that every heartbeat, through outages of the service, until `signal` is aborted.
 * Resolves when the registration is taken back, or cannot be: then its TTL does the rest.
 * @throws {NotImplementedError} The backend takes no registrations, so waiting would not help.
 */
export async function announce(backend: Backend, address: string, options: AnnounceOptions): Promise<void> {
  const { heartbeatMs = heartbeatMsDefault, signal, clock = systemClock } = options;
  if (signal.aborted) return;
  const tell = (error: unknown) => options.onError?.(asError(error));
  const attempt = async () => {
    options.onAttempt?.();
    try {
      await backend.register(address);
      options.onRegistered?.();
    } catch (error) {
      if (error instanceof DiscoveryError && error.code === 'NOT_IMPLEMENTED') throw error;
      tell(error);
    }
  };
  while (!signal.aborted) {
    await withGrace(attempt(), signal, clock);
    await pause(clock, heartbeatMs, signal);
  }
  await withGrace(Promise.resolve(backend.deregister?.(address)).catch(tell), signal, clock);
}

/** Waits for `work`; from the abort of `signal` on only a little longer. */
async function withGrace(work: Promise<unknown>, signal: AbortSignal, clock: Clock): Promise<void> {
  const done = new AbortController();
  const impatient = aborted(signal, done.signal).then(() => pause(clock, graceMs, done.signal));
  await Promise.race([work.finally(() => done.abort()), impatient]);
}
