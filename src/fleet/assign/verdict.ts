import type { EngineBody } from '../../kinds/index.js';

/** Time without an answer to any manager after which a node is down, ms. */
export const silentMaxMs = 15_000;
/** Time after a change of the driver within which the new one must confirm the engine, ms. */
export const unconfirmedMaxMs = 30_000;

/** Conclusion about the node of an engine. */
export type Verdict =
  | { readonly is: 'ready' }
  | { readonly is: 'down'; readonly message: string }
  /** Not known yet: the node keeps its state until this time. `troubled` tells that something is wrong. */
  | { readonly is: 'open'; readonly until?: number; readonly troubled: boolean };

/** Fields of an engine that a verdict reads. */
export type EngineHealth = Pick<EngineBody, 'state' | 'failures' | 'want' | 'wantAt' | 'confirmedAt'>;

/**
 * Judges the node of an engine. An engine that answers its driver is ready. One that no manager reaches is down 15 s after
 * its last answer. After a change of the driver, the node keeps its state until the new driver has confirmed it, and is down
 * when that takes longer than 30 s.
 *
 * @param anyDriver True when there is a driver at all.
 */
export function verdictOf(engine: EngineHealth, anyDriver: boolean, now: number): Verdict {
  const { state, failures, want, wantAt, confirmedAt } = engine;
  const unreached = want === '' && anyDriver;
  if (unreached) return downAt(confirmedAt + silentMaxMs, 'no manager reaches the engine', now);
  if (want === '' || confirmedAt < wantAt)
    return downAt(wantAt + unconfirmedMaxMs, 'no manager has confirmed the engine', now);
  return state === 'healthy' && failures === 0 ? { is: 'ready' } : { is: 'open', troubled: true };
}

function downAt(at: number, message: string, now: number): Verdict {
  return now >= at ? { is: 'down', message } : { is: 'open', until: at, troubled: true };
}
