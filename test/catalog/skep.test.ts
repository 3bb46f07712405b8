import { describe, expect, it } from 'vitest';
import { until } from '../../scripts/waiting.js';
import { SkepCatalogBackend } from '../../src/catalog/index.js';
import type { Client, WatchMessage } from '../../src/client/index.js';
import { Told } from '../support/catalog.js';

const stored = (id: string, more: object = {}) => ({
  kind: 'instances',
  object: {
    ...{ id, name: 'web', host: '10.0.0.1', port: 80, tags: [], metadata: {}, weight: 1, health: 'passing' },
    ...{ agent: 'a', session: 's', lease: 'l1', meta: { version: 1 }, ...more },
  },
});
const lease = (id: string, lost: boolean) => ({ kind: 'leases', object: { id, lost } });

/** A client whose watch says this and then ends. */
const saying = (...messages: object[]) =>
  ({
    async *messages({ signal }: { signal: AbortSignal }) {
      yield* messages as WatchMessage[];
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    },
  }) as unknown as Client;

async function told(count: number, ...messages: object[]): Promise<Told> {
  const seen = new Told(new SkepCatalogBackend({ client: saying(...messages) }));
  await until('all is told', () => seen.snapshots.length === count);
  seen.stop();
  return seen;
}
const lists = ({ snapshots }: Told) =>
  snapshots.map((snapshot) => snapshot.map(({ id, lost }) => `${id}${lost ? '?' : ''}`).join(' '));
const snapshot = (...objects: object[]) => [
  { type: 'snapshot', version: 1, objects },
  { type: 'synced', version: 1 },
];
const change = (...events: object[]) => ({ type: 'transaction', version: 2, time: 0, events });

describe('a watch of the catalogue in our own store', () => {
  it('applies events to what it has, and tells once a transaction', async () => {
    const seen = await told(
      3,
      ...snapshot(stored('w1'), stored('w2')),
      change({ action: 'create', ...stored('w3') }, { action: 'delete', ...stored('w1') }),
      change({ action: 'delete', ...stored('w9') }),
      { type: 'bookmark', version: 4 },
      change({ action: 'update', ...stored('w2', { health: 'critical' }) }),
    );
    expect(lists(seen)).toEqual(['w1 w2', 'w2 w3', 'w2 w3']);
    expect(seen.last?.map(({ health }) => health)).toEqual(['critical', 'passing']);
    expect(seen.snapshots[2]?.[1]).toBe(seen.snapshots[1]?.[1]);
  });

  it('begins with nothing after a resync, and tells when the new snapshot is whole', async () => {
    const resync = { type: 'resync', reason: 'VERSION_COMPACTED' };
    const seen = await told(2, ...snapshot(stored('w1'), lease('l1', true)), resync, ...snapshot(stored('w2')));
    expect(lists(seen)).toEqual(['w1?', 'w2']);
  });

  it('marks the instances of a lease that is lost, and no others', async () => {
    const seen = await told(
      3,
      ...snapshot(stored('w1'), stored('w2', { lease: 'l2' }), lease('l1', false), lease('l2', false)),
      change({ action: 'update', ...lease('l1', true) }),
      change({ action: 'update', ...lease('l1', false) }),
    );
    expect(lists(seen)).toEqual(['w1 w2', 'w1? w2', 'w1 w2']);
    expect(seen.snapshots[2]?.[1]).toBe(seen.snapshots[0]?.[1]);
  });

  it('leaves out what is no record', async () => {
    expect(lists(await told(1, ...snapshot(stored('w1', { port: -1 }), stored('w2'))))).toEqual(['w2']);
  });
});
