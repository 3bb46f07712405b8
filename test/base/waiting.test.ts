import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { aborted, orAborted, pause, settledWithin, within } from '../../src/base/waiting.js';
import { FakeClock } from '../support/state-clock.js';

const never = new Promise<never>(() => undefined);
const late = () => new Error('late');
const stateOf = (promise: Promise<unknown>) =>
  Promise.race([promise.then(String, (error: Error) => error.message), Promise.resolve('pending')]);
/** Lets promises say what they have to say. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('waiting', () => {
  it('for an abort ends with the first of several signals, and leaves no listener on the others', async () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const waiting = aborted(one.signal, other.signal);
    expect(await stateOf(waiting)).toBe('pending');
    one.abort();
    await waiting;
    expect(getEventListeners(other.signal, 'abort')).toEqual([]);
    await aborted(other.signal, one.signal);
    expect(getEventListeners(other.signal, 'abort')).toEqual([]);
  });

  it.each([
    ['a pause', (clock: FakeClock, signal?: AbortSignal) => pause(clock, 10, signal)],
    ['a limit', (clock: FakeClock) => settledWithin(clock, 10, never)],
  ])('for %s ends at its time, and leaves no timer', async (_, wait) => {
    const clock = new FakeClock();
    const waiting = wait(clock);
    clock.advance(9);
    expect(await stateOf(waiting)).toBe('pending');
    clock.advance(1);
    await waiting;
    expect(clock.armed).toBe(0);
  });

  it('for a pause ends at an abort, before or meanwhile, and leaves no timer and no listener', async () => {
    const clock = new FakeClock();
    const stop = new AbortController();
    const waiting = pause(clock, 10, stop.signal);
    stop.abort();
    await waiting;
    await pause(clock, 10, stop.signal);
    expect(clock.armed).toBe(0);
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
  });

  it.each([
    ['resolves', () => Promise.resolve(1)],
    ['rejects', () => Promise.reject(new Error('no'))],
  ])('for a limit ends when what is limited %s, and leaves no timer', async (_, limited) => {
    const clock = new FakeClock();
    await settledWithin(clock, 10, limited());
    expect(clock.armed).toBe(0);
  });

  it('for an answer rejects when it is late, and leaves no timer when it is not', async () => {
    const clock = new FakeClock();
    expect(await within(clock, 10, Promise.resolve(1), late)).toBe(1);
    await settle();
    expect(clock.armed).toBe(0);
    const waiting = within(clock, 10, never, late);
    clock.advance(10);
    await expect(waiting).rejects.toThrow('late');
  });

  it('for an answer rejects with the reason of an abort', async () => {
    const stop = new AbortController();
    const waiting = orAborted(never, stop.signal);
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect(orAborted(Promise.resolve(1), stop.signal)).rejects.toThrow('enough');
    expect(await orAborted(Promise.resolve(1), undefined)).toBe(1);
  });
});
