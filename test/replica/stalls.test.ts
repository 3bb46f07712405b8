import { expect, it } from 'vitest';
import type { Clock } from '../../src/base/clock.js';
import { StallLog } from '../../src/replica/stalls.js';

interface Event {
  /** Moment, milliseconds. */
  readonly at: number;
  readonly does: 'writing' | 'written';
}

/** Lines of a member with an election timeout of a second that looks every 100 ms, but for the times of its stalls. */
function linesOf(
  events: readonly Event[],
  { untilMs, stalls = [], alone = false }: { untilMs: number; stalls?: readonly [number, number][]; alone?: boolean },
): string[] {
  let now = 0;
  const clock: Clock = { now: () => now, monotonic: () => now, schedule: () => () => undefined };
  const lines: string[] = [];
  const at = (level: string) => (message: string) => void lines.push(`${now} ${level} ${message}`);
  const logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  const log = new StallLog({ logger, clock, electionTimeoutMs: 1_000 });
  for (; now <= untilMs; now += 100) {
    if (stalls.some(([from, to]) => now > from && now < to)) continue; // its answers wait, too
    for (const event of events) if (event.at === now) log[event.does]();
    log.look({ alone });
  }
  return lines;
}

const blocked = (time: string) =>
  `the event loop was blocked for ${time}, and the others elect a leader meanwhile: compute in another thread or process`;
const waiting = (time: string) =>
  `the disk has not answered for ${time}, and writes wait: look at the disk, and at the thread pool of Node (UV_THREADPOOL_SIZE)`;

it('says that the event loop was blocked, once for what happens again and again', () => {
  const stalls: [number, number][] = [
    [5_000, 8_000],
    [20_000, 21_500],
    [90_000, 91_000],
  ];
  expect(linesOf([], { untilMs: 100_000, stalls })).toEqual([
    `8000 warn ${blocked('3s')}`,
    `91000 warn ${blocked('1s')}`,
  ]);
});

it('says nothing of the time before the first look', () => {
  expect(linesOf([], { untilMs: 10_000, stalls: [[-1, 6_000]] })).toEqual([]);
});

it('says nothing of a shorter stall, nor where no other member could lead', () => {
  expect(linesOf([], { untilMs: 10_000, stalls: [[5_000, 5_900]] })).toEqual([]);
  expect(linesOf([], { untilMs: 10_000, stalls: [[5_000, 9_000]], alone: true })).toEqual([]);
});

it('says that the disk does not answer, and when it did', () => {
  const events: Event[] = [
    { at: 1_000, does: 'writing' },
    { at: 1_900, does: 'written' },
    { at: 2_000, does: 'writing' },
    { at: 14_300, does: 'written' },
    { at: 20_000, does: 'writing' },
    { at: 22_000, does: 'written' },
  ];
  expect(linesOf(events, { untilMs: 30_000 })).toEqual([
    `3000 warn ${waiting('1s')}`,
    '14300 warn the disk answered after 12.3s',
  ]);
});

it('does not blame the disk for a blocked event loop', () => {
  const events: Event[] = [
    { at: 4_900, does: 'writing' },
    { at: 8_100, does: 'written' }, // its answer is read in the turn after the stall
  ];
  expect(linesOf(events, { untilMs: 10_000, stalls: [[5_000, 8_000]] })).toEqual([`8000 warn ${blocked('3s')}`]);
});
