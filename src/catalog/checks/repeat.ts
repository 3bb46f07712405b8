import { onAbort } from '../../base/abort.js';
import type { Clock } from '../../base/clock.js';
import { messageOf } from '../../base/errors.js';
import type { Random } from '../../base/random.js';
import { orAborted, pause, within } from '../../base/waiting.js';
import { CatalogError } from '../errors.js';
import { type CheckResult, intervalMsDefault, type Probe, timeoutMsDefault } from './spec.js';

export interface Repeat {
  readonly intervalMs?: number | undefined;
  readonly timeoutMs?: number | undefined;
}

/** Probes until `signal` is aborted, and tells each result. The first time at once, then at moments that differ a little. */
export async function repeat(
  probe: Probe,
  { intervalMs = intervalMsDefault, timeoutMs = timeoutMsDefault }: Repeat,
  world: { readonly clock: Clock; readonly random: Random; readonly signal: AbortSignal },
  tell: (result: CheckResult) => void,
): Promise<void> {
  const { clock, random, signal } = world;
  while (!signal.aborted) {
    const result = await once(probe, timeoutMs, clock, signal);
    // Stopped meanwhile: that it was given up says nothing of the service.
    if (!isAborted(signal)) tell(result);
    await pause(clock, jittered(intervalMs, random), signal);
  }
}

/** Up to a tenth less: those that began together do not stay together. */
export function jittered(everyMs: number, random: Random): number {
  return everyMs - random(Math.floor(everyMs / 10) + 1);
}

async function once(probe: Probe, timeoutMs: number, clock: Clock, outer: AbortSignal): Promise<CheckResult> {
  const done = new AbortController();
  const forget = onAbort(outer, () => done.abort());
  try {
    const probed = orAborted(probe({ timeoutMs, signal: done.signal }), outer);
    const late = () => new CatalogError('UNAVAILABLE', `no answer within ${timeoutMs} ms`);
    return await within(clock, timeoutMs, probed, late);
  } catch (error) {
    return { status: 'critical', note: messageOf(error) };
  } finally {
    forget();
    done.abort();
  }
}

function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
