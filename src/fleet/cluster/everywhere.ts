import type { Engine } from '../engine/engine.js';
import { isEngineError, wordsOf } from '../engine/errors.js';
import { FleetError } from '../fleet.js';

/** Healthy engines. @throws FleetError `NO_ENGINE` when there is none. */
export function healthyOf(engines: readonly Engine[]): readonly Engine[] {
  const healthy = engines.filter(({ state }) => state === 'healthy');
  if (healthy.length === 0) throw new FleetError('NO_ENGINE', 'No healthy node available in the cluster');
  return healthy;
}

/** Refuses work for an engine that does not answer. @throws FleetError `UNHEALTHY` */
export function expectHealthy(engine: Engine, what: string): void {
  if (engine.state !== 'healthy') throw new FleetError('UNHEALTHY', `${what} running on unhealthy node ${engine.name}`);
}

/**
 * Does the same on many engines at once, and waits for all of them. Resolves with the answers of those that did it.
 * @throws FleetError that names every engine that failed, when one did.
 */
export async function onEach<T>(engines: readonly Engine[], run: (engine: Engine) => Promise<T>): Promise<T[]> {
  const results = await Promise.allSettled(engines.map((engine) => run(engine)));
  const errors = results.flatMap((result, at) =>
    result.status === 'rejected' ? [{ name: engines[at]?.name ?? '', error: result.reason as unknown }] : [],
  );
  if (errors.length > 0) {
    const message = errors.map(({ name, error }) => `${name}: ${wordsOf(error)}`).join('\n');
    throw new FleetError(codeOf(errors.map(({ error }) => error)), message, { cause: errors[0]?.error });
  }
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

/** The one code that all of them have; `FAILED` when they differ. */
function codeOf(errors: readonly unknown[]) {
  if (errors.every((error) => isEngineError(error, 'NOT_FOUND'))) return 'NOT_FOUND';
  if (errors.every((error) => isEngineError(error, 'CONFLICT'))) return 'CONFLICT';
  if (errors.some((error) => isEngineError(error) && error.outcomeUnknown)) return 'OUTCOME_UNKNOWN';
  return 'FAILED';
}
