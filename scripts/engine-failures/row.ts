import type { ClusterOptions } from '../../src/fleet/index.js';
import type { Field, Site } from './field.js';
import type { Tally } from './tally.js';

/** One round of a row: what it meets, and where it counts. */
export interface Round {
  readonly field: Field;
  readonly tally: Tally;
  /** The engine that fails. */
  readonly victim: Site;
  /** The two others. */
  readonly others: readonly [Site, Site];
}

/** A row of the failure table. */
export interface Row {
  readonly name: string;
  /** Settings of its cluster, where the usual ones do not fit. */
  readonly options?: ClusterOptions;
  /** Breaks something, and throws unless it comes out as it should. The caller counts what is there twice. */
  readonly round: (round: Round) => Promise<void>;
}

/** Fails when something that a row stands for does not hold. */
export function expectThat(holds: boolean, what: string): void {
  if (!holds) throw new Error(`does not hold: ${what}`);
}

/** Settings with which a short absence is never taken for a loss, however slow the machine is. */
export const patient: ClusterOptions = { pingMs: 20_000, refreshMinMs: 20_000, refreshMaxMs: 20_000 };
