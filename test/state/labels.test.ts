import { describe, expect, it } from 'vitest';
import { isStoreError } from '../../src/base/store-error.js';
import { MemoryStore } from '../../src/state/index.js';
import { Requests, requestsMax } from '../../src/state/transactions/requests.js';

const limits = [
  { label: 'actor', max: 128 },
  { label: 'reason', max: 1_024 },
  { label: 'requestId', max: 128 },
] as const;

describe('what is said about a transaction', () => {
  it.each(limits)('has a limit: $label, $max characters', async ({ label, max }) => {
    const store = new MemoryStore();
    await store.update((tx) => tx.nodes().create({}), { [label]: 'x'.repeat(max) });
    let ran = false;
    const tooLong = store.update(() => (ran = true), { [label]: 'x'.repeat(max + 1) });
    const error: unknown = await tooLong.catch((reason: unknown) => reason);
    expect(isStoreError(error, 'INVALID_OBJECT') && error.details.path).toBe(label);
    expect(ran).toBe(false);
    expect(store.version).toBe(1);
  });

  it('has the same limit in a batch', async () => {
    const store = new MemoryStore();
    const batch = store.batch((all) => all.update((tx) => void tx.nodes().create({})), { reason: 'x'.repeat(1_025) });
    expect(await batch.catch((reason: unknown) => reason)).toMatchObject({ code: 'INVALID_OBJECT' });
    expect(store.version).toBe(0);
  });

  it('counts towards the bytes of history', async () => {
    const store = new MemoryStore({ history: { bytes: 20_000 } });
    await store.update((tx) => tx.nodes().create({ id: 'a' }));
    const alone = store.use().history.bytes;
    await store.update((tx) => tx.nodes().create({ id: 'b' }), {
      actor: 'x'.repeat(100),
      reason: 'y'.repeat(1_000),
      requestId: 'z',
    });
    expect(store.use().history.bytes - alone).toBe(alone + 1_101);
    for (let i = 0; i < 100; i++) await store.update((tx) => tx.nodes().create({}), { reason: 'y'.repeat(1_000) });
    expect(store.use().history.bytes).toBeLessThanOrEqual(20_000);
    expect(store.use().history.transactions).toBeLessThan(20);
  });
});

describe('the list of request ids', () => {
  it('holds the last ten thousand that are as long as may be', () => {
    const requests = new Requests();
    const idOf = (i: number) => String(i).padStart(128, '0');
    for (let i = 0; i <= requestsMax; i++) requests.add(idOf(i), i);
    expect(requests.list()).toHaveLength(requestsMax);
    expect(requests.versionOf(idOf(0))).toBeUndefined();
    expect(requests.versionOf(idOf(1))).toBe(1);
  });

  it('holds fewer that are longer: those of a state that was saved when they had no limit', () => {
    const requests = new Requests();
    requests.reset(Array.from({ length: 20 }, (_, i) => [`${i}`.padStart(500_000, '0'), i] as const));
    const characters = requests.list().reduce((sum, [id]) => sum + id.length, 0);
    expect(characters).toBeLessThanOrEqual(requestsMax * 128);
    expect(requests.list().map(([, version]) => version)).toEqual([18, 19]);
    requests.add('a', 20);
    requests.add('a', 21);
    expect(requests.versionOf('a')).toBe(21);
  });
});
