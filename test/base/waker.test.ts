import { describe, expect, it } from 'vitest';
import { deferred } from '../../src/base/deferred.js';
import { Limiter } from '../../src/base/limiter.js';
import { Waker } from '../../src/base/waker.js';
import { FakeClock } from '../support/state-clock.js';

describe('a waker', () => {
  it('waits for the time, or until it is woken', async () => {
    const clock = new FakeClock();
    const waker = new Waker(clock);
    const late = waker.wait(100);
    clock.advance(100);
    expect(await late).toBe(false);
    const woken = waker.wait(100);
    waker.wake();
    expect(await woken).toBe(true);
  });

  it('remembers a wake-up that came before the wait, once', async () => {
    const clock = new FakeClock();
    const waker = new Waker(clock);
    waker.wake();
    waker.wake();
    expect(await waker.wait(100)).toBe(true);
    const next = waker.wait(100);
    clock.advance(100);
    expect(await next).toBe(false);
  });
});

describe('a limiter', () => {
  it('runs so many at a time, in order, and goes on after a failure', async () => {
    const limiter = new Limiter(2);
    const gates = [deferred<void>(), deferred<void>(), deferred<void>(), deferred<void>()];
    const begun: number[] = [];
    const work = (at: number) =>
      limiter.run(async () => {
        begun.push(at);
        await gates[at]?.promise;
        return at;
      });
    const all = Promise.allSettled([work(0), work(1), work(2), work(3)]);
    await Promise.resolve();
    expect(begun).toEqual([0, 1]);
    gates[1]?.reject(new TypeError('of the work'));
    await new Promise(setImmediate);
    expect(begun).toEqual([0, 1, 2]);
    for (const gate of gates) gate.resolve();
    const results = await all;
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(begun).toEqual([0, 1, 2, 3]);
  });
});
