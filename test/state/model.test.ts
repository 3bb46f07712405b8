import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as skep from '../../src/index.js';
import {
  type By,
  fork,
  isStoreError,
  type Kind,
  type MemoryStore,
  type ObjectOf,
  type Task,
  type Tx,
  watch,
  type WriteTable,
} from '../../src/index.js';
import { canonicalObject, kindOf } from '../../src/kinds/index.js';
import { newStore, record } from '../support/state-events.js';
import { compare, indicesOf, NaiveStore, nameOf } from '../support/state-model.js';

type Any = ObjectOf<Kind>;
const kinds = skep.kindNames;

const ids = ['a', 'b', 'B', 'ab', 'abc'];
const names = ['', 'web', 'WEB', 'db', 'd'];
const id = fc.constantFrom(...ids);
const name = fc.constantFrom(...names);
const indices = fc.array(fc.record({ key: fc.constantFrom('k', 'l'), val: fc.constantFrom('', 'v', 'vw') }), {
  maxLength: 2,
});
const annotations = fc.record({ name, indices });
const targets = fc.array(fc.record({ target: fc.constantFrom('', 'w1', 'w2') }), { maxLength: 2 });
const mode = fc.oneof(
  fc.record({ replicated: fc.record({ replicas: fc.nat({ max: 2 }) }) }),
  fc.record({ replicatedJob: fc.record({ maxConcurrent: fc.nat({ max: 2 }), totalCompletions: fc.nat({ max: 2 }) }) }),
  fc.constantFrom({ global: {} }, { globalJob: {} }),
);
const state = fc.constantFrom(...skep.taskStates.slice(0, 3));

const bodies: Record<Kind, fc.Arbitrary<object>> = {
  node: fc.record({
    spec: fc.record({ annotations: fc.record({ indices }), membership: fc.constantFrom('pending', 'accepted') }),
    description: fc.option(fc.record({ hostname: name }), { nil: undefined }),
    status: fc.record({ timestamp: fc.nat({ max: 3 }) }),
    role: fc.constantFrom('worker', 'manager'),
  }),
  service: fc.record({
    spec: fc.record({
      annotations,
      networks: targets,
      mode,
      task: fc.record({
        networks: targets,
        container: fc.constantFrom(undefined, {
          image: 'i',
          ulimits: [{ name: 'nofile', soft: 1, hard: -1 }],
          privileges: {
            credentialSpec: { file: 'f' },
            seccomp: { mode: 'custom', profile: '{}' },
            appArmor: 'disabled',
            noNewPrivileges: true,
          },
          registryAuth: 'e30=',
          isolation: 'process',
          oomScoreAdj: -5,
          mounts: [{ type: 'cluster', source: 'group:g', target: '/c' }],
          configs: [{ configId: '', runtime: true }],
        }),
        resources: fc.constantFrom(undefined, { limits: { pids: 9 } }),
      }),
    }),
    updateStatus: fc.option(fc.record({ slots: fc.nat({ max: 3 }), specVersion: fc.nat({ max: 3 }) }), {
      nil: undefined,
    }),
  }),
  task: fc.record({
    annotations,
    serviceAnnotations: fc.record({ name }),
    serviceId: fc.constantFrom('', 's1', 's2'),
    nodeId: fc.constantFrom('', 'n1', 'n2'),
    slot: fc.nat({ max: 2 }),
    assignedGeneric: fc.constantFrom([], [{ kind: 'gpu', named: 'a' }]),
    status: fc.record({ state, runningAt: fc.option(fc.nat({ max: 3 }), { nil: undefined }) }),
    logDriver: fc.option(fc.record({ name }), { nil: undefined }),
    desiredState: state,
    spec: fc.record({ networks: targets }),
    networks: fc.array(fc.record({ networkId: fc.constantFrom('w1', 'w2') }), { maxLength: 2 }),
  }),
  network: fc.record({ spec: fc.record({ annotations }) }),
  cluster: fc.record({ spec: fc.record({ annotations }) }),
  secret: fc.record({ spec: fc.record({ annotations }) }),
  config: fc.record({ spec: fc.record({ annotations }) }),
  volume: fc.record({ spec: fc.record({ annotations }) }),
};

