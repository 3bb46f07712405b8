import type { Field, Site } from './field.js';
import type { Row } from './row.js';
import { Tally } from './tally.js';

/** Runs a row so many times, each time with another victim. Rejects with the first thing that does not hold. */
export async function runRow(field: Field, row: Row, rounds: number, tally = new Tally(row.name)): Promise<Tally> {
  for (let round = 0; round < rounds; round++) {
    const [victim, ...others] = rotated(field.sites, round);
    await field.enter(row.options);
    try {
      await row.round({ field, tally, victim: victim as Site, others: others as [Site, Site] });
      tally.duplicates += await field.duplicates();
    } finally {
      await field.leave();
    }
    tally.rounds++;
  }
  return tally;
}

function rotated<T>(all: readonly T[], by: number): T[] {
  const at = by % all.length;
  return [...all.slice(at), ...all.slice(0, at)];
}
