import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../scripts/waiting.js';
import type { Backend } from '../../src/discovery/index.js';
import { Seen } from '../support/discovery-watch.js';

/** Whether the registration was made; false while the store cannot be reached yet. */
const registered = (backend: Backend, entry: string): Promise<boolean> =>
  backend.register(entry).then(
    () => true,
    (error: { code?: string }) => {
      if (error.code !== 'UNAVAILABLE') throw error;
      return false;
    },
  );

/** A key-value store that discovery keeps its entries in, empty at first. */
export interface KvUnderTest {
  /** A client of it; all of them see the same entries. */
  open(ttlMs: number): Promise<Backend>;
  /** Lets this much of the store's time go by. */
  pass(ms: number): Promise<void>;
  /** The shortest TTL that the store keeps to. */
  readonly ttlMs: number;
  /** The store goes away, and comes back with what it had. Absent where it cannot. */
  readonly outage?: { begin(): Promise<void>; end(): Promise<void> };
  close(): Promise<void>;
}

/** What every key-value backend promises. */
export function discoveryKvContract(name: string, make: () => Promise<KvUnderTest>): void {
  describe(`${name} as a key-value backend`, () => {
    let kv: KvUnderTest;
    let seen: Seen | undefined;

    beforeEach(async () => {
      kv = await make();
    });
    afterEach(async () => {
      seen?.stop();
      await kv.close();
    });

    const long = 60_000;
    const watching = async () => (seen = new Seen((await kv.open(long)).watch()));
    const told = (list: string) => until(`the list is '${list}'`, () => seen?.list === list);

    it('tells an empty list when there is nothing yet, and the first that comes', async () => {
      await watching();
      await told('');
      await (await kv.open(long)).register('a:1');
      await told('a:1');
      expect(seen?.told).toEqual(['', 'a:1']);
    });

    it('tells who is there already, at once', async () => {
      const one = await kv.open(long);
      await one.register('a:1');
      await one.register('[::1]:2375');
      await watching();
      await told('[::1]:2375 a:1');
      expect(seen?.told).toHaveLength(1);
    });

    it('forgets who does not renew', async () => {
      await watching();
      await (await kv.open(long)).register('stays:1');
      await (await kv.open(kv.ttlMs)).register('goes:1');
      await told('goes:1 stays:1');
      await kv.pass(kv.ttlMs);
      await told('stays:1');
    });

    it('keeps who renews, for as long as that goes on', async () => {
      await watching();
      const one = await kv.open(kv.ttlMs);
      for (let beats = 0; beats < 10; beats++) {
        await one.register('a:1');
        await kv.pass(kv.ttlMs / 5);
      }
      await told('a:1');
      expect(seen?.told.at(-1)).toBe('a:1');
      expect(seen?.told.filter((list) => list === '').length).toBeLessThanOrEqual(1);
    });

    it('takes back who was forgotten when it registers again', async () => {
      await watching();
      const one = await kv.open(kv.ttlMs);
      await one.register('a:1');
      await told('a:1');
      await kv.pass(kv.ttlMs);
      await told('');
      await one.register('a:1');
      await told('a:1');
    });

    it('lets go at once of who deregisters, and does not mind the second time', async () => {
      await watching();
      const one = await kv.open(long);
      await one.register('a:1');
      await one.register('b:1');
      await told('a:1 b:1');
      await one.deregister?.('a:1');
      await told('b:1');
      await one.deregister?.('a:1');
      await one.deregister?.('never:1');
      await one.register('a:1');
      await told('a:1 b:1');
    });

    it('lets one client take back what another one, which is gone, has registered', async () => {
      await (await kv.open(long)).register('a:1');
      await watching();
      await told('a:1');
      await (await kv.open(long)).deregister?.('a:1');
      await told('');
    });

    it('loses none of many that come and go at once', async () => {
      await watching();
      const clients = await Promise.all(Array.from({ length: 5 }, () => kv.open(long)));
      const addresses = Array.from({ length: 40 }, (_, i) => `n${i}:1`);
      await Promise.all(addresses.map(async (address, i) => clients[i % 5]?.register(address)));
      await told(addresses.toSorted().join(' '));
      const gone = addresses.filter((_, i) => i % 2 === 1);
      await Promise.all(gone.map(async (address) => clients[Number(address.slice(1, -2)) % 5]?.deregister?.(address)));
      await told(addresses.filter((_, i) => i % 2 === 0).toSorted().join(' '));
      expect(seen?.errors).toEqual([]);
    }); // prettier-ignore

    it('refuses what is no address', async () => {
      await expect((await kv.open(long)).register('a')).rejects.toThrow('missing port in address');
    });

    it('tells of an outage, leaves the list as it was, and goes on afterwards without a gap', async ({ skip }) => {
      const { outage } = kv;
      if (!outage) return skip('this store is never away');
      const one = await kv.open(long);
      await one.register('a:1');
      await watching();
      await told('a:1');
      await outage.begin();
      await until('the outage is told', () => seen?.errors.length !== 0);
      await expect(one.register('b:1')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      expect(seen?.list).toBe('a:1');
      await outage.end();
      // The store serves again; a client may find its way back a moment later, on a busy machine.
      const other = await kv.open(long);
      await until('another client registers', () => registered(other, 'c:1'), 30_000);
      await told('a:1 c:1');
      await until('the first client registers', () => registered(one, 'b:1'), 30_000);
      await told('a:1 b:1 c:1');
      expect(seen?.ended).toBe(false);
    }, 60_000);
  });
}
