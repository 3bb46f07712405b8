import { setTimeout as delay } from 'node:timers/promises';
import { expectThat } from '../engine-failures/row.js';
import { Tally } from '../engine-failures/tally.js';
import { untilCalm } from './calm.js';
import type { Row } from './row.js';
import { standing } from './services.js';
import { type Site, startOf, type World } from './world.js';

/** Two updates a minute. */
const updateEveryMs = 30_000;

/** Runs a row so many times, each time with another victim. Rejects with the first thing that does not hold. */
export async function runRow(world: World, row: Row, rounds: number, tally = new Tally(row.name)): Promise<Tally> {
  for (let round = 0; round < rounds; round++) {
    const [victim, ...others] = rotated(world.sites, round);
    await untilCalm(world);
    const before = world.watch.all.length;
    const end = new AbortController();
    const load = row.still ? Promise.resolve() : updateNowAndThen(world, tally, end.signal);
    try {
      const sides = { victim: victim as Site, others: others as [Site, Site] };
      await row.round({ world, tally, ...sides, leader: await world.leader(), calm: () => untilCalm(world) });
    } finally {
      end.abort();
      await load;
      await world.mend();
    }
    await untilCalm(world);
    tally.moved += world.watch.all.length - before;
    tally.duplicates = duplicatesOf(world);
    await expectRules(world);
    tally.rounds++;
  }
  return tally;
}

/** Updates one service after the other, until the signal. */
async function updateNowAndThen(world: World, tally: Tally, signal: AbortSignal): Promise<void> {
  for (let turn = 0; !signal.aborted; turn++) {
    await delay(updateEveryMs, undefined, { signal }).catch(() => undefined);
    const name = Object.keys(standing)[turn % Object.keys(standing).length] as string;
    if (!signal.aborted) await tally.refused(() => world.services.update(name));
  }
}

/** Containers beyond the first that a task ever had, on all engines. */
export function duplicatesOf(world: World): number {
  const made = world.sites
    .flatMap(({ log }) => log.events)
    .filter(({ action, task }) => action === 'create' && task !== '');
  return made.length - new Set(made.map(({ task }) => task)).size;
}

/** Rules that hold whatever was broken. */
async function expectRules(world: World): Promise<void> {
  expectThat(duplicatesOf(world) === 0, 'each task had one container');
  const starts = world.sites
    .flatMap(({ log }) => log.events)
    .filter(({ action, task }) => action === 'start' && task !== '');
  expectThat(
    starts.length === new Set(starts.map(({ container }) => container)).size,
    'each container was started once',
  );
  expectThat(world.watch.broken.length === 0, world.watch.broken.join('; '));
  expectThat(world.surprises.length === 0, world.surprises.join('; '));
  for (const { real, foreign } of world.sites)
    expectThat(
      (await startOf(real, foreign.id)) === foreign.startedAt,
      `the foreign container on ${real.name} is as it was`,
    );
}

function rotated<T>(all: readonly T[], by: number): T[] {
  const at = by % all.length;
  return [...all.slice(at), ...all.slice(0, at)];
}
