import { expect, it } from 'vitest';
import type { Clock } from '../../src/base/clock.js';
import { LeaderlessLog } from '../../src/replica/leaderless.js';

/** Lines of a member that looks ten times a second; each row says who leads from that second on. */
function linesOf(
  rows: readonly { from: number; leader?: string; silent?: readonly string[] }[],
  seconds: number,
): string[] {
  let now = 0;
  const clock: Clock = { now: () => now, monotonic: () => now, schedule: () => () => undefined };
  const lines: string[] = [];
  const at = (level: string) => (message: string) =>
    void lines.push(`${Math.round(now / 1_000)} s ${level} ${message}`);
  const log = new LeaderlessLog({ debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }, clock);
  for (; now < seconds * 1_000; now += 100) {
    const { leader, silent = [] } = rows.findLast(({ from }) => from * 1_000 <= now) ?? {};
    log.look({ leader, silent: () => silent });
  }
  return lines;
}

it('says once a minute that nobody leads, who does not answer, and when it is over', () => {
  const rows = [
    { from: 0, leader: 'm1' },
    { from: 20, silent: ['m2', 'm3'] },
    { from: 140, silent: ['m3'] },
    { from: 212, leader: 'm2' },
  ];
  expect(linesOf(rows, 400)).toEqual([
    '30 s warn no member leads for 10s: no answer from m2, m3; writes wait',
    '90 s warn no member leads for 1m10s: no answer from m2, m3; writes wait',
    '150 s warn no member leads for 2m10s: no answer from m3; writes wait',
    '210 s warn no member leads for 3m10s: no answer from m3; writes wait',
    '212 s warn m2 leads after 3m12s without a leader',
  ]);
});

it('says nothing of an election, however many there are', () => {
  const rows = Array.from({ length: 40 }, (_, i) => [
    { from: i * 10, leader: `m${i % 3}` },
    { from: i * 10 + 6 },
  ]).flat();
  expect(linesOf(rows, 400)).toEqual([]);
});

it('says that votes are split when everybody answers', () => {
  expect(linesOf([{ from: 0 }], 15)).toEqual(['10 s warn no member leads for 10s: every voter answers, and none was elected; writes wait']); // prettier-ignore
});
