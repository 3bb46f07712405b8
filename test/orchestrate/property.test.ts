import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/base/random.js';
import type { DeepPartial, ServiceSpec, Task } from '../../src/kinds/index.js';
import { step } from '../../src/orchestrate/index.js';
import { type Fate, World } from '../support/orchestrate.js';

const nodeIds = ['n1', 'n2', 'n3', 'n4'];
const hour = 3_600_000;

const nodeId = fc.constantFrom(...nodeIds);
const fate = fc.constantFrom<Fate>('run', 'hang', 'fail', 'reject', 'complete');
const action = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('run' as const), ms: fc.constantFrom(0, 1, 150, 1_000, 61_000) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('fate' as const), slot: fc.nat({ max: 5 }), fate }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('state' as const),
      nodeId,
      state: fc.constantFrom('down' as const, 'ready' as const, 'unknown' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('availability' as const),
      nodeId,
      availability: fc.constantFrom('active' as const, 'pause' as const, 'drain' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('image' as const), image: fc.constantFrom('a', 'b', 'c') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('scale' as const), replicas: fc.nat({ max: 6 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lose' as const), nth: fc.nat({ max: 9 }) }) },
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

const settings = fc.record({
  update: fc.record({
    parallelism: fc.nat({ max: 3 }),
    delayMs: fc.constantFrom(0, 500),
    order: fc.constantFrom('stopFirst' as const, 'startFirst' as const),
    failureAction: fc.constantFrom('continue' as const, 'pause' as const, 'rollback' as const),
    maxFailureRatio: fc.constantFrom(0, 0.5),
    monitorMs: fc.constantFrom(0, 5_000),
  }),
  retention: fc.constantFrom(0, 1, 5),
  mode: fc.constantFrom<DeepPartial<ServiceSpec['mode']>>({ replicated: { replicas: 3 } }, { global: {} }),
});
type Settings = typeof settings extends fc.Arbitrary<infer T> ? T : never;

async function newWorld({ update, retention, mode }: Settings): Promise<World> {
  const world = new World();
  await world.addNodes(...nodeIds);
  await world.store.update((tx) => {
    tx.clusters().create({ spec: { orchestration: { taskHistoryRetentionLimit: retention } } });
  });
  await world.addService({ mode, update, task: { container: { image: 'a' }, restart: { delayMs: 100 } } });
  return world;
}

async function play(world: World, now: Action): Promise<void> {
  switch (now.do) {
    case 'run':
      return world.run(now.ms);
    case 'fate': {
      const { fate: others } = world;
      // Of one slot each: nodes of a global service count from 1, too.
      const key = (task: Task) => task.slot || nodeIds.indexOf(task.nodeId ?? '') + 1;
      world.fate = (task) => (key(task) === now.slot ? now.fate : others(task));
      return;
    }
    case 'state':
      return world.setNodeState(now.nodeId, now.state);
    case 'availability':
      return world.setAvailability(now.nodeId, now.availability);
    case 'image':
      return world.setImage(now.image);
    case 'scale':
      if ('replicated' in world.service().spec.mode) await world.scale(now.replicas);
      return;
    case 'lose': {
      const task = world.tasks()[now.nth];
      if (task) await world.store.update((tx) => tx.tasks().delete(task.id));
    }
  }
}

/** Nodes and agents are well, and there is time for all that is to come. */
async function calm(world: World): Promise<void> {
  world.fate = () => 'run';
  for (const id of nodeIds) {
    await world.setNodeState(id, 'ready');
    await world.setAvailability(id, 'active');
  }
  await world.run(hour);
}

function expectWhole(world: World): void {
  const { spec, updateStatus } = world.service();
  const running = world.running();
  expect(world.wanted().map(({ id }) => id)).toEqual(running.map(({ id }) => id));
  const places = running.map(({ slot, nodeId: node }) => ('global' in spec.mode ? node : slot));
  expect(new Set(places).size).toBe(running.length);
  expect(running).toHaveLength('replicated' in spec.mode ? spec.mode.replicated.replicas : nodeIds.length);
  expect(updateStatus?.state).not.toBe('updating');
  expect(updateStatus?.state).not.toBe('rollbackStarted');
  if (updateStatus?.state.endsWith('aused')) return;
  expect(new Set(running.map((task) => task.spec.container?.image)).size).toBeLessThan(2);
  for (const task of running) expect(task.spec).toEqual(spec.task);
}

/** The loops of the leaders differ in nothing that a user sees. */
function summary(world: World) {
  const { spec, updateStatus } = world.service();
  return {
    image: spec.task.container?.image,
    state: updateStatus?.state,
    slots: updateStatus?.slots,
    running: world.running().map((task) => [task.slot, task.spec.container?.image]),
  };
}

const actions = fc.array(action, { maxLength: 25 });
const parameters = { numRuns: 30 };

describe('whatever agents and nodes do', () => {
  it('after calm a service has exactly its replicas, all of its spec unless it is paused', async () => {
    await fc.assert(
      fc.asyncProperty(settings, actions, async (given, all) => {
        const world = await newWorld(given);
        for (const now of all) await play(world, now);
        await calm(world);
        expectWhole(world);
      }),
      parameters,
    );
  });

  it('a store at rest is left alone, now and later', async () => {
    await fc.assert(
      fc.asyncProperty(settings, actions, async (given, all) => {
        const world = await newWorld(given);
        for (const now of all) await play(world, now);
        await calm(world);
        const { version } = world.store;
        for (const ms of [0, 1, hour, 24 * hour]) {
          world.clock.advance(ms);
          expect(world.store.view((tx) => step(tx, world.now, world.ports))).toEqual({ changes: [] });
        }
        expect(world.store.version).toBe(version);
      }),
      { numRuns: 20 },
    );
  });

  it('the same content at the same time gives the same writes', async () => {
    await fc.assert(
      fc.asyncProperty(settings, actions, async (given, all) => {
        const world = await newWorld(given);
        const ask = () => {
          let count = 0;
          const ports = { ...world.ports, newId: () => `made${count++}` };
          return world.store.view((tx) => step(tx, world.now, ports));
        };
        for (const now of all) {
          expect(ask()).toEqual(ask());
          await play(world, now);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('leaders that are lost between any two writes leave nothing that the next cannot put right', async () => {
    await fc.assert(
      fc.asyncProperty(settings, actions, fc.nat(), async (given, all, seed) => {
        const world = await newWorld(given);
        const random = seededRandom(seed);
        let losses = 0;
        world.cut = () => (losses < 20 && random(3) === 0 ? (losses++, random(4)) : undefined);
        for (const now of all) {
          losses = 0;
          await play(world, now);
        }
        losses = 0;
        await calm(world);
        expectWhole(world);
      }),
      parameters,
    );
  });

  it('a change of leaders at any moment leads to the same end', async () => {
    await fc.assert(
      fc.asyncProperty(settings, actions, fc.nat(), async (given, all, seed) => {
        const [one, many] = [await newWorld(given), await newWorld(given)];
        const random = seededRandom(seed);
        const act = many.act.bind(many);
        many.act = async () => {
          if (random(3) === 0) await many.changeLeader();
          return act();
        };
        for (const now of all) {
          await play(one, now);
          await play(many, now);
        }
        await calm(one);
        await calm(many);
        expect(summary(many)).toEqual(summary(one));
      }),
      parameters,
    );
  });
});
