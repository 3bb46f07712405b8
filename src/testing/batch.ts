import { type RunOptions, type RunResult, runSeed } from './run.js';

/** Events that must happen at least once in many runs: a simulation without one proves nothing about it. */
export const mustHappen = [
  'acknowledged',
  'unknown',
  'refused',
  'reads',
  'readsAcrossLeaders',
  'leaderChanges',
  'truncatedConflicts',
  'stalls',
  'snapshotsInstalled',
  'lostUnsyncedWrites',
  'tornTails',
  'failedWrites',
  'damageNoticed',
  'configurations',
  'transfers',
  'crashes',
  'allCrashes',
  'partitions',
  'pauses',
  'clockJumps',
  'wipes',
  'messagesLost',
  'messagesRepeated',
  'watchesResumed',
  'watchesCompacted',
  'watchesOverflowed',
] as const;

export interface BatchOptions extends Omit<RunOptions, 'seed'> {
  readonly seeds: number;
  readonly seedFrom: number;
  /** Runs one seed. Default {@link runSeed}. */
  readonly run?: (options: RunOptions) => Promise<RunResult>;
  /** Events that must happen. Default {@link mustHappen}. */
  readonly expected?: readonly string[];
  /** Called after each run. */
  readonly onResult?: (result: RunResult) => void;
}

export interface BatchResult {
  readonly runs: number;
  readonly failures: readonly RunResult[];
  /** Added up over all runs. */
  readonly counts: Readonly<Record<string, number>>;
  /** Events that never happened, though they must. */
  readonly missing: readonly string[];
  /** Seeds that came out differently the second time. */
  readonly unrepeatable: readonly number[];
  readonly simulatedMs: number;
  readonly events: number;
}

/** Every so many seeds one is run twice. */
const repeatEvery = 50;

/** Runs many seeds, one after another. */
export async function runBatch({ seeds, seedFrom, onResult, ...others }: BatchOptions): Promise<BatchResult> {
  const { run = runSeed, expected = mustHappen, ...options } = others;
  const failures: RunResult[] = [];
  const unrepeatable: number[] = [];
  const counts: Record<string, number> = {};
  let simulatedMs = 0;
  let events = 0;
  for (let seed = seedFrom; seed < seedFrom + seeds; seed++) {
    const result = await run({ ...options, seed });
    if (result.failure) failures.push(result);
    if (seed % repeatEvery === 0) {
      const again = await run({ ...options, seed });
      if (again.hash !== result.hash || again.events !== result.events) unrepeatable.push(seed);
    }
    for (const [name, count] of Object.entries(result.counts)) counts[name] = (counts[name] ?? 0) + count;
    simulatedMs += result.simulatedMs;
    events += result.events;
    onResult?.(result);
  }
  const missing = expected.filter((name) => !counts[name]);
  return { runs: seeds, failures, counts, missing, unrepeatable, simulatedMs, events };
}
