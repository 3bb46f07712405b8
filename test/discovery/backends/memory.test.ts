import { describe, expect, it } from 'vitest';
import { createBackend } from '../../../src/discovery/index.js';
import { Seen } from '../../support/discovery-watch.js';
import { FakeClock } from '../../support/state-clock.js';

describe('memory://', () => {
  it('has a list of its own for each use', async () => {
    const [one, other] = [await createBackend('memory://'), await createBackend('memory://')];
    await one.register('a:1');
    expect(new Seen(other.watch()).told).toEqual(['']);
  });

  it('tells each change at once, and the end of a time when it comes', async () => {
    const clock = new FakeClock();
    const backend = await createBackend('memory://', { clock, ttlMs: 1_000 });
    const seen = new Seen(backend.watch());
    await backend.register('a:1');
    clock.advance(600);
    await backend.register('b:1');
    clock.advance(399);
    expect(seen.told).toEqual(['', 'a:1', 'a:1 b:1']);
    clock.advance(1);
    expect(seen.last).toBe('b:1');
    clock.advance(600);
    expect(seen.last).toBe('');
    seen.stop();
    expect(clock.armed).toBe(0);
  });

  it('keeps for good what has no TTL, and takes it back however it is written', async () => {
    const clock = new FakeClock();
    const backend = await createBackend('memory://', { clock, ttlMs: 0 });
    const seen = new Seen(backend.watch());
    await backend.register('[a]:1');
    clock.advance(1e9);
    expect(seen.last).toBe('a:1');
    await backend.deregister?.('[a]:1');
    expect(seen.last).toBe('');
  });
});
