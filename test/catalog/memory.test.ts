import { describe, expect, it } from 'vitest';
import { type InstanceRecord, MemoryCatalogBackend } from '../../src/catalog/index.js';
import { Told } from '../support/catalog.js';
import { FakeClock } from '../support/state-clock.js';

const record = (id: string): InstanceRecord => ({
  ...{ id, name: 'web', host: 'h', port: 80, tags: [], meta: {}, weight: 1, health: 'passing' as const },
});

describe('the catalogue in memory', () => {
  it('has a timer only while somebody watches and something can expire', async () => {
    const clock = new FakeClock();
    const backend = new MemoryCatalogBackend({ clock });
    const [forGood, session] = [await backend.open('a', 0), await backend.open('b', 1_000)];
    await forGood.put([record('w1')]);
    expect(clock.armed).toBe(0);
    const told = new Told(backend);
    expect(clock.armed).toBe(1);
    await session.close();
    expect(clock.armed).toBe(0);
    clock.advance(10_000_000);
    expect(told.list).toBe('a/w1');
    const other = await backend.open('c', 1_000);
    await other.put([record('w2')]);
    expect(clock.armed).toBe(1);
    told.stop();
    expect(clock.armed).toBe(0);
    clock.advance(1_000);
    expect(await backend.list()).toHaveLength(1);
  });

  it('removes who is lost when that has gone on for too long', async () => {
    const clock = new FakeClock();
    const backend = new MemoryCatalogBackend({ clock, massExpiry: { keepMs: 5_000 } });
    for (const agent of ['a', 'b', 'c']) await (await backend.open(agent, 1_000)).put([record(agent)]);
    const told = new Told(backend);
    clock.advance(5_999);
    expect(told.list).toBe('a/a? b/b? c/c?');
    clock.advance(1);
    expect(told.list).toBe('');
    expect(clock.armed).toBe(0);
  });

  it('removes everybody when marking is off', async () => {
    const clock = new FakeClock();
    const backend = new MemoryCatalogBackend({ clock, massExpiry: { share: 1 } });
    for (const agent of ['a', 'b', 'c']) await (await backend.open(agent, 1_000)).put([record(agent)]);
    const told = new Told(backend);
    clock.advance(1_000);
    expect(told.list).toBe('');
  });

  it('marks whoever has missed a renewal, however the moments of the last ones were spread', async () => {
    const clock = new FakeClock();
    const backend = new MemoryCatalogBackend({ clock });
    for (const agent of ['a', 'b', 'c', 'd']) {
      await (await backend.open(agent, 1_000)).put([record(agent)]);
      clock.advance(100);
    }
    const told = new Told(backend);
    clock.advance(2_000);
    expect(told.list).toBe('a/a? b/b? c/c? d/d?');
  });
});
