import { BehaviorSubject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/base/log.js';
import { seededRandom } from '../../src/base/random.js';
import type { ReadTx, Service } from '../../src/kinds/index.js';
import { openControlLoop } from '../../src/orchestrate/control/control-loop.js';
import { step } from '../../src/orchestrate/index.js';
import type { World } from '../support/orchestrate.js';
import { World as PlainWorld } from '../support/orchestrate.js';
import { LoopWorld, schedulerPorts } from '../support/orchestrate-loop.js';

const gibibyte = 2 ** 30;
const reserve = (memory: number) => ({ resources: { reservations: { memoryBytes: memory * gibibyte } } });
const ingress = (port: number) => ({
  ports: [{ targetPort: 80, publishedPort: port, publishMode: 'ingress' as const }],
});

async function setMemory(world: World, id: string, memory: number): Promise<void> {
  await world.changeNode(id, (node) => ({
    ...node,
    description: { hostname: id, resources: { nanoCpus: 0, memoryBytes: memory * gibibyte, generic: [], pids: 0 } },
  }));
}

async function newWorld(memory = 4): Promise<LoopWorld> {
  const world = new LoopWorld();
  await world.addNodes('n1');
  await setMemory(world, 'n1', memory);
  return world;
}

const errOf = (world: World, id: string) => world.tasks(({ serviceId }) => serviceId === id)[0]?.status.err;

/** A transaction with other tables. */
function withTables(tx: ReadTx, tables: object): ReadTx {
  return new Proxy(tx, {
    get: (target, name) => {
      const own: unknown = Reflect.get(tables, name) ?? Reflect.get(target, name, target);
      return typeof own === 'function' ? (own as () => unknown).bind(target) : own;
    },
  });
}

describe('what waits', () => {
  it('for room gets it when a task ends', async () => {
    const world = await newWorld();
    await world.addService({ mode: { replicated: { replicas: 1 } }, task: reserve(3) }, 's1');
    await world.addService({ mode: { replicated: { replicas: 1 } }, task: reserve(3) }, 's2');
    await world.run(100);
    expect(world.running().map(({ serviceId }) => serviceId)).toEqual(['s1']);
    expect(errOf(world, 's2')).toBe('no suitable node (insufficient resources on 1 node)');
    await world.scale(0, 's1');
    await world.run(100);
    expect(world.running().map(({ serviceId }) => serviceId)).toEqual(['s2']);
  });

  it('for room gets it in the order in which it came', async () => {
    const world = await newWorld();
    const mode = { replicated: { replicas: 1 } };
    for (const id of ['s3', 's2', 's1', 's4']) {
      await world.addService({ mode, task: reserve(3) }, id);
      await world.run(10);
    }
    for (const id of ['s3', 's2', 's1', 's4']) {
      await world.run(100);
      expect(world.running().map(({ serviceId }) => serviceId)).toEqual([id]);
      await world.scale(0, id);
    }
  });

  it('for a node gets a new reason within a second when nodes become fuller', async () => {
    const world = await newWorld();
    const host = { ports: [{ targetPort: 80, publishedPort: 80, publishMode: 'host' as const }] };
    const mode = { replicated: { replicas: 1 } };
    await world.addService({ mode, endpoint: host }, 's1');
    await world.addService({ mode, endpoint: host, task: reserve(1) }, 's2');
    await world.run(5_000);
    expect(errOf(world, 's2')).toBe('no suitable node (host-mode port already in use on 1 node)');
    await world.addService({ mode, task: reserve(4) }, 's3');
    await world.run(1_100);
    expect(errOf(world, 's2')).toBe('no suitable node (insufficient resources on 1 node)');
    world.expectComplete();
  });

  it('for a port gets it when its holder is removed', async () => {
    const world = await newWorld();
    await world.addService({ endpoint: ingress(0) }, 's1');
    await world.run(10);
    await world.addService({ endpoint: ingress(30_000) }, 's2');
    await world.run(10);
    expect(errOf(world, 's2')).toBe('port 30000/tcp is published by service "s1" already');
    await world.store.update((tx) => tx.services().delete('s1'));
    await world.run(2_000);
    expect(world.running().map(({ serviceId }) => serviceId)).toEqual(['s2']);
    world.expectComplete();
  });

  it('for a port gets it also without any task', async () => {
    const world = await newWorld();
    await world.addService({ endpoint: ingress(0) }, 's1');
    await world.run(10);
    await world.addService({ mode: { replicated: { replicas: 0 } }, endpoint: ingress(30_000) }, 's2');
    await world.run(10);
    expect(world.service('s2').endpoint).toBeUndefined();
    await world.store.update((tx) => tx.services().delete('s1'));
    await world.run(10);
    expect(world.service('s2').endpoint?.ports[0]?.publishedPort).toBe(30_000);
  });
});

describe('a service without its ports', () => {
  it('comes to rest also when its tasks of an older spec fit on no node', async () => {
    const world = await newWorld();
    await world.addService({ endpoint: ingress(30_000) }, 's1');
    const placement = { constraints: ['node.labels.disk==none'] };
    const mode = { replicated: { replicas: 2 } };
    await world.addService({ mode, endpoint: ingress(30_000), task: { placement } }, 's2');
    await world.run(10);
    await world.scale(3, 's2');
    await world.run(10);
    const texts = world.tasks(({ serviceId }) => serviceId === 's2').map(({ status }) => status.err);
    expect(texts).toContain('no suitable node (scheduling constraints not satisfied on 1 node)');
    expect(texts).toContain('port 30000/tcp is published by service "s1" already');
    world.expectComplete();
  });
});

describe('what changes while a decision is being written', () => {
  it('is the reason for another: a node that has shrunk rejects the task', async () => {
    const world = await newWorld();
    await world.addService({ mode: { replicated: { replicas: 1 } }, task: reserve(3) });
    world.meanwhile = async () => {
      world.meanwhile = () => Promise.resolve();
      await setMemory(world, 'n1', 2);
      // Another pass looks at the node, on which the task is not yet.
      expect(world.store.view((tx) => world.passes.pass(tx, world.now)).changes).toEqual([]);
    };
    await world.run(0);
    expect(world.tasks().map(({ status }) => status.state)).toEqual(['rejected', 'pending']);
    world.expectComplete();
  });

  it('is taken back when it is refused, with what it would have taken', async () => {
    const world = await newWorld();
    await world.addService({ mode: { replicated: { replicas: 1 } }, task: reserve(3), endpoint: ingress(0) }, 's1');
    let refused = 0;
    world.refuse = ({ kind }) => kind === 'task' && refused++ < 1;
    await world.run(0);
    expect(refused).toBeGreaterThan(1);
    await world.addService({ mode: { replicated: { replicas: 1 } }, task: reserve(1), endpoint: ingress(0) }, 's2');
    await world.run(0);
    expect(world.running()).toHaveLength(2);
    const portOf = ({ endpoint }: Service) => endpoint?.ports[0]?.publishedPort;
    expect([portOf(world.service('s1')), portOf(world.service('s2'))]).toEqual([30_000, 30_001]);
  });
});

describe('a decision that fails', () => {
  it('keeps no other from being made, and is tried again after a minute', async () => {
    const world = await newWorld();
    await world.addService({ mode: { replicated: { replicas: 1 } } }, 's1');
    await world.addService({ mode: { replicated: { replicas: 1 } } }, 's2');
    const { store } = world;
    const view = store.view.bind(store);
    // A service that no code of ours would write.
    const broken = (service: Service | undefined) =>
      service?.id === 's1' ? { ...service, spec: { ...service.spec, mode: { replicated: null } as never } } : service;
    store.view = (read) =>
      view((tx) => {
        const services = tx.services();
        const table = {
          find: services.find.bind(services),
          count: services.count.bind(services),
          get: (id: string) => broken(services.get(id)),
        };
        return read(withTables(tx, { services: () => table }));
      });
    await world.settle();
    expect(world.errors).toHaveLength(1);
    store.view = view;
    await world.run(1_000);
    expect(world.running().map(({ serviceId }) => serviceId)).toEqual(['s2']);
    await world.run(60_000);
    expect(world.running()).toHaveLength(2);
  });
});

describe('the work of a pass', () => {
  /** A view that counts the objects that are read. */
  function counting(tx: ReadTx, count: (objects: number) => void): ReadTx {
    const table = (name: 'services' | 'tasks' | 'nodes') => () => ({
      get: (id: string) => {
        count(1);
        return tx[name]().get(id);
      },
      find: (...args: never[]) => {
        const found = (tx[name]() as { find: (...args: never[]) => unknown[] }).find(...args);
        count(found.length);
        return found;
      },
    });
    const tables = { services: table('services'), tasks: table('tasks'), nodes: table('nodes') };
    return withTables(tx, tables);
  }

  it('after a report about one task is about the tasks of its service, however many others there are', async () => {
    const world = new LoopWorld();
    await world.addNodes('n1', 'n2');
    for (let i = 0; i < 40; i++) await world.addService({ mode: { replicated: { replicas: 5 } } }, `s${i}`);
    await world.run(100);
    expect(world.running()).toHaveLength(200);
    const [task] = world.running();
    if (!task) throw new Error('no task');
    await world.report(task, 'failed');
    let read = 0;
    const { changes } = world.store.view((tx) =>
      world.passes.pass(
        counting(tx, (n) => (read += n)),
        world.now,
      ),
    );
    expect(changes).toHaveLength(2);
    expect(read).toBeGreaterThan(5);
    expect(read).toBeLessThan(20);
  });

  it('makes at most 200 tasks of a service', async () => {
    const world = await newWorld();
    await world.addService({ mode: { replicated: { replicas: 1_000 } } });
    const counts: number[] = [];
    for (let i = 0; i < 10; i++) counts.push(await world.pass());
    expect(Math.max(...counts)).toBeLessThanOrEqual(201);
    await world.rest();
    expect(world.running()).toHaveLength(1_000);
  });
});

describe('openControlLoop', () => {
  it('turns services into tasks while its member leads, and leaves nothing behind', async () => {
    const world = new PlainWorld();
    await world.addNodes('n1', 'n2');
    await world.addService({ mode: { replicated: { replicas: 3 } } });
    const role = new BehaviorSubject<'leader' | 'follower'>('follower');
    const loop = openControlLoop({
      store: world.store,
      leadership: { leadership: role },
      clock: world.clock,
      random: seededRandom(1),
      logger: silentLogger,
    });
    const pass = async (ms: number) => {
      for (let i = 0; i <= ms; i++) {
        await new Promise(setImmediate);
        world.clock.advance(i < ms ? 1 : 0);
      }
    };
    await pass(50);
    expect(world.tasks()).toEqual([]);
    role.next('leader');
    await pass(50);
    expect(world.tasks().map(({ status, nodeId }) => [status.state, nodeId])).toEqual([
      ['assigned', 'n1'],
      ['assigned', 'n2'],
      ['assigned', 'n1'],
    ]);
    await world.act();
    await pass(50);
    role.next('follower');
    await world.scale(1);
    await pass(500);
    expect(world.wanted()).toHaveLength(3);
    role.next('leader');
    await pass(50);
    expect(world.wanted()).toHaveLength(1);
    expect(world.store.view((tx) => step(tx, world.now, { newId: () => 'x', ...schedulerPorts })).changes).toEqual([]);
    const closed = loop.close();
    await pass(1);
    await closed;
    expect(world.clock.armed).toBe(0);
    expect(world.store.queue.listeners).toBe(0);
  });
});
