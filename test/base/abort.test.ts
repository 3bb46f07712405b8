import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { onAbort } from '../../src/base/abort.js';

describe('onAbort', () => {
  it('gives a signal one listener, however many wait, and none when nobody does', () => {
    const { signal } = new AbortController();
    const cancels = Array.from({ length: 100 }, () => onAbort(signal, () => undefined));
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    for (const cancel of cancels) cancel();
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    cancels[0]?.();
    onAbort(signal, () => undefined);
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  });

  it('tells everybody who still waits, once, in order; and at once when it has happened', () => {
    const controller = new AbortController();
    const told: number[] = [];
    const tell = (n: number) => () => void told.push(n);
    onAbort(controller.signal, tell(1));
    const second = onAbort(controller.signal, tell(2));
    onAbort(controller.signal, tell(3));
    second();
    controller.abort();
    controller.abort();
    expect(told).toEqual([1, 3]);
    onAbort(controller.signal, tell(4))();
    expect(told).toEqual([1, 3, 4]);
  });
});
