import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreError } from '../../../src/base/store-error.js';
import { heldMessage } from '../../../src/fleet/assign/brake.js';
import { drivers, leases, locks, type TaskState } from '../../../src/kinds/index.js';
import { Sessions } from '../../support/driver-sessions.js';
import type { storeClient } from '../../support/store-client.js';

const addrs = Array.from({ length: 9 }, (_, i) => `e${i + 1}:2375`);
const at = (n: number) => addrs[n - 1] ?? '';

let world: Sessions;
beforeEach(async () => {
  world = new Sessions();
  for (const name of ['m1', 'm2', 'm3']) await world.open(name);
});
afterEach(async () => {
  expect(world.mostDrivers, 'drivers of one engine at a time').toBeLessThanOrEqual(1);
  await world.close();
});

const allReady = () => addrs.every((addr) => world.stateOf(addr) === 'ready');
const allDriven = () =>
  addrs.every((addr) => world.drivers[addr] !== undefined && world.drivers[addr] === world.wantedAt(addr));

async function start(...listed: string[]) {
  world.list(...(listed.length > 0 ? listed : addrs));
  if (listed.length === 0) await world.until('all engines are driven', () => allReady() && allDriven());
  else await world.until('the engines are driven', () => listed.every((addr) => world.stateOf(addr) === 'ready'));
}

/** Notes every state that a node has while time passes. */
async function statesDuring(ms: number): Promise<Set<string | undefined>> {
  const seen = new Set<string | undefined>();
  for (let left = ms; left > 0; left -= 100) {
    await world.pass(100);
    for (const addr of addrs) seen.add(world.stateOf(addr));
  }
  return seen;
}

/** Lets a client make locks, and never hear of it. */
function loseAnswersOfLocks(client: ReturnType<typeof storeClient>): void {
  const create = client.create.bind(client) as (...args: unknown[]) => Promise<unknown>;
  client.create = (async (kind: unknown, draft: object, options: { signal?: AbortSignal } = {}) => {
    const made = await create(kind, draft, options);
    if (kind !== locks) return made;
    await new Promise((resolve) => options.signal?.addEventListener('abort', resolve, { once: true }));
    throw options.signal?.reason;
  }) as typeof client.create;
}

