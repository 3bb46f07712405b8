import { expect, it } from 'vitest';
import type { Clock } from '../../src/base/clock.js';
import { ArrivalNews } from '../../src/replica/arrival-news.js';

const mebibyte = 1024 * 1024;

/** Lines about a snapshot of 10 MiB whose parts of a MiB arrive in this interval, milliseconds. */
function linesOf(everyMs: number): string[] {
  let now = 0;
  const clock: Clock = { now: () => now, monotonic: () => now, schedule: () => () => undefined };
  const lines: string[] = [];
  const say = (message: string, facts?: object) => void lines.push(`${now} ${message} ${JSON.stringify(facts)}`);
  const news = new ArrivalNews(clock, { debug: say, info: say, warn: say, error: say }, 10 * mebibyte);
  for (let part = 0; part < 10; part++) {
    now += everyMs;
    news.count(mebibyte);
  }
  news.end();
  return lines;
}

it('says every two seconds how much of a snapshot is here, and when all is', () => {
  expect(linesOf(700)).toEqual([
    '2100 receiving the state of the cluster: 30 % {"received":"3.0 of 10.0 MiB"}',
    '4200 receiving the state of the cluster: 60 % {"received":"6.0 of 10.0 MiB"}',
    '6300 receiving the state of the cluster: 90 % {"received":"9.0 of 10.0 MiB"}',
    '7000 the state of the cluster is here {"mib":"10.0"}',
  ]);
});

it('says nothing of one that is there at once', () => {
  expect(linesOf(100)).toEqual([]);
});