const anyKind = fc.constantFrom(...kinds);
const withBody = anyKind.chain((kind) => bodies[kind].map((body) => ({ kind, body })));
const call = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('create' as const), of: withBody, id }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('update' as const),
      of: withBody,
      id,
      expect: fc.constantFrom('nothing' as const, 'newest' as const, 'old' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), kind: anyKind, id }) },
);
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('transaction' as const),
      calls: fc.array(call, { maxLength: 6 }),
      throws: fc.nat({ max: 9 }).map((n) => n === 0),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('save' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restore' as const), parsed: fc.boolean() }) },
);
type Call = typeof call extends fc.Arbitrary<infer T> ? T : never;

const stop = new Error('the callback throws');

/** Makes one call on both, and checks that both say the same. */
function run(tx: Tx, model: NaiveStore, lines: string[], now: Call): void {
  const kind = now.do === 'delete' ? now.kind : now.of.kind;
  const table = skep.tableOf(tx, kind) as unknown as WriteTable<Any>;
  const old = model.tables[kind].get(now.id);
  if (now.do === 'delete') {
    const refused = attempt(() => table.delete(now.id));
    expect(refused).toBe(old ? undefined : 'NOT_FOUND');
    if (refused) return;
    model.tables[kind].delete(now.id);
    lines.push(`delete ${kind} ${now.id}`);
    return;
  }
  const expected =
    now.do === 'create' || now.expect === 'nothing' ? undefined : now.expect === 'newest' ? old?.meta.version : 0;
  let stored: Any | undefined;
  const refused = attempt(() => {
    const input = { ...now.of.body, id: now.id, ...(expected !== undefined && { meta: { version: expected } }) };
    stored = now.do === 'create' ? table.create(input) : table.update(input);
  });
  // The canonical form is tested elsewhere: here the stored object stands for itself once it is accepted.
  const meta = { version: 0, createdAt: 0, updatedAt: 0 };
  const candidate = stored ?? canonicalObject(kindOf(kind), now.of.body, now.id, meta);
  expect(refused).toBe(model.refusal(kind, now.do, candidate as Any, expected));
  if (!stored) return;
  expect(stored.meta.version).toBe(model.version + 1);
  if (now.do === 'update') expect(stored.meta.createdAt).toBe(old?.meta.createdAt);
  model.tables[kind].set(now.id, stored);
  lines.push(`${now.do} ${kind} ${now.id}`);
}

function attempt(act: () => void): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (!isStoreError(error)) throw error;
    return error.code;
  }
}

function expectSameContent(store: MemoryStore, model: NaiveStore): void {
  expect(store.version).toBe(model.version);
  for (const kind of kinds) expect(store.save().tables[kind]).toEqual(model.all(kind));
}

/** Every lookup of every kind against a full scan. */
function expectSameFinds(store: MemoryStore, model: NaiveStore): void {
  const same = (kind: Kind, by: By, keysOf: (object: Any) => readonly string[], fits: (key: string) => boolean) => {
    const found = store.view((tx) => (skep.tableOf(tx, kind).find(by) as Any[]).map((one) => one.id));
    expect(found, `${kind} ${JSON.stringify(by)}`).toEqual(model.ids(kind, keysOf, fits));
  };
  const is = (key: string) => (other: string) => other === key;
  const begins = (prefix: string) => (key: string) => key.startsWith(prefix);
  for (const kind of kinds) {
    const folded = (object: Any) => [nameOf(kind, object).toLowerCase()].filter((one) => one !== '');
    for (const prefix of ['', 'a', 'ab']) same(kind, skep.byIdPrefix(prefix), (one) => [one.id], begins(prefix));
    for (const wanted of ['', 'WEB', 'D']) {
      same(kind, skep.byName(wanted), folded, is(wanted.toLowerCase()));
      same(kind, skep.byNamePrefix(wanted), folded, begins(wanted.toLowerCase()));
    }
    for (const key of ['k', 'l']) {
      const values = (object: Any) =>
        indicesOf(kind, object).flatMap((entry) => (entry.key === key ? [entry.val] : []));
      for (const val of ['', 'v']) {
        same(kind, skep.byCustom(key, val), values, is(val));
        same(kind, skep.byCustomPrefix(key, val), values, begins(val));
      }
    }
  }
  same('node', skep.byRole('manager'), (one) => [(one as ObjectOf<'node'>).role], is('manager'));
  same('node', skep.byMembership('pending'), (one) => [(one as ObjectOf<'node'>).spec.membership], is('pending'));
  same('task', skep.byServiceId('s1'), (one) => [(one as Task).serviceId ?? ''], is('s1'));
  same('task', skep.byNodeId('n1'), (one) => [(one as Task).nodeId ?? ''], is('n1'));
  same('task', skep.bySlot('s1', 1), (one) => [`${(one as Task).serviceId} ${(one as Task).slot}`], is('s1 1'));
  same('task', skep.byDesiredState('new'), (one) => [(one as Task).desiredState], is('new'));
  same('task', skep.byTaskState('pending'), (one) => [(one as Task).status.state], is('pending'));
  const ofTask = (one: Any) => [
    ...(one as Task).spec.networks.map(({ target }) => target),
    ...(one as Task).networks.map(({ networkId }) => networkId),
  ];
  const ofService = (one: Any) => {
    const { spec } = one as ObjectOf<'service'>;
    return [...spec.networks, ...spec.task.networks].map(({ target }) => target);
  };
  same('task', skep.byReferencedNetworkId('w1'), ofTask, is('w1'));
  same('service', skep.byReferencedNetworkId('w1'), ofService, is('w1'));
}

