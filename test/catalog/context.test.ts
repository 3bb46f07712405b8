import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  agentFromContext,
  CatalogAgent,
  localAgent,
  MemoryCatalogBackend,
  withAgent,
} from '../../src/catalog/index.js';
import { FakeClock } from '../support/state-clock.js';

const agent = () => new CatalogAgent({ backend: new MemoryCatalogBackend({ clock: new FakeClock() }) });

describe('the agent of a context', () => {
  it('is the one of the innermost withAgent, also after a wait', async () => {
    const [outer, inner] = [agent(), agent()];
    await withAgent(outer, async () => {
      expect(agentFromContext()).toBe(outer);
      await delay(1);
      await withAgent(inner, async () => {
        await delay(1);
        expect(agentFromContext()).toBe(inner);
      });
      expect(agentFromContext()).toBe(outer);
    });
  });

  it('is the local one outside of any, and apart for those that run at the same time', async () => {
    expect(agentFromContext()).toBe(localAgent());
    const agents = [agent(), agent()];
    const seen = await Promise.all(
      agents.map((one) =>
        withAgent(one, async () => {
          await delay(1);
          return agentFromContext();
        }),
      ),
    );
    expect(seen).toEqual(agents);
    expect(withAgent(agents[0] ?? agent(), () => 7)).toBe(7);
  });
});

describe('the local agent', () => {
  const web = { name: 'web', addr: 'h', port: 80 };

  it('minds tags, returns every instance of a name, and watches only that name, from the beginning', async () => {
    const local = localAgent();
    await local.register({ ...web, id: 'w1', tags: ['x'] });
    await local.register({ ...web, id: 'w2' });
    await local.register({ ...web, id: 'd1', name: 'db' });
    expect((await local.service('web').instances()).map((one) => `${one.id} ${one.local}`)).toEqual(['w1 true', 'w2 true']);
    expect((await local.service('web', 'x').instances()).map(({ id }) => id)).toEqual(['w1']);
    const watcher = local.service('web').watch();
    expect(await watcher.next()).toHaveLength(2);
    await local.register({ ...web, id: 'd1', name: 'db', port: 81 });
    await local.deregister('w1');
    expect(await watcher.next()).toMatchObject([{ op: 'delete', instance: { id: 'w1' } }]);
    await local.leave();
  }); // prettier-ignore

  it('lets nobody wait for a watcher that does not read, and none hang when it leaves', async () => {
    const local = localAgent();
    const unread = local.service('web').watch();
    for (let i = 0; i < 1_000; i++) await local.register({ ...web, id: `w${i}` });
    const waiting = local.service('db').watch();
    expect(await waiting.next()).toEqual([]);
    const hanging = expect(waiting.next()).rejects.toMatchObject({ code: 'WATCHER_CLOSED' });
    await local.leave();
    await hanging;
    unread.close();
    await local.leave();
  });

  it('is the same one until it leaves, and then begins empty', async () => {
    const local = localAgent();
    expect(localAgent()).toBe(local);
    await local.register(web);
    await local.leave();
    expect(localAgent()).not.toBe(local);
    expect((await localAgent().services()).size).toBe(0);
  });
});
