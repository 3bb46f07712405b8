import { type FaultKind, faultKinds } from './faults.js';
import { type RunResult, runSeed, type Scenario } from './run.js';

/** Options of a simulation. */
export interface SimulateOptions {
  /** Number of seeds, or the seeds themselves. Default 20. */
  readonly seeds?: number | readonly number[];
  /** Members of each cluster. Default 3. */
  readonly replicas?: number;
  /** Faults that may happen; each seed draws how much of each, and some draw nothing. Default all. */
  readonly faults?: readonly FaultKind[];
  /** Duration of the trouble, simulated milliseconds. Default 60,000. */
  readonly durationMs?: number;
}

/** Result of a simulation without a violation. */
export interface SimulateResult {
  /** Number of runs, one for each seed. */
  readonly runs: number;
  /** Virtual time of all runs together, ms. */
  readonly simulatedMs: number;
  /** Number of events that were simulated. */
  readonly events: number;
}

/** A run in which something broke: the same seed breaks in the same way. */
export class SimulationError extends Error {
  /** Name of the class. */
  override readonly name = 'SimulationError';
  /** Seed with which the run fails again. */
  readonly seed: number;
  /** The last things that happened before, oldest first, each with its simulated milliseconds. */
  readonly trace: readonly string[];

  constructor({ seed, failure, trace }: RunResult) {
    super(`seed ${seed}: ${failure?.message}\nthe last things that happened:\n  ${trace.slice(-20).join('\n  ')}`, {
      cause: failure,
    });
    this.seed = seed;
    this.trace = trace;
  }
}

/**
 * Runs a scenario against whole clusters, one a seed, in virtual time: members crash, hang, lose messages and disks while
 * your controllers run in them. Checks the cluster's own promises too.
 *
 * Resolves when all seeds held. Code of a scenario and of its controllers must take time from `sleep` and `clock`, and
 * chance from `random`; then a seed always comes out the same.
 * @throws {SimulationError} for the first seed that broke: repeat it alone with `seeds: [seed]`.
 * @see docs/testing.md
 */
export async function simulate(options: SimulateOptions, scenario: Scenario): Promise<SimulateResult> {
  checkOptions(options);
  if (typeof scenario !== 'function')
    throw new TypeError('simulate(options, scenario) takes a scenario: a function of the world that it runs in');
  const { seeds = 20, replicas = 3, faults = faultKinds, durationMs = 60_000 } = options;
  const list = typeof seeds === 'number' ? Array.from({ length: seeds }, (_, i) => i + 1) : seeds;
  let simulatedMs = 0;
  let events = 0;
  for (const seed of list) {
    const result = await runSeed({ seed, members: replicas, faults, durationMs, clients: 0, watchers: 0, scenario });
    if (result.failure) throw new SimulationError(result);
    simulatedMs += result.simulatedMs;
    events += result.events;
  }
  return { runs: list.length, simulatedMs, events };
}

/** A run that proves nothing must not look like one that does. */
function checkOptions({ seeds = 1, replicas = 1, faults = [], durationMs = 1 }: SimulateOptions): void {
  const whole = (value: unknown, from: number) => Number.isSafeInteger(value) && (value as number) >= from;
  const list = Array.isArray(seeds);
  if (list ? seeds.length === 0 || !seeds.every((seed) => whole(seed, 0)) : !whole(seeds, 1))
    throw new TypeError('seeds is how many, from 1, or a list of whole numbers from 0');
  if (!whole(replicas, 1)) throw new TypeError('replicas must be a whole number from 1');
  const unknown = faults.find((fault) => !faultKinds.includes(fault));
  if (unknown !== undefined) throw new TypeError(`there is no fault "${unknown}": known are ${faultKinds.join(', ')}`);
  if (!(Number.isFinite(durationMs) && durationMs >= 0)) throw new TypeError('durationMs must be a number from 0');
}