describe('three managers', () => {
  it('share the engines, each driven by the one that the leader wants', async () => {
    await start();
    expect(new Set(Object.values(world.drivers)).size).toBeGreaterThan(1);
    expect(world.store.view((tx) => tx.kind(locks).count())).toBe(9);
    expect(world.store.view((tx) => tx.kind(leases).count())).toBe(3);
    const { version } = world.store;
    await world.pass(120_000);
    expect(world.store.version, 'nothing is written while nothing changes').toBe(version);
  });

  it('take over from one that is cut off; it stops before they begin, and no node changes', async () => {
    await start();
    const lost = Object.values(world.drivers)[0] ?? '';
    const moved = addrs.filter((addr) => world.drivers[addr] === lost);
    world.cut(lost);
    const seen = await statesDuring(15_000);
    expect(seen).toEqual(new Set(['ready']));
    expect(Object.values(world.drivers)).toHaveLength(9);
    expect(Object.values(world.drivers)).not.toContain(lost);
    // Nothing else has moved.
    const again = world.starts.slice(9).map((line) => line.split(' ')[0]);
    expect(again.sort()).toEqual(moved.sort());
  });

  it.each(['taken', 'given back'] as const)('do not wait for ever for a lock whose answer is lost when it is %s', async (lost) => {
    await start();
    const [before = ''] = Object.values(world.drivers);
    const addr = addrs.find((one) => world.drivers[one] === before) ?? '';
    const engineLock = () => world.store.view((tx) => tx.kind(locks).find(locks.by('lock', `engine/${world.engineAt(addr)?.id}`))[0]);
    const client = world.managers.get(before)?.client as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
    world.manners.set(`${before} ${addr}`, 'hangs');
    if (lost === 'given back') {
      const { apply } = client;
      let refusals = 2;
      client.apply = (...args) => (engineLock() && world.wantedAt(addr) !== before && refusals-- > 0 ? Promise.reject(new StoreError('NOT_LEADER', 'no leader')) : (apply?.(...args) ?? Promise.reject(new Error('none'))));
      await world.until('another drives it', () => world.drivers[addr] !== undefined && world.drivers[addr] !== before, 40_000);
      expect(refusals).toBeLessThan(2);
      return;
    }
    await world.until('another drives it', () => world.drivers[addr] !== undefined && world.drivers[addr] !== before, 40_000);
    // It is reached again: the manager asks for the lock, which is made; the answer comes when the engine is another's again.
    const { create } = client;
    let taken = 0;
    client.create = async (...args) => {
      const made = await create?.(...args);
      if (taken++ > 0) return made;
      world.manners.set(`${before} ${addr}`, 'hangs');
      world.withdraw(before, addr);
      const { signal } = args[2] as { signal: AbortSignal };
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      throw signal.reason as Error;
    };
    world.manners.delete(`${before} ${addr}`);
    await world.until('its lock was taken without an answer', () => taken > 0, 40_000);
    await world.until('another drives it again', () => world.drivers[addr] !== undefined && world.drivers[addr] !== before, 20_000);
  }); // prettier-ignore

  it('take over at once from one that ends', async () => {
    await start();
    const [gone] = Object.values(world.drivers);
    world.managers.get(gone ?? '')?.stop.abort();
    const took = await world.until('others drive its engines', () => Object.values(world.drivers).length === 9 && !Object.values(world.drivers).includes(gone ?? ''));
    expect(took).toBeLessThan(3_000);
    expect(world.store.view((tx) => tx.kind(drivers).count())).toBe(2);
  }); // prettier-ignore

  it('leave its engines to one that is killed and started again', async () => {
    await start();
    const before = { ...world.drivers };
    const again = Object.values(before)[0] ?? '';
    const killed = world.managers.get(again);
    if (killed) killed.client.cut = true;
    killed?.stop.abort();
    await world.pass(2_000);
    await world.open(again);
    await world.until('all are driven', () => Object.keys(world.drivers).length === 9);
    expect(world.drivers).toEqual(before);
    // Each of its engines was begun once more, by it, and no other engine was.
    const moved = world.starts.slice(9).map((line) => line.split(' ')[1]);
    expect(new Set(moved)).toEqual(new Set([again]));
    expect(world.store.view((tx) => tx.kind(leases).count())).toBe(3);
  });

  it('give back a lock whose creation was under way when the engine went to another', async () => {
    for (const { client } of world.managers.values()) loseAnswersOfLocks(client);
    world.list(...addrs);
    await world.until('all locks are held', () => world.store.view((tx) => tx.kind(locks).count()) === 9);
    expect(world.drivers).toEqual({});
    await world.open('m4');
    const wanted = () => addrs.filter((addr) => world.wantedAt(addr) === 'm4');
    await world.until('the new manager gets engines', () => wanted().length > 0);
    await world.until('it drives them', () => wanted().every((addr) => world.drivers[addr] === 'm4'));
  });

  it('give a new one its share, and nothing else moves', async () => {
    await start();
    const before = { ...world.drivers };
    await world.open('m4');
    await world.until('it drives its share', () => allDriven() && Object.values(world.drivers).includes('m4'));
    for (const addr of addrs) expect([before[addr], 'm4']).toContain(world.drivers[addr]);
  });

  it('go on without a leader, and keep all states under the next one', async () => {
    await start();
    world.role.next('follower');
    await world.pass(20_000);
    world.role.next('leader');
    expect(await statesDuring(30_000)).toEqual(new Set(['ready']));
    expect(world.starts).toHaveLength(9);
  });
});

