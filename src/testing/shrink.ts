import { type FaultKind, faultKinds } from './faults.js';
import { type RunOptions, type RunResult, runSeed } from './run.js';

/** A failure made as small as it goes. */
export interface Shrunk {
  readonly options: RunOptions;
  readonly result: RunResult;
  readonly runs: number;
}

/** The most runs that making a failure smaller may take. */
const runsMax = 40;

/** Leaves out one thing after another for as long as the same promise is broken: kinds of faults, clients, watchers, members, time. */
export async function shrink(
  options: RunOptions,
  failed: RunResult,
  { run = runSeed, kinds = faultKinds }: { run?: typeof runSeed; kinds?: readonly FaultKind[] } = {},
): Promise<Shrunk> {
  let best: Shrunk = { options: { ...options, durationMs: failed.simulatedMs + 1 }, result: failed, runs: 0 };
  let runs = 0;
  const broken = invariantOf(failed);
  const attempt = async (smaller: RunOptions): Promise<boolean> => {
    if (runs >= runsMax) return false;
    runs++;
    const result = await run(smaller);
    if (!result.failure || invariantOf(result) !== broken) return false;
    best = {
      options: { ...smaller, durationMs: Math.min(smaller.durationMs ?? Infinity, result.simulatedMs + 1) },
      result,
      runs,
    };
    return true;
  };
  for (const kind of kinds) {
    const faults = best.options.faults ?? kinds;
    if (faults.includes(kind)) await attempt({ ...best.options, faults: faults.filter((other) => other !== kind) });
  }
  await attempt({ ...best.options, watchers: 0 });
  for (const clients of [1, 2]) if (await attempt({ ...best.options, clients })) break;
  for (const members of [1, 3]) {
    if (members >= (best.options.members ?? best.result.members)) break;
    if (await attempt({ ...best.options, members })) break;
  }
  for (const share of [0.25, 0.5, 0.75]) {
    if (await attempt({ ...best.options, durationMs: Math.ceil((best.options.durationMs ?? 0) * share) })) break;
  }
  return { ...best, runs };
}

export function invariantOf({ failure }: RunResult): string | undefined {
  return failure && ((failure as { invariant?: string }).invariant ?? failure.name);
}
