import { describe, expect, it } from 'vitest';
import { freePort } from '../../../scripts/waiting.js';
import { createBackend } from '../../../src/discovery/index.js';
import { Seen } from '../../support/discovery-watch.js';

describe('a zk:// URL', () => {
  it.each([
    ['zk://', {}, 'at least one HOST:PORT'],
    ['zk:///prefix', {}, 'at least one HOST:PORT'],
    ['zk://[::1]:2181', {}, 'names and IPv4 addresses'],
    ['zk://a b', {}, 'is no HOST:PORT'],
    ['zk://a:1', { 'kv.cacertfile': import.meta.filename }, 'zk:// has no TLS'],
  ])('%s with %j is refused', async (url, options, why) => {
    await expect(createBackend(url, { options })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining(why) as string,
    });
  });

  it('may name one that nobody serves: it is told, and nothing is left behind', async () => {
    const backend = await createBackend(`zk://127.0.0.1:${await freePort()}`, { heartbeatMs: 10 });
    const seen = new Seen(backend.watch());
    await expect(backend.register('a:1')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect.poll(() => seen.errors.length, { timeout: 10_000 }).toBeGreaterThan(0);
    expect(seen.errors[0]).toContain('Unexpected watch error: ZooKeeper does not answer: no connection');
    seen.stop();
    await backend.close?.();
  });
});
