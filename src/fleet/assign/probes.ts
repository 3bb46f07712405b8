import { pause } from '../../base/waiting.js';
import { type DriverBody, type EngineBody, engines, type Stored } from '../../kinds/index.js';
import { pingMs } from './engine-run.js';
import type { EngineLink, SessionPorts } from './ports.js';
import type { Reach } from './reach.js';
import { choicesFor } from './want.js';

/** Failures after which a manager that does not drive an engine says that it cannot reach it. */
const failuresMax = 2;
/** Answers in a row after which it says that it can again, while another manager drives the engine. */
const answersMin = 3;

/**
 * Engines that a manager asks although another one drives them: those that it could not reach, and those in trouble for which
 * it is a choice. So it is known at once whether an engine is gone, or only the way to it from one manager.
 */
export function probedBy(
  driver: Pick<Stored<DriverBody>, 'id'>,
  all: readonly Stored<EngineBody>[],
  live: readonly Stored<DriverBody>[],
  lost: ReadonlySet<string>,
): Stored<EngineBody>[] {
  return all.filter((engine) => {
    if (engine.want === driver.id) return false;
    if (lost.has(engine.id)) return true;
    const troubled = engine.failures > 0 || engine.state === 'unhealthy' || engine.want === '';
    return troubled && choicesFor(engine, live).some(({ id }) => id === driver.id);
  });
}

interface ProbePorts extends Pick<SessionPorts, 'store' | 'clock'> {
  readonly link: EngineLink;
  readonly reach: Reach;
}

/** Pings an engine that another manager drives, and notes whether this one reaches it, until `signal` aborts. */
export async function probe(engineId: string, { link, reach, store, clock }: ProbePorts, signal: AbortSignal): Promise<void> {
  let [failures, answers] = [0, 0];
  while (!signal.aborted) {
    const began = clock.monotonic();
    const reached = await link.ping({ signal }).then(
      () => true,
      () => false,
    );
    if (signal.aborted) return;
    [failures, answers] = reached ? [0, answers + 1] : [failures + 1, 0];
    const driven = store.view((tx) => tx.kind(engines).get(engineId)?.want ?? '') !== '';
    if (failures >= failuresMax) reach.set(engineId, false);
    // An engine without a driver is taken at once. One that moves for each good answer would never come to rest.
    else if (answers >= (driven ? answersMin : 1)) reach.set(engineId, true);
    await pause(clock, began + pingMs - clock.monotonic(), signal);
  }
} // prettier-ignore
