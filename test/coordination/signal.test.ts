import { afterEach, describe, expect, it } from 'vitest';
import { Client } from '../../src/client/index.js';
import { Coordination } from '../../src/coordination/index.js';
import { FakeServer } from '../support/fake-server.js';
import { until } from '../support/network-wait.js';

/** A call that nobody would end before its 30 s are over: what takes less has ended by its signal. */
const timeoutMs = 30_000;
const atOnceMs = 10_000;

describe('what waits for a cluster ends at once by its signal', () => {
  const open: { close(): void }[] = [];
  afterEach(() => {
    for (const one of open.splice(0)) one.close();
  });

  /** Nobody listens there, or somebody who takes every call and answers none. */
  async function members(how: 'nobody' | 'mute') {
    const calls = { open: 0 };
    const mute = (call: { on(event: 'cancelled', run: () => void): void }) => {
      calls.open++;
      call.on('cancelled', () => calls.open--);
    };
    const server = await FakeServer.start({
      membership: { Local: mute as never, Status: mute as never },
      lease: { Grant: mute as never },
      control: {
        Get: mute as never,
        Create: mute as never,
        List: mute as never,
        Apply: mute as never,
      },
    });
    if (how === 'nobody') server.close();
    const client = new Client({ hosts: [server.addr], timeoutMs });
    open.push(client, ...(how === 'mute' ? [server] : []));
    return { client, coordination: new Coordination({ client }), calls };
  }

  type Waits = Awaited<ReturnType<typeof members>>;
  const waits: Readonly<Record<string, (waits: Waits, signal: AbortSignal) => Promise<unknown>>> = {
    elect: ({ coordination }, signal) => coordination.elect('e', () => Promise.resolve(), { signal }),
    lock: ({ coordination }, signal) => coordination.lock('l', { signal }),
    lease: ({ coordination }, signal) => coordination.lease(1_000, { signal }),
    get: ({ client }, signal) => client.get('node', 'a', { signal }),
    list: ({ client }, signal) => client.list('node', undefined, { signal }),
    create: ({ client }, signal) => client.create('node', {}, { signal }),
    apply: ({ client }, signal) => client.apply([], { signal }),
    pages: ({ client }, signal) => client.pages('node', undefined, { signal }).next(),
    status: ({ client }, signal) => client.status({ signal }),
    restore: ({ client }, signal) => client.restoreSnapshot((async function* () {})(), { signal }),
  };

  it.each(['nobody', 'mute'] as const)('when the member is %s: every wait', async (how) => {
    const cluster = await members(how);
    for (const [name, wait] of Object.entries(waits)) {
      const stop = new AbortController();
      const waiting = wait(cluster, stop.signal);
      waiting.catch(() => undefined);
      if (how === 'mute') await until(`${name} has asked`, () => cluster.calls.open > 0);
      else await new Promise((resolve) => setTimeout(resolve, 20));
      const since = performance.now();
      stop.abort(new Error(`enough of ${name}`));
      await expect(waiting).rejects.toThrow(`enough of ${name}`);
      expect(performance.now() - since, name).toBeLessThan(atOnceMs);
      await until(`${name} has let go`, () => cluster.calls.open === 0);
    }
  });
});