/** What restoring `saved` must do: the lines of the events, in no particular order. */
function restoreModel(model: NaiveStore, saved: NaiveStore, store: MemoryStore): string[] {
  const version = Math.max(model.version, saved.version) + 1;
  const lines: string[] = [];
  const strip = ({ meta: _, ...rest }: Any) => JSON.stringify(rest);
  for (const kind of kinds) {
    const before = model.tables[kind];
    const after = saved.tables[kind];
    for (const key of before.keys()) if (!after.has(key)) lines.push(`delete ${kind} ${key} @${version}`);
    for (const [key, object] of after) {
      const old = before.get(key);
      if (old && strip(old) === strip(object)) continue;
      lines.push(`${old ? 'update' : 'create'} ${kind} ${key} @${version}`);
    }
    model.tables[kind] = new Map(
      [...after.keys()].map((key) => [key, store.view((tx) => skep.tableOf(tx, kind).get(key)) as Any]),
    );
    for (const [key, object] of model.tables[kind]) expect(strip(object)).toBe(strip(after.get(key) as Any));
  }
  model.version = version;
  return [...lines, `commit @${version}`];
}

describe('the whole store', () => {
  it('does what a naive one does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25, size: 'max' }), async (steps) => {
        const { store, clock } = newStore();
        const model = new NaiveStore();
        const copy = fork(store);
        const seen = record(watch(store.queue));
        let saved: { snapshot: skep.StoreSnapshot; model: NaiveStore } | undefined;
        for (const now of steps) {
          clock.advance(1);
          if (now.do === 'save') {
            const kept = new NaiveStore(model.copyTables());
            kept.version = model.version;
            saved = { snapshot: store.save(), model: kept };
          } else if (now.do === 'restore') {
            if (!saved) continue;
            const text = JSON.stringify(saved.snapshot);
            await store.restore(now.parsed ? (JSON.parse(text) as skep.StoreSnapshot) : saved.snapshot);
            const lines = restoreModel(model, saved.model, store);
            const delivered = seen.lines.slice(-lines.length);
            expect([...delivered].sort(compare)).toEqual([...lines].sort(compare));
            model.history.push(delivered);
          } else {
            const before = model.version;
            const work = store.update(
              (tx) =>
                void model.transact((lines) => {
                  for (const one of now.calls) run(tx, model, lines, one);
                  if (now.throws) throw stop;
                }),
            );
            expect(await work.catch((error: unknown) => error)).toBe(now.throws ? stop : undefined);
            if (now.throws) expect(model.version).toBe(before);
          }
          expectSameContent(store, model);
          expectSameContent(copy.store, model);
          expect(copy.store.history).toEqual(store.history);
        }
        expectSameFinds(store, model);
        expect(seen.lines).toEqual(model.history.flat());
        for (let version = 0; version <= model.version; version++) {
          expect(record(store.watchFrom(version)).lines).toEqual(model.history.slice(version).flat());
        }
      }),
      { numRuns: 150 },
    );
  }, 60_000);
});
