import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Client } from '../../src/client/index.js';
import { Coordination, type Lead } from '../../src/coordination/index.js';
import { OpenMembers } from '../support/manager-open.js';
import { until } from '../support/network-wait.js';

let members: OpenMembers;
const open: Client[] = [];
beforeAll(async () => {
  members = await OpenMembers.start(3);
});
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});
afterAll(() => members.close());

function candidate(holder: string): { coordination: Coordination; client: Client } {
  const client = new Client({ hosts: members.hosts, timeoutMs: 400 });
  open.push(client);
  return { client, coordination: new Coordination({ client, holder }) };
}

const ttlMs = 600;
const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

describe('an election', () => {
  it('runs the work of one at a time, and returns what it returned', async () => {
    let leading = 0;
    const results = await Promise.all(
      [1, 2, 3].map((n) =>
        candidate(`c${n}`).coordination.elect(
          'work',
          async () => {
            expect(++leading).toBe(1);
            await new Promise((resolve) => setTimeout(resolve, 30));
            leading--;
            return n;
          },
          { ttlMs },
        ),
      ),
    );
    expect(results).toEqual([1, 2, 3]);
  });

  it('lets another lead when the leader cannot be heard; its work is told before', async () => {
    const order: string[] = [];
    const lost = candidate('lost');
    const stop = new AbortController();
    const first = lost.coordination.elect(
      'partition',
      async (lead) => {
        order.push(`first leads`);
        lost.client.close(); // as good as a partition
        await untilAborted(lead.signal);
        order.push('first is told');
      },
      { ttlMs, signal: stop.signal },
    );
    first.catch(() => undefined);
    await until('the first leads', () => order.length > 0);
    await candidate('next').coordination.elect(
      'partition',
      () => {
        order.push('second leads');
        return Promise.resolve();
      },
      { ttlMs },
    );
    expect(order).toEqual(['first leads', 'first is told', 'second leads']);
    stop.abort();
    await expect(first).rejects.toBeDefined();
  });

  it('is an error when the work fails while it leads, and lets the next lead at once', async () => {
    const failing = candidate('failing').coordination.elect('fails', () => Promise.reject(new Error('broken')), {
      ttlMs: 60_000,
    });
    await expect(failing).rejects.toThrow('broken');
    // Waiting for the lease of the one that failed would outlast this test.
    await candidate('after').coordination.elect('fails', () => Promise.resolve(), { ttlMs: 5_000 });
  });

  it('runs the work again when the lead was lost, with a greater epoch', async () => {
    const { coordination } = candidate('again');
    const leads: Lead[] = [];
    const { store } = await members.leader();
    const done = await coordination.elect(
      'again',
      async (lead) => {
        leads.push(lead);
        if (leads.length === 2) return 'done';
        // Somebody takes the lease away.
        const leader = await members.leader();
        await leader.store.update((tx) => {
          for (const kind of leader.store.kinds.names().filter((name) => name === 'leases' || name === 'locks')) {
            const table = (
              tx as unknown as { of(kind: string): { find(): { id: string }[]; delete(id: string): void } }
            ).of(kind);
            for (const { id } of table.find()) table.delete(id);
          }
        });
        await untilAborted(lead.signal);
        return 'too early';
      },
      { ttlMs },
    );
    expect(done).toBe('done');
    expect(leads[1]?.epoch).toBeGreaterThan(leads[0]?.epoch ?? Infinity);
    expect(store.version).toBeGreaterThan(0);
  });

  it('can be stopped while it waits and while it leads', async () => {
    const stop = new AbortController();
    const reason = new Error('stop');
    let told = false;
    const leading = candidate('stopped').coordination.elect(
      'stop',
      async ({ signal }) => {
        await untilAborted(signal);
        told = true;
      },
      { ttlMs, signal: stop.signal },
    );
    const waiting = candidate('waiting').coordination.elect('stop', () => expect.fail('never leads'), {
      ttlMs,
      signal: stop.signal,
    });
    setTimeout(() => stop.abort(reason), 200);
    const [first, second] = await Promise.allSettled([leading, waiting]);
    expect(told).toBe(true);
    expect(second).toMatchObject({ status: 'rejected', reason });
    expect(first.status).toBe('fulfilled'); // the work ended by itself, while it led
  });
});
