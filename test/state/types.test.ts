import { describe, expectTypeOf, it } from 'vitest';
import {
  type Batch,
  type By,
  type Event,
  EventUpdateTask,
  MemoryStore,
  type Node,
  nodeCheckRole,
  type Proposer,
  type ReadTx,
  type Store,
  type StoreAction,
  type StoreSnapshot,
  type Task,
  taskCheckNodeId,
  type Tx,
  type Watch,
  watch,
  type WatchableStore,
} from '../../src/index.js';

// Never runs: the compiler is the judge.
const never = (_: () => unknown) => undefined;

describe('the types', () => {
  it('refuse callbacks that wait', () => {
    never(() => {
      const store = new MemoryStore();
      // @ts-expect-error a transaction cannot wait
      void store.update(async (tx) => tx.nodes().create({}));
      // @ts-expect-error a transaction cannot wait
      void store.update(() => Promise.resolve(1));
      // @ts-expect-error a transaction cannot wait, not on its own values either
      void store.update(async () => undefined);
      // @ts-expect-error a read cannot wait
      store.view(async (tx) => tx.nodes().find());
      // @ts-expect-error a read cannot wait
      store.viewAndWatch(async (tx) => tx.nodes().find());
    });
  });

  it('let batch callbacks wait between steps', () => {
    never(() => {
      const store = new MemoryStore();
      void store.batch(async (batch) => {
        expectTypeOf(batch).toEqualTypeOf<Batch>();
        expectTypeOf(batch.update((tx) => tx.nodes().delete('n1'))).toEqualTypeOf<Promise<void>>();
        await batch.update(() => undefined);
      });
    });
  });

  it('refuse fields that are not there, and words that are none', () => {
    never(() =>
      new MemoryStore().update((tx) => {
        // @ts-expect-error no such field
        tx.nodes().create({ colour: 'red' });
        // @ts-expect-error no such field further down
        tx.nodes().create({ spec: { annotations: { nam: 'x' } } });
        // @ts-expect-error no such word
        tx.nodes().create({ spec: { availability: 'gone' } });
        // @ts-expect-error wrong type
        tx.tasks().create({ slot: '1' });
        // @ts-expect-error update needs the id
        tx.tasks().update({ slot: 1 });
        // @ts-expect-error one mode, and this is none
        tx.services().create({ spec: { mode: { replicated: { copies: 1 } } } });
        tx.services().create({ spec: { mode: { global: {} } } });
        return 0;
      }),
    );
  });

  it('make stored objects read-only', () => {
    never(() => {
      const node = new MemoryStore().view((tx) => tx.nodes().get('n1'));
      expectTypeOf(node).toEqualTypeOf<Node | undefined>();
      if (!node) return;
      // @ts-expect-error stored objects are frozen
      node.role = 'manager';
      // @ts-expect-error all the way down
      node.spec.annotations.labels['a'] = 'b';
      expectTypeOf(node.description?.hostname).toEqualTypeOf<string | undefined>();
      expectTypeOf(node.meta.version).toEqualTypeOf<number>();
    });
  });

  it('carry the values of callbacks', () => {
    never(() => {
      const store = new MemoryStore();
      expectTypeOf(store.update((tx) => tx.nodes().create({}))).toEqualTypeOf<Promise<Node>>();
      expectTypeOf(store.update((tx) => tx.tasks().find())).toEqualTypeOf<Promise<Task[]>>();
      expectTypeOf(store.update((tx) => tx.tasks().delete('t1'))).toEqualTypeOf<Promise<void>>();
      expectTypeOf(store.view(() => 5 as const)).toEqualTypeOf<5>();
      expectTypeOf(store.update((tx): Node | undefined => tx.nodes().get('x'))).toEqualTypeOf<
        Promise<Node | undefined>
      >();
      const { value, version, watch: seen } = store.viewAndWatch((tx) => tx.nodes().find());
      expectTypeOf(value).toEqualTypeOf<Node[]>();
      expectTypeOf(version).toEqualTypeOf<number>();
      expectTypeOf(seen).toEqualTypeOf<Watch>();
    });
  });

  it('keep writes out of views', () => {
    never(() => {
      const store = new MemoryStore();
      // @ts-expect-error a view only reads
      store.view((tx) => tx.nodes().create({}));
      expectTypeOf<Tx>().toExtend<ReadTx>();
      expectTypeOf<MemoryStore>().toExtend<WatchableStore>();
      expectTypeOf<WatchableStore>().toExtend<Store>();
      expectTypeOf<ReturnType<MemoryStore['save']>>().toEqualTypeOf<StoreSnapshot>();
      expectTypeOf<Parameters<Proposer['proposeValue']>[0]['actions']>().toEqualTypeOf<readonly StoreAction[]>();
      expectTypeOf<Parameters<ReturnType<ReadTx['nodes']>['find']>[0]>().toEqualTypeOf<By<'node'> | undefined>();
    });
  });

  it('tell events apart', () => {
    never(() => {
      const { queue } = new MemoryStore();
      watch(queue).subscribe((event) => {
        expectTypeOf(event).toEqualTypeOf<Event>();
        if (event.kind === 'task' && event.action === 'update') expectTypeOf(event.old).toEqualTypeOf<Task>();
      });
      watch(queue, EventUpdateTask({ nodeId: 'n1' }, taskCheckNodeId)).subscribe((event) => {
        expectTypeOf(event.old).toEqualTypeOf<Task>();
      });
      const event = {} as EventUpdateTask;
      expectTypeOf(event.old).toEqualTypeOf<Task>();
    });
  });

  it('bind a check to its kind', () => {
    never(() => {
      // @ts-expect-error a check for nodes says nothing about tasks
      EventUpdateTask({ nodeId: 'n1' }, nodeCheckRole);
      // @ts-expect-error no such field to name
      EventUpdateTask({ colour: 'red' });
      EventUpdateTask(
        (wanted, changed) => wanted.nodeId === changed.nodeId,
        (_, changed) => changed.slot > 1,
      );
    });
  });
});
