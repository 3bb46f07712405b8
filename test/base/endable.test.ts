import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { endable } from '../../src/base/endable.js';

/** Says 1 and then waits for ever. */
function stuck(signals: AbortSignal[] = []) {
  return async function* (signal: AbortSignal): AsyncGenerator<number, void> {
    signals.push(signal);
    yield await Promise.resolve(1);
    await new Promise(() => undefined);
  };
}

const done = { done: true, value: undefined };
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('an endable iterator', () => {
  it('gives what is made, in order, and its end', async () => {
    const items = endable(async function* () {
      yield* await Promise.resolve([1, 2]);
    });
    expect(await Promise.all([items.next(), items.next(), items.next(), items.next()])).toEqual([
      { done: false, value: 1 },
      { done: false, value: 2 },
      done,
      done,
    ]);
  });

  it('passes an error on once, and has ended then', async () => {
    const items = endable<number>(async function* () {
      yield await Promise.resolve(1);
      throw new Error('broken');
    });
    await items.next();
    await expect(items.next()).rejects.toThrow('broken');
    expect(await items.next()).toEqual(done);
  });

  it.each(['return', 'throw', 'abort'] as const)('ends within a turn on %s while next waits', async (how) => {
    const signals: AbortSignal[] = [];
    const stop = new AbortController();
    const items = endable(stuck(signals), stop.signal);
    await items.next();
    const seen: unknown[] = [];
    void items.next().then((result) => seen.push(result));
    if (how === 'return') await items.return();
    else if (how === 'throw') await expect(items.throw(new Error('why'))).rejects.toThrow('why');
    else stop.abort();
    await turn();
    expect(seen).toEqual([done]);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(await items.next()).toEqual(done);
  });

  it('rejects with the reason of its signal where that is asked for: what waits, or what comes next', async () => {
    for (const waits of [true, false]) {
      const stop = new AbortController();
      const items = endable(stuck(), stop.signal, { onAbort: 'throw' });
      await items.next();
      const waiting = waits ? items.next() : undefined;
      stop.abort(new Error('enough'));
      await expect(waiting ?? items.next()).rejects.toThrow('enough');
      expect(await items.next()).toEqual(done);
    }
  });

  it('closes as a stream that is destroyed', async () => {
    const signals: AbortSignal[] = [];
    const stream = Readable.from(endable(stuck(signals)));
    const closed = new Promise((resolve) => stream.once('close', resolve));
    stream.once('data', () => stream.destroy());
    await closed;
    expect(signals[0]?.aborted).toBe(true);
  });
});
