import { expect, it } from 'vitest';
import type { Clock } from '../../src/base/clock.js';
import { raftLogger } from '../../src/replica/raft-log.js';

it('has names where raft has ids, and says the same once a minute', () => {
  let now = 0;
  const clock: Clock = { now: () => now, monotonic: () => now, schedule: () => () => undefined };
  const lines: string[] = [];
  const at = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
  const logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  const raft = raftLogger(logger, (id) => (id === 571_384_913_402 ? 'm1' : undefined), clock);

  raft.log('info', '571384913402 is a follower in term 7 of 8123456789');
  for (; now < 120_000; now += 1_000) raft.log('info', '571384913402 asks for an election after term 7');
  raft.log('warn', '571384913402 steps down: no quorum has answered');

  expect(lines.filter((line) => !line.startsWith('debug'))).toEqual([
    'info m1 is a follower in term 7 of 8123456789', // no member: there is no name
    'info m1 asks for an election after term 7',
    'info m1 asks for an election after term 7',
    'warn m1 steps down: no quorum has answered',
  ]);
});
