import { expect, it } from 'vitest';
import type { Clock } from '../../src/base/clock.js';
import { raftLogger } from '../../src/replica/raft-log.js';

/** The lines above debug of what raft says at these seconds. */
function linesOf(
  said: readonly (readonly [second: number, level: 'info' | 'warn', text: string, about?: 'leader'])[],
): string[] {
  let now = 0;
  const clock: Clock = { now: () => now, monotonic: () => now, schedule: () => () => undefined };
  const lines: string[] = [];
  const at = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
  const logger = { debug: () => undefined, info: at('info'), warn: at('warn'), error: at('error') };
  const raft = raftLogger(logger, (id) => (id === 571_384_913_402 ? 'm1' : undefined), clock);
  for (const [second, level, text, about] of said) {
    now = second * 1_000;
    raft.log(level, text, about);
  }
  return lines;
}

it('has names where raft has ids, except for those who are no members', () => {
  expect(linesOf([[0, 'info', '571384913402 is a follower in term 7 of 8123456789', 'leader']])).toEqual([
    'info m1 is a follower in term 7 of 8123456789',
  ]);
});

it('says once what goes on and on, whatever its term, and again after a minute without it', () => {
  const asking = (second: number, term: number) => [second, 'info', `571384913402 asks for an election after term ${term}`] as const; // prettier-ignore
  const hour = Array.from({ length: 1_800 }, (_, i) => asking(i * 2, Math.floor(i / 30)));
  expect(linesOf([...hour, asking(3_660, 61), asking(3_662, 61)])).toEqual([
    'info m1 asks for an election after term 0',
    'info m1 asks for an election after term 61',
  ]);
});

it('says each time who leads', () => {
  const lines = linesOf([
    [0, 'info', '571384913402 leads term 8', 'leader'],
    [10, 'info', '571384913402 is a follower in term 9 of 8123456789', 'leader'],
    [11, 'warn', '571384913402 steps down: no quorum has answered'],
    [20, 'info', '571384913402 leads term 10', 'leader'],
    [21, 'info', '571384913402 leads term 10', 'leader'],
  ]);
  expect(lines).toEqual([
    'info m1 leads term 8',
    'info m1 is a follower in term 9 of 8123456789',
    'warn m1 steps down: no quorum has answered',
    'info m1 leads term 10',
  ]);
});