describe('an engine', () => {
  it('moves when its manager alone does not reach it, and its node stays ready', async () => {
    await start();
    const first = world.drivers[at(1)] ?? '';
    world.manners.set(`${first} ${at(1)}`, 'refuses');
    const took = await world.until('another manager drives it', () => (world.drivers[at(1)] ?? first) !== first);
    expect(took).toBeLessThanOrEqual(17_000);
    expect(await statesDuring(60_000)).toEqual(new Set(['ready']));
    // It goes back when the way to it is whole again.
    world.manners.delete(`${first} ${at(1)}`);
    await world.until('it is back', () => world.drivers[at(1)] === first);
  });

  it('that is killed makes its node down within 16 s, and ready when it is back', async () => {
    await start();
    await world.pass(3_000);
    world.manners.set(at(1), 'refuses');
    const took = await world.until('its node is down', () => world.stateOf(at(1)) === 'down');
    expect(took).toBeGreaterThanOrEqual(10_000);
    expect(took).toBeLessThanOrEqual(16_000);
    expect(world.engineAt(at(1))).toMatchObject({ state: 'unhealthy', want: '', error: 'connection refused' });
    await world.pass(600_000);
    expect(world.stateOf(at(1))).toBe('down');
    world.manners.delete(at(1));
    expect(await world.until('its node is ready', () => world.stateOf(at(1)) === 'ready')).toBeLessThanOrEqual(6_000);
    await world.until('it is driven', () => world.drivers[at(1)] !== undefined);
  });

  it('that hangs makes its node down, too', async () => {
    await start();
    world.manners.set(at(1), 'hangs');
    expect(await world.until('its node is down', () => world.stateOf(at(1)) === 'down')).toBeLessThanOrEqual(21_000);
  });

  it('that is away for 10 s changes nothing', async () => {
    await start();
    world.manners.set(at(1), 'refuses');
    await world.pass(10_000);
    world.manners.delete(at(1));
    expect(await statesDuring(60_000)).toEqual(new Set(['ready']));
    expect(world.starts).toHaveLength(9);
    await world.until('it is whole', () => world.engineAt(at(1))?.failures === 0);
  });

  it('that is another one now has another node', async () => {
    await start(at(1));
    const before = world.engineAt(at(1))?.nodeId ?? '';
    world.engineIds.set(at(1), 'wiped');
    await world.until('it has another node', () => (world.engineAt(at(1))?.nodeId ?? before) !== before, 70_000);
    await world.until('the node before is down', () => world.store.view((tx) => tx.nodes().get(before)?.status.state) === 'down');
    await world.until('it is driven for the new node', () => world.driven.get(at(1))?.[0]?.nodeId === world.engineAt(at(1))?.nodeId);
  }); // prettier-ignore

  it('at two addresses has one node, and the other address waits', async () => {
    world.engineIds.set(at(2), `ID-${at(1)}`);
    world.list(at(1), at(2));
    await world.until('one is driven', () => Object.keys(world.drivers).length === 1);
    await world.pass(5_000);
    const [waits] = world.engines.filter(({ state }) => state === 'pending');
    expect(waits?.error).toMatch(/^ID duplicated\./);
    expect(world.store.view((tx) => tx.nodes().count())).toBe(1);
    // It moves to the address that is left.
    const stays = waits?.addr ?? '';
    world.list(stays);
    await world.until('the other one is driven', () => world.drivers[stays] !== undefined, 90_000);
    await world.until('only that one is known', () => world.engines.length === 1);
    expect(world.store.view((tx) => tx.nodes().count())).toBe(1);
  });

  it('whose node was removed gets it again', async () => {
    await start(at(1));
    await world.store.update((tx) => tx.nodes().delete(world.engineAt(at(1))?.nodeId ?? ''));
    await world.until('its node is back', () => world.stateOf(at(1)) === 'ready', 6_000);
  });
});

