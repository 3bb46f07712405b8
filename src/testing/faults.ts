import { Chance } from './chance.js';
import type { DiskFaults } from './sim-disk.js';
import type { NetworkFaults } from './sim-network.js';

/** Kinds of trouble that a run may have. Each can be turned off alone, which is how a failure is made smaller. */
export const faultKinds = [
  'network',
  'partition',
  'crash',
  'pause',
  'clock',
  'disk',
  'damage',
  'membership',
  'transfer',
] as const;
/** Sort of a fault that a simulation injects. */
export type FaultKind = (typeof faultKinds)[number];

/** Amount of each fault. Times in milliseconds; a mean of Infinity is never. */
export interface FaultPlan {
  readonly network: NetworkFaults;
  readonly disk: DiskFaults;
  /** Mean time between … */
  readonly partitionMs: number;
  readonly crashMs: number;
  readonly pauseMs: number;
  readonly clockJumpMs: number;
  readonly damageMs: number;
  readonly membershipMs: number;
  readonly transferMs: number;
  /** … writes that take seconds, while members come and go. */
  readonly stallMs: number;
  /** Largest difference between the rates of the clocks: 0.1 is a tenth. */
  readonly drift: number;
}

export const calmNetwork: NetworkFaults = { delayMeanMs: 1, loses: 0, repeats: 0, lingers: 0 };
export const calmDisk: DiskFaults = { syncMeanMs: 1, slow: 0, fails: 0 };

/** Draws how bad a run is. One in eight has no faults at all. */
export function drawFaults(seed: number, kinds: readonly FaultKind[]): FaultPlan {
  const chance = new Chance(seed, 'faults');
  const calm = chance.happens(1 / 8);
  const has = (kind: FaultKind, probability: number) => chance.happens(probability) && !calm && kinds.includes(kind);
  const every = (kind: FaultKind, probability: number, ...means: readonly number[]) => {
    const mean = chance.pick(means);
    return has(kind, probability) ? mean : Infinity;
  };
  const network: NetworkFaults = {
    delayMeanMs: chance.pick([0.5, 2, 10, 40]),
    loses: chance.pick([0.001, 0.02, 0.1, 0.3]),
    repeats: chance.pick([0, 0.05, 0.5]),
    lingers: chance.pick([0, 0.005, 0.05]),
  };
  const disk: DiskFaults = {
    syncMeanMs: chance.pick([0.5, 2, 10]),
    slow: chance.pick([0, 0.001, 0.01]),
    fails: chance.pick([0, 0.0001, 0.001]),
  };
  return {
    network: has('network', 0.6) ? network : calmNetwork,
    disk: has('disk', 0.6) ? disk : calmDisk,
    partitionMs: every('partition', 0.6, 5_000, 15_000),
    crashMs: every('crash', 0.7, 5_000, 20_000),
    pauseMs: every('pause', 0.4, 10_000, 30_000),
    clockJumpMs: every('clock', 0.5, 15_000),
    damageMs: every('damage', 0.3, 40_000),
    membershipMs: every('membership', 0.5, 15_000, 30_000),
    transferMs: every('transfer', 0.5, 10_000, 25_000),
    drift: has('clock', 0.5) ? 0.1 : 0,
    stallMs: every('disk', 0.5, 10_000, 30_000),
  };
}
