import { describe, expect, it } from 'vitest';
import { EventCommit, EventCreateNode, EventUpdateNode, MemoryStore, watch } from '../../src/index.js';

describe('the description of open watches', () => {
  it('has the kinds of each, and the events that wait for its reader', async () => {
    const store = new MemoryStore();
    const reader = watch(store.queue, { limit: 50 }, EventCreateNode(), EventUpdateNode())[Symbol.asyncIterator]();
    const subscription = watch(store.queue).subscribe(() => undefined);
    await store.update((tx) => {
      tx.nodes().create({ id: 'a' });
      tx.nodes().create({ id: 'b' });
    });
    const [first, second] = store.queue.describe();
    expect(first).toMatchObject({ kinds: ['node'], backlog: { events: 2, limit: 50 } });
    expect(first?.backlog?.bytes).toBeGreaterThan(0);
    expect(second).toEqual({ kinds: [] });
    await reader.next();
    expect(store.queue.describe()[0]?.backlog?.events).toBe(1);
    await reader.return?.();
    subscription.unsubscribe();
    expect(store.queue.describe()).toEqual([]);
  });

  it('names commits as the kind of a watch that asks for them', async () => {
    const store = new MemoryStore();
    const reader = watch(store.queue, EventCommit())[Symbol.asyncIterator]();
    expect(store.queue.describe().map(({ kinds }) => kinds)).toEqual([['commit']]);
    await reader.return?.();
  });
});