describe('most engines silent at once', () => {
  it('are held, and go on when they answer: no driver of the others is touched', async () => {
    await start(at(1), at(2), at(3));
    await world.pass(5_000);
    for (const n of [1, 2]) world.manners.set(at(n), 'refuses');
    await world.until('both are held', () => [1, 2].every((n) => world.stateOf(at(n)) === 'unknown'));
    expect(world.store.view((tx) => tx.nodes().find().filter(({ status }) => status.message === heldMessage))).toHaveLength(2);
    await world.pass(600_000);
    expect([1, 2, 3].map((n) => world.stateOf(at(n)))).toEqual(['unknown', 'unknown', 'ready']);
    world.manners.delete(at(1));
    await world.until('the first is ready', () => world.stateOf(at(1)) === 'ready');
    await world.pass(15_000);
    expect(world.stateOf(at(2))).toBe('unknown');
    world.manners.delete(at(2));
    await world.until('both are ready', () => world.stateOf(at(2)) === 'ready', 10_000);
  }); // prettier-ignore

  it('is no reason to hold one that dies alone', async () => {
    await start(at(1), at(2), at(3));
    world.manners.set(at(3), 'refuses');
    await world.until('it is down', () => world.stateOf(at(3)) === 'down');
  });
});

describe('discovery', () => {
  it('that is empty removes nothing', async () => {
    await start();
    world.list();
    expect(await statesDuring(60_000)).toEqual(new Set(['ready']));
    expect(world.engines.every(({ listed }) => listed)).toBe(true);
  });

  it('that leaves an engine out gives it no new tasks, and it is driven on', async () => {
    await start(at(1), at(2));
    world.list(at(1));
    await world.until('it takes no new tasks', () => world.stateOf(at(2)) === 'disconnected');
    expect(world.drivers[at(2)]).toBeDefined();
    world.list(at(1), at(2));
    await world.until('it takes tasks again', () => world.stateOf(at(2)) === 'ready');
  });

  it('is written by another manager when the one that did is gone', async () => {
    await start(at(1));
    world.cut('m1');
    world.list(at(1), at(2));
    await world.until('the new one is driven', () => world.stateOf(at(2)) === 'ready');
  });
});

describe('reports', () => {
  const status = (state: TaskState) => ({ timestamp: 0, state, message: state, err: '', ports: [] });
  const stateOf = (id: string) => world.store.view((tx) => tx.tasks().get(id)?.status.state);
  const addTasks = (count: number) =>
    world.store.update((tx) => {
      const nodeId = world.engineAt(at(1))?.nodeId ?? '';
      for (let i = 0; i < count; i++) tx.tasks().create({ id: `t${i}`, nodeId, status: { state: 'assigned' } });
    });

  it('are sent together, and only with the newest state of each task', async () => {
    await start(at(1));
    await addTasks(1_200);
    await world.pass(1_000);
    const before = world.store.version;
    const [driven] = world.driven.get(at(1)) ?? [];
    for (const state of ['accepted', 'preparing', 'running'] as const)
      for (let i = 0; i < 1_200; i++) driven?.report({ id: `t${i}`, status: status(state) });
    await world.until('all are stored', () => stateOf('t0') === 'running' && stateOf('t1199') === 'running');
    expect(world.store.version - before).toBe(3);
  });

  it('wait for a leader', async () => {
    await start(at(1));
    await addTasks(1);
    const manager = world.managers.get(world.drivers[at(1)] ?? '');
    const [driven] = world.driven.get(at(1)) ?? [];
    if (manager) manager.client.cut = true;
    driven?.report({ id: 't0', status: status('running') });
    await world.pass(3_000);
    expect(stateOf('t0')).toBe('assigned');
    if (manager) manager.client.cut = false;
    await world.until('it is stored', () => stateOf('t0') === 'running', 2_000);
  });

  it('of a manager whose lock is gone end its driver', async () => {
    await start(at(1));
    await addTasks(1);
    const [lock] = world.store.view((tx) => tx.kind(locks).find());
    await world.store.update((tx) => tx.kind(locks).delete(lock?.id ?? ''));
    const [driven] = world.driven.get(at(1)) ?? [];
    driven?.report({ id: 't0', status: status('running') });
    await world.until('it has stopped and begun again', () => world.starts.length === 2);
    expect(stateOf('t0')).toBe('assigned');
  });
});
