import { describe, expect, it } from 'vitest';
import { type Clock, sliceMs, systemClock } from '../../src/base/clock.js';
import { MemoryStore, type Tx } from '../../src/index.js';
import { controlOf } from '../../src/state/index.js';
import { codeOf } from '../support/state-events.js';

/** A clock by which every look takes a slice: each step is a turn of its own. */
function slowClock(): Clock {
  let now = 0;
  return { ...systemClock, now: () => 1_000, monotonic: () => (now += sliceMs) };
}

const node = (hostname: string) => ({ description: { hostname } });

function creating(count: number, before: (i: number, tx: Tx) => void = () => undefined) {
  return function* (tx: Tx): Generator<undefined, number> {
    for (let i = 0; i < count; i++) {
      before(i, tx);
      tx.nodes().create(node(`n${i}`));
      yield undefined;
    }
    return count;
  };
}

const hostnames = (store: MemoryStore) => store.view((tx) => tx.nodes().find().map(({ description }) => description?.hostname)); // prettier-ignore

describe('a transaction in slices', () => {
  it('is one transaction: nobody sees a part of it, and others write before or after', async () => {
    const store = new MemoryStore({ clock: slowClock() });
    const seen = new Set<number>();
    const looking = setInterval(() => seen.add(hostnames(store).length), 0);
    const made = controlOf(store).updateInSlices(creating(50, () => seen.add(hostnames(store).length)));
    const other = store.update((tx) => tx.nodes().find().length);
    await expect(made).resolves.toBe(50);
    await expect(other).resolves.toBe(50);
    clearInterval(looking);
    expect([...seen].filter((count) => count !== 50)).toEqual([0]);
    expect(store.version).toBe(1);
    expect(store.transaction(1)?.events).toHaveLength(50);
  });

  it('writes nothing when it throws, however late', async () => {
    const store = new MemoryStore({ clock: slowClock() });
    const fails = creating(20, (i) => {
      if (i === 19) throw new Error('no');
    });
    await expect(controlOf(store).updateInSlices(fails)).rejects.toThrow('no');
    await store.update((tx) => tx.nodes().create(node('after')));
    expect(hostnames(store)).toEqual(['after']);
    expect(store.version).toBe(1);
  });

  it('is refused as a whole when it is too large', async () => {
    const store = new MemoryStore({ clock: slowClock(), limits: { transactionBytes: 500 }, proposer: sized(100) });
    await expect(controlOf(store).updateInSlices(creating(5))).resolves.toBe(5);
    expect(await codeOf(controlOf(store).updateInSlices(creating(6)))).toBe('TOO_LARGE');
    expect(store.version).toBe(1);
  });

  it('ends with the store, and with its signal, before anything is proposed', async () => {
    const store = new MemoryStore({ clock: slowClock() });
    const stop = new AbortController();
    const aborting = creating(10, (i) => (i === 5 ? stop.abort(new Error('enough')) : undefined));
    await expect(controlOf(store).updateInSlices(aborting, { signal: stop.signal })).rejects.toThrow('enough');
    const closing = creating(10, (i) => (i === 5 ? void store.close() : undefined));
    expect(await codeOf(controlOf(store).updateInSlices(closing))).toBe('CLOSED');
    expect(store.version).toBe(0);
  });

  it('does nothing for a repeated request', async () => {
    const store = new MemoryStore({ clock: slowClock() });
    const control = controlOf(store);
    await control.updateInSlices(creating(3), { requestId: 'r1' });
    await expect(control.updateInSlices(creating(3), { requestId: 'r1' })).resolves.toBeUndefined();
    expect(hostnames(store)).toHaveLength(3);
  });

  it('is refused when what it began on is gone', async () => {
    const store = new MemoryStore({ clock: slowClock() });
    const overtaken = creating(5, (i) => {
      if (i === 2)
        store.applyStoreActions([{ action: 'remove', kind: 'node', id: first }], { version: 2, time: 2_000 });
    });
    const { id: first } = await store.update((tx) => tx.nodes().create(node('first')));
    expect(await codeOf(controlOf(store).updateInSlices(overtaken))).toBe('NOT_LEADER');
    expect(hostnames(store)).toEqual([]);
  });
});

/** A proposer that commits at once, and for which every change takes so many bytes. */
function sized(bytes: number) {
  return {
    proposeValue: (_transaction: unknown, commit: () => void) => (commit(), Promise.resolve()),
    getVersion: () => 0,
    changesBetween: () => Promise.resolve([]),
    sizeOf: () => bytes,
  };
}
