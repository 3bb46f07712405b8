import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import type { Client } from '../../src/client/index.js';
import { SkepBackend } from '../../src/coordination/index.js';

interface Asked {
  hosts: readonly string[];
  path: unknown;
}

/** Returns the hosts and the path that a backend asks for, once it has begun to watch. */
async function asked(uris: string, options: Record<string, string>): Promise<Asked> {
  const seen: Asked = { hosts: [], path: undefined };
  const client = {
    async *messages({ selectors }: { selectors: { indexes: { is: unknown }[] }[] }) {
      seen.path = selectors[0]?.indexes[0]?.is;
      yield { type: 'synced' };
    },
  } as unknown as Client;
  const connect = (hosts: readonly string[]) => {
    seen.hosts = hosts;
    return client;
  };
  const backend = new SkepBackend({ clock: systemClock, connect });
  backend.initialize(uris, 1_000, 0, options);
  for await (const _ of backend.watch()) break;
  return seen;
}

describe('a skep:// URL', () => {
  it.each([
    ['a:1', {}, ['a:1'], 'docker/nodes'],
    ['a:1,b/web', {}, ['a:1', 'b:4242'], 'web/docker/nodes'],
    ['a:1/web/', { 'kv.path': '/x/' }, ['a:1'], 'web/x'],
    ['[::1]', { 'kv.path': 'docker/swarm/nodes' }, ['[::1]:4242'], 'docker/swarm/nodes'],
  ])('%s with %j names members and a path', async (uris, options, hosts, path) => {
    expect(await asked(uris, options as Record<string, string>)).toEqual({ hosts, path });
  });

  it.each([
    ['', {}, 'at least one HOST:PORT'],
    ['a:0', {}, 'a:0 is no HOST:PORT for skep://'],
    ['a:1', { 'kv.cacertfile': import.meta.filename }, 'skep:// has no TLS'],
  ])('%j with %j is a mistake', async (uris, options, message) => {
    await expect(asked(uris, options as Record<string, string>)).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining(message) as string,
    });
  });
});
