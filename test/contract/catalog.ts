import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/base/log.js';
import { until } from '../../scripts/waiting.js';
import { CatalogAgent, type CatalogBackend, type Clock, type InstanceRecord } from '../../src/catalog/index.js';
import { Spied, Told } from '../support/catalog.js';

/** A catalogue, empty at first. */
export interface CatalogUnderTest {
  /** A client of it; all of them see the same instances. */
  open(): Promise<CatalogBackend>;
  /** What time is, to agents that stand on it. */
  readonly clock: Clock;
  /** Lets this much of the catalogue's time go by. */
  pass(ms: number): Promise<void>;
  /** The shortest TTL that it keeps to. */
  readonly ttlMs: number;
  /** It goes away, and comes back with what it had. Absent where it cannot. */
  readonly outage?: { begin(): Promise<void>; end(): Promise<void> };
  /** It marks who is lost when most are, with the default policy. */
  readonly marksLost: boolean;
  close(): Promise<void>;
}

const record = (id: string, more: Partial<InstanceRecord> = {}): InstanceRecord => ({
  ...{ id, name: 'web', host: '10.0.0.1', port: 80, tags: [], meta: {}, weight: 1, health: 'passing', ...more },
});

/** What every catalogue promises: run it on a backend with one line. */
export function catalogContract(name: string, make: () => Promise<CatalogUnderTest>): void {
  describe(`${name} as a catalogue`, () => {
    let catalog: CatalogUnderTest;
    let agents: CatalogAgent[];
    let watches: Told[];
    const long = 60_000;

    beforeEach(async () => {
      [agents, watches] = [[], []];
      catalog = await make();
    });
    afterEach(async () => {
      for (const watch of watches) watch.stop();
      await Promise.all(agents.map((agent) => agent.leave()));
      await catalog.close();
    });

    /** An agent, and what it asks of its backend. */
    const join = async (agentId: string, ttlMs = long) => {
      const backend = new Spied(await catalog.open());
      const agent = new CatalogAgent({ backend, agentId, ttlMs, clock: catalog.clock, logger: silentLogger });
      agents.push(agent);
      return { agent, backend };
    };
    const watching = async () => {
      const told = new Told(await catalog.open());
      watches.push(told);
      return told;
    };
    const sees = (told: Told, list: string) => until(`'${list}' is seen`, () => told.list === list, 10_000);
    const web = { name: 'web', addr: '10.0.0.1', port: 80 };

    describe('for sessions', () => {
      it('tells an empty catalogue at once, and then what comes', async () => {
        const told = await watching();
        await sees(told, '');
        await (await (await catalog.open()).open('a', long)).put([record('w1')]);
        await sees(told, 'a/w1');
        expect(told.errors).toEqual([]);
      });

      it('tells of a change without reading again what did not change', async () => {
        const session = await (await catalog.open()).open('a', long);
        await session.put([record('w1'), record('w2')]);
        const told = await watching();
        await sees(told, 'a/w1 a/w2');
        const before = new Map(told.last?.map((instance) => [instance.id, instance]));
        await session.put([record('w2', { health: 'warning' })]);
        await until('the change is told', () => told.last?.some(({ health }) => health === 'warning') === true);
        const after = new Map(told.last?.map((instance) => [instance.id, instance]));
        expect(after.get('w1')).toBe(before.get('w1'));
        expect(after.get('w2')).not.toBe(before.get('w2'));
      });

      it('gives back exactly what was put, to a list and to a watch', async () => {
        const full = record('w 1/ä', { tags: ['x', 'y'], meta: { zone: 'ü' }, weight: 7, health: 'warning', host: '::1' });
        const odd = { ...full, id: 'w:1/ä?#%' };
        const backend = await catalog.open();
        await (await backend.open('a', long)).put([odd]);
        expect(await backend.list()).toEqual([{ ...odd, agentId: 'a', lost: false }]);
        const told = await watching();
        await until('it is told', () => told.snapshots.length > 0);
        expect(told.snapshots[0]).toEqual([{ ...odd, agentId: 'a', lost: false }]);
      }); // prettier-ignore

      it('replaces what is put again, also when only its health is another', async () => {
        const session = await (await catalog.open()).open('a', long);
        const told = await watching();
        await session.put([record('w1'), record('w2')]);
        await sees(told, 'a/w1 a/w2');
        await session.put([record('w1', { health: 'critical' })]);
        await until('it is critical', () => told.last?.find(({ id }) => id === 'w1')?.health === 'critical');
        expect(told.list).toBe('a/w1 a/w2');
      });

      it('removes what is asked for, and does not mind what is not there', async () => {
        const backend = await catalog.open();
        const session = await backend.open('a', long);
        await session.put([record('w1'), record('w2'), record('w3')]);
        await session.remove(['w1', 'w3', 'never']);
        await session.remove(['w1']);
        expect((await backend.list()).map(({ id }) => id)).toEqual(['w2']);
      });

      it('takes hundreds at once', async () => {
        const backend = await catalog.open();
        const session = await backend.open('a', long);
        const many = Array.from({ length: 300 }, (_, i) => record(`w${i}`));
        await session.put(many);
        expect(await backend.list()).toHaveLength(300);
        await session.remove(many.slice(1).map(({ id }) => id));
        expect((await backend.list()).map(({ id }) => id)).toEqual(['w0']);
      });

      it('keeps two sessions apart, and gives an id to who put it last', async () => {
        const backend = await catalog.open();
        const [a, b] = [await backend.open('a', long), await (await catalog.open()).open('b', long)];
        const list = async () => (await backend.list()).map(({ agentId, id }) => `${agentId}/${id}`).sort().join(' ');
        await a.put([record('w1'), record('w2')]);
        await b.put([record('w3'), record('w2')]);
        expect(await list()).toBe('a/w1 b/w2 b/w3');
        await a.remove(['w2', 'w3']);
        expect(await list()).toBe('a/w1 b/w2 b/w3');
        await a.close();
        expect(await list()).toBe('b/w2 b/w3');
      }); // prettier-ignore

      it('forgets a session that does not renew, with all that it had, and says so', async () => {
        const backend = await catalog.open();
        const [stays, goes] = [await backend.open('a', long), await backend.open('b', catalog.ttlMs)];
        const told = await watching();
        await stays.put([record('w1')]);
        await goes.put([record('w2'), record('w3')]);
        await sees(told, 'a/w1 b/w2 b/w3');
        await catalog.pass(catalog.ttlMs);
        await sees(told, 'a/w1');
        await expect(goes.renew()).rejects.toMatchObject({ code: 'SESSION_LOST' });
        await expect(goes.put([record('w2')])).rejects.toMatchObject({ code: 'SESSION_LOST' });
        await goes.close();
      });

      it('keeps a session that renews, and wakes nobody up for it', async () => {
        const session = await (await catalog.open()).open('a', catalog.ttlMs);
        await session.put([record('w1'), record('w2')]);
        const told = await watching();
        await sees(told, 'a/w1 a/w2');
        for (let beats = 0; beats < 8; beats++) {
          await catalog.pass(catalog.ttlMs / 4);
          await session.renew();
        }
        expect(told.list).toBe('a/w1 a/w2');
        expect(told.snapshots).toHaveLength(1);
      });

      it('stops telling when it is told to', async () => {
        const session = await (await catalog.open()).open('a', long);
        const [stopped, other] = [await watching(), await watching()];
        await sees(stopped, '');
        stopped.stop();
        await session.put([record('w1')]);
        await sees(other, 'a/w1');
        expect(stopped.list).toBe('');
      });

      it('tells of an outage beside the lists, and goes on afterwards without a gap', async ({ skip }) => {
        const { outage } = catalog;
        if (!outage) return skip('this catalogue is never away');
        const backend = await catalog.open();
        const session = await backend.open('a', long);
        await session.put([record('w1')]);
        const told = await watching();
        await sees(told, 'a/w1');
        await outage.begin();
        await until('the outage is told', () => told.errors.length > 0);
        await expect(session.put([record('w2')])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
        await expect(session.renew()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
        await expect(backend.list()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
        expect(told.list).toBe('a/w1');
        await outage.end();
        await session.put([record('w3')]);
        await sees(told, 'a/w1 a/w3');
      });

      it('marks who is lost when most are, and removes them only when it is sure', async ({ skip }) => {
        if (!catalog.marksLost) return skip('this catalogue does not tell who is lost');
        const { ttlMs } = catalog;
        const backend = await catalog.open();
        const sessions = await Promise.all(['a', 'b', 'c', 'd'].map((agent) => backend.open(agent, ttlMs)));
        for (const [i, session] of sessions.entries()) await session.put([record(`w${i}`)]);
        const told = await watching();
        const [a, b] = sessions;
        const alone = async (times: number) => {
          for (let i = 0; i < times; i++) {
            await catalog.pass(ttlMs / 4);
            await a?.renew();
          }
        };
        await alone(12);
        await sees(told, 'a/w0 b/w1? c/w2? d/w3?');
        await b?.renew();
        await sees(told, 'a/w0 b/w1 c/w2? d/w3?');
        for (let i = 0; i < 8; i++) {
          await alone(1);
          await b?.renew();
        }
        await sees(told, 'a/w0 b/w1');
      });
    });

    describe('for agents', () => {
      it('shows what is registered to everybody, and to whom it is local', async () => {
        const [{ agent: a }, { agent: b }] = [await join('a'), await join('b')];
        const id = await a.register({ ...web, tags: ['x'], meta: { zone: 'east' }, weight: 3 });
        expect(id).toMatch(/^[a-z0-9]{25}$/);
        const [mine] = await a.service('web').instances();
        const [theirs] = await b.service('web').instances();
        expect(mine).toMatchObject({ id, local: true, name: 'web', host: '10.0.0.1', port: 80, weight: 3 });
        expect(theirs).toMatchObject({ id, local: false, tags: ['x'], meta: { zone: 'east' }, health: 'passing' });
        expect(theirs?.addr()).toBe('10.0.0.1:80');
      });

      it('lists services, and of each only the instances with all of the tags', async () => {
        const { agent } = await join('a');
        await agent.register({ ...web, id: 'w1', tags: ['x', 'y'] });
        await agent.register({ ...web, id: 'w2', tags: ['y'] });
        await agent.register({ ...web, id: 'd1', name: 'db', tags: ['x'] });
        const ids = async (...tags: string[]) =>
          (await agent.service('web', ...tags).instances()).map(({ id }) => id).sort().join(' ');
        expect([...(await agent.services()).keys()]).toEqual(['db', 'web']);
        expect([...(await agent.services('y', 'x')).keys()]).toEqual(['web']);
        expect(await (await agent.services('y', 'x')).get('web')?.instances()).toHaveLength(1);
        expect(await ids()).toBe('w1 w2');
        expect(await ids('y', 'y', 'x')).toBe('w1');
        expect(await ids('z')).toBe('');
        expect(await agent.service('never').instances()).toEqual([]);
      }); // prettier-ignore

      it('replaces what is registered again, and deregisters without minding the second time', async () => {
        const { agent, backend } = await join('a');
        await agent.register({ ...web, id: 'w1' });
        await agent.register({ ...web, id: 'w1', port: 81 });
        expect((await agent.service('web').instances()).map((one) => one.addr())).toEqual(['10.0.0.1:81']);
        const before = backend.puts;
        await agent.register({ ...web, id: 'w1', port: 81 });
        expect(backend.puts).toBe(before);
        await agent.deregister('w1');
        await agent.deregister('w1');
        await agent.deregister('never');
        expect(await agent.service('web').instances()).toEqual([]);
      });

      it('watches: everything first, then only what changed, of this service and these tags', async () => {
        const [{ agent: a }, { agent: b }] = [await join('a'), await join('b')];
        await a.register({ ...web, id: 'w1', tags: ['x'] });
        await a.register({ ...web, id: 'other', name: 'db', tags: ['x'] });
        const watcher = b.service('web', 'x').watch();
        const next = async () => (await watcher.next()).map(({ op, instance }) => `${op} ${instance.id}`).join(' ');
        expect(await next()).toBe('add w1');
        await a.register({ ...web, id: 'other', name: 'db', port: 1, tags: ['x'] });
        await a.register({ ...web, id: 'untagged' });
        await a.register({ ...web, id: 'w1', tags: ['x'] });
        await a.register({ ...web, id: 'w2', tags: ['x'] });
        expect(await next()).toBe('add w2');
        await a.maintenance('w1', true, 'a new disk');
        expect(await next()).toBe('update w1');
        await a.register({ ...web, id: 'w2', tags: ['y'] });
        expect(await next()).toBe('delete w2');
        const waiting = watcher.next();
        watcher.close();
        watcher.close();
        await expect(waiting).rejects.toMatchObject({ code: 'WATCHER_CLOSED', message: 'watcher closed' });
        await expect(watcher.next()).rejects.toMatchObject({ code: 'WATCHER_CLOSED' });
      });

      it('answers the first look at once, also when there is nothing', async () => {
        const { agent } = await join('a');
        expect(await agent.service('web').watch().next()).toEqual([]);
      });

      it('renews everything in one request, at each heartbeat', async () => {
        const { agent, backend } = await join('a', catalog.ttlMs);
        await Promise.all(Array.from({ length: 20 }, (_, i) => agent.register({ ...web, id: `w${i}` })));
        expect(backend.puts).toBeLessThanOrEqual(2);
        await catalog.pass(catalog.ttlMs * 2);
        expect(backend.renewals).toBeGreaterThanOrEqual(4);
        expect(backend.renewals).toBeLessThanOrEqual(8);
        expect(backend.puts).toBeLessThanOrEqual(2);
        expect(await agent.service('web').instances()).toHaveLength(20);
      });

      it('registers everything again when its session was lost', async () => {
        const { agent, backend } = await join('a', catalog.ttlMs);
        await agent.register({ ...web, id: 'w1' });
        await agent.register({ ...web, id: 'w2' });
        const told = await watching();
        await sees(told, 'a/w1 a/w2');
        await backend.loseSession();
        await sees(told, '');
        await catalog.pass(catalog.ttlMs / 2);
        await sees(told, 'a/w1 a/w2');
        await backend.loseSession();
        await agent.register({ ...web, id: 'w3' });
        await sees(told, 'a/w1 a/w2 a/w3');
      });

      it('goes on through an outage, with what came up during it', async ({ skip }) => {
        const { outage } = catalog;
        if (!outage) return skip('this catalogue is never away');
        const { agent } = await join('a', catalog.ttlMs);
        await agent.register({ ...web, id: 'w1' });
        await agent.register({ ...web, id: 'w2' });
        const watcher = agent.service('web').watch();
        expect(await watcher.next()).toHaveLength(2);
        await outage.begin();
        await agent.register({ ...web, id: 'w3' });
        await agent.deregister('w1');
        await expect(agent.service('web').instances()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
        await outage.end();
        const told = await watching();
        await sees(told, 'a/w2 a/w3');
        const seen: string[] = [];
        while (seen.length < 2) seen.push(...(await watcher.next()).map(({ op, instance }) => `${op} ${instance.id}`));
        expect(seen.sort()).toEqual(['add w3', 'delete w1']);
      });

      it('leaves nothing behind, ends its watchers, and may be told to leave twice', async () => {
        const [{ agent: a }, { agent: b }] = [await join('a'), await join('b')];
        await Promise.all([a.register({ ...web, id: 'w1' }), a.register({ ...web, id: 'w2' })]);
        await b.register({ ...web, id: 'w3' });
        const watcher = a.service('web').watch();
        await watcher.next();
        const waiting = watcher.next();
        const told = await watching();
        await Promise.all([a.leave(), expect(waiting).rejects.toMatchObject({ code: 'WATCHER_CLOSED' })]);
        await a.leave();
        await sees(told, 'b/w3');
        expect((await b.service('web').instances()).map(({ id }) => id)).toEqual(['w3']);
        await expect(a.register(web)).rejects.toMatchObject({ code: 'LEFT' });
        await expect(a.service('web').watch().next()).rejects.toMatchObject({ code: 'WATCHER_CLOSED' });
      });
    });
  });
}
