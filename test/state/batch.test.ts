import { describe, expect, it } from 'vitest';
import { type Batch, MemoryStore, type StoreAction, type Tx, watch } from '../../src/index.js';
import { FakeClock } from '../support/state-clock.js';
import { codeOf, flush, newStore, record, settled } from '../support/state-events.js';
import { FakeProposer, notLeader } from '../support/state-proposer.js';

const node = (id: string | number) => (tx: Tx) => void tx.nodes().create({ id: `n${id}` });
const failing = () => {
  throw new Error('mine');
};

/** The number of changes in each transaction, by its commit. */
function sizes(store: MemoryStore): number[] {
  return store.history.map(({ events }) => events.length);
}

function ids(store: MemoryStore): string[] {
  return store.view((tx) => tx.nodes().find()).map(({ id }) => id);
}

/** Every object is as large as its label `size` says. */
function sizeOf(action: StoreAction): number {
  if (action.action === 'remove' || action.kind !== 'node') return 10;
  return Number(
    (action.object as unknown as { spec: { annotations: { labels: { size?: string } } } }).spec.annotations.labels
      .size ?? 10,
  );
}
const sized = (id: string, size: number) => (tx: Tx) =>
  tx.nodes().create({ id, spec: { annotations: { labels: { size: String(size) } } } });

function replicated(options: ConstructorParameters<typeof FakeProposer>[0] = { commit: 'during' }) {
  const proposer = new FakeProposer({ sizeOf, ...options });
  const clock = new FakeClock();
  return { proposer, clock, store: new MemoryStore({ proposer, clock, limits: { transactionBytes: 1_000 } }) };
}

describe('batch', () => {
  it('cuts 405 single changes into 200, 200 and 5', async () => {
    const { store } = newStore();
    await store.batch(async (batch) => {
      for (let i = 0; i < 405; i++) await batch.update(node(i));
    });
    expect(sizes(store)).toEqual([200, 200, 5]);
  });

  it('cuts the same when nobody waits for a step', async () => {
    const { store } = newStore();
    await store.batch((batch) => {
      for (let i = 0; i < 405; i++) void batch.update(node(i));
    });
    expect(sizes(store)).toEqual([200, 200, 5]);
  });

  it('never splits a step', async () => {
    const { store } = newStore();
    await store.batch(async (batch) => {
      await batch.update(node('x'));
      await batch.update((tx) => {
        for (let i = 0; i < 300; i++) tx.nodes().create({ id: `n${i}` });
      });
      await batch.update(node('y'));
    });
    expect(sizes(store)).toEqual([301, 1]);
  });

  it('resolves a step before its group is committed, save the one that fills it', async () => {
    const { proposer, store } = replicated({ commit: 'hold', sizeOf: () => 0 });
    const steps: Promise<void>[] = [];
    const done = store.batch(async (batch) => {
      for (let i = 0; i < 200; i++) steps.push(batch.update(node(i)));
      await steps[0];
      await steps[199];
    });
    expect(await settled(steps[0] as Promise<void>)).toBe(true);
    expect(await settled(steps[199] as Promise<void>)).toBe(false);
    proposer.commit();
    await done;
  });

  it('resolves when all is committed', async () => {
    const { proposer, store } = replicated({ commit: 'hold' });
    const done = store.batch((batch) => batch.update(node(1)));
    expect(await settled(done)).toBe(false);
    proposer.commit();
    await done;
    expect(ids(store)).toEqual(['n1']);
  });

  it('makes no version when nothing is written, and waits for what was seen', async () => {
    const { proposer, store } = replicated({ commit: 'hold' });
    const write = store.update(node(1));
    const done = store.batch((batch) => batch.update((tx) => void tx.nodes().find()));
    expect(await settled(done)).toBe(false);
    proposer.commit();
    await Promise.all([write, done]);
    expect([store.version, proposer.rounds.length]).toEqual([1, 1]);
  });

  it('rejects only when what a step saw is certain', async () => {
    const { proposer, store } = replicated({ commit: 'hold' });
    const write = store.update(node(1));
    const done = store.batch((batch) => {
      void batch.update(node(1));
    });
    expect(await settled(done)).toBe(false);
    proposer.refuse(notLeader());
    expect([await codeOf(write), await codeOf(done)]).toEqual(['NOT_LEADER', 'NOT_LEADER']);
  });

  it('undoes a step that throws alone, and goes on when somebody listens', async () => {
    const { store } = newStore();
    const seen = record(watch(store.queue));
    await store.batch(async (batch) => {
      await batch.update(node(1));
      const step = batch.update((tx) => {
        tx.nodes().create({ id: 'n2' });
        tx.nodes().delete('n1');
        failing();
      });
      await expect(step).rejects.toThrow('mine');
      await batch.update(node(3));
    });
    expect(seen.lines).toEqual(['create node n1 @1', 'create node n3 @1', 'commit @1']);
  });

  it('rejects with the error of a step that nobody listened to, after the rest is committed', async () => {
    const { store } = newStore();
    const done = store.batch(async (batch) => {
      void batch.update(node(1));
      void batch.update(failing);
      await batch.update(node(2));
    });
    await expect(done).rejects.toThrow('mine');
    expect(ids(store)).toEqual(['n1', 'n2']);
  });

  it.each<[string, (batch: Batch) => Promise<unknown>]>([
    ['catch', (batch) => batch.update(failing).catch(() => undefined)],
    ['then', (batch) => batch.update(failing).then(undefined, () => undefined)],
    ['allSettled', (batch) => Promise.allSettled([batch.update(failing)])],
  ])('does not reject when the error was handled with %s', async (_, handle) => {
    const { store } = newStore();
    await store.batch(async (batch) => {
      void handle(batch);
      await batch.update(node(1));
    });
    expect(ids(store)).toEqual(['n1']);
  });

  it('keeps the 200 that were cut when fill throws after 208', async () => {
    const { store } = newStore();
    const done = store.batch(async (batch) => {
      for (let i = 0; i < 208; i++) await batch.update(node(i));
      failing();
    });
    await expect(done).rejects.toThrow('mine');
    expect(sizes(store)).toEqual([200]);
    await store.update(node('after'));
    expect(store.version).toBe(2);
  });

  it('lets others write between cuts, never inside', async () => {
    const { store } = newStore();
    const others: Promise<void>[] = [];
    await store.batch(async (batch) => {
      for (let i = 0; i < 405; i++) {
        await batch.update(node(i));
        if (i === 10 || i === 300) others.push(store.update(node(`other${i}`)));
      }
    });
    await Promise.all(others);
    expect(sizes(store)).toEqual([200, 1, 200, 1, 5]);
  });

  it('lets two batches take turns', async () => {
    const { store } = newStore();
    const fill = (name: string) => async (batch: Batch) => {
      for (let i = 0; i < 250; i++) await batch.update(node(`${name}${i}`));
    };
    await Promise.all([store.batch(fill('a')), store.batch(fill('b'))]);
    expect(sizes(store)).toEqual([200, 200, 50, 50]);
  });

  it('lets any number of writers wait for it', async () => {
    const { store } = newStore();
    const others: Promise<void>[] = [];
    await store.batch(async (batch) => {
      await batch.update(node('first'));
      for (let i = 0; i < 20_000; i++) others.push(store.update(node(i)));
    });
    await Promise.all(others);
    expect(store.version).toBe(20_001);
  });

  it('cuts at three quarters of the size, after the step that reaches it', async () => {
    const { proposer, store } = replicated();
    await store.batch(async (batch) => {
      for (let i = 0; i < 7; i++) await batch.update((tx) => void sized(`n${i}`, 250)(tx));
    });
    expect(proposer.committed.map(({ actions }) => actions.length)).toEqual([3, 3, 1]);
  });

  it('refuses a step that is too large alone, and that step only', async () => {
    const { proposer, store } = replicated();
    await store.batch(async (batch) => {
      await batch.update(node(1));
      expect(await codeOf(batch.update((tx) => void sized('n2', 1_001)(tx)))).toBe('TOO_LARGE');
      await batch.update((tx) => void sized('n3', 700)(tx));
    });
    expect(proposer.committed).toHaveLength(1);
    expect(ids(store)).toEqual(['n1', 'n3']);
    expect(await codeOf(store.update((tx) => void sized('n4', 1_001)(tx)))).toBe('TOO_LARGE');
    await store.update((tx) => void sized('n4', 1_000)(tx));
  });

  it('moves a step that is too large for the group into the next, with the versions and times of that one', async () => {
    const { proposer, clock, store } = replicated();
    await store.batch(async (batch) => {
      await batch.update((tx) => void sized('n1', 700)(tx));
      clock.advance(5);
      await batch.update((tx) => {
        const made = sized('n2', 300)(tx);
        tx.nodes().update({ ...made, role: 'manager' });
        tx.nodes().delete('n1');
      });
    });
    expect(proposer.committed.map(({ actions }) => actions.length)).toEqual([1, 3]);
    const [, create, update] = store.history.flatMap(({ events }) => events);
    expect(create).toMatchObject({ action: 'create', version: 2, object: { meta: { version: 2 } } });
    expect(update?.object.meta).toEqual(create?.object.meta);
    expect(ids(store)).toEqual(['n2']);
  });

  it('rejects every later step after a cut failed, whatever fill does with it', async () => {
    const { proposer, store } = replicated({ commit: 'hold', sizeOf: () => 0 });
    const late: Promise<void>[] = [];
    const done = store.batch(async (batch) => {
      for (let i = 0; i < 200; i++) batch.update(node(i)).catch(() => undefined);
      await flush();
      proposer.refuse(notLeader());
      await flush();
      for (let i = 200; i < 210; i++) {
        const step = batch.update(node(i));
        step.catch(() => undefined);
        late.push(step);
      }
    });
    expect(await codeOf(done)).toBe('NOT_LEADER');
    for (const step of late) expect(await codeOf(step)).toBe('NOT_LEADER');
    expect(proposer.proposed).toHaveLength(1);
    expect([ids(store), store.version]).toEqual([[], 0]);
    const next = store.update(node('after'));
    proposer.commit();
    await next;
  });

  it('drops the group that was open when an earlier cut fails', async () => {
    const { proposer, store } = replicated({ commit: 'hold', sizeOf: () => 0 });
    const done = store.batch(async (batch) => {
      for (let i = 0; i < 205; i++) void batch.update(node(i));
      proposer.refuse(notLeader());
      for (let i = 205; i < 450; i++) void batch.update(node(i));
      await flush();
    });
    expect(await codeOf(done)).toBe('NOT_LEADER');
    await flush();
    expect(store.version).toBe(0);
    expect(proposer.waiting).toEqual([]);
  });

  it('hands in nothing that rests on transactions which are gone', async () => {
    const { proposer, store } = replicated({ commit: 'hold' });
    const lost = store.update(node('lost'));
    const done = store.batch(async (batch) => {
      await batch.update((tx) => void tx.nodes().update({ id: 'nlost', role: 'manager' }));
      proposer.followed(1, notLeader());
      store.applyStoreActions([{ action: 'create', kind: 'node', object: { id: 'other' } as never }], {
        version: 1,
        time: 1_000_000,
      });
    });
    done.catch(() => undefined);
    expect(await codeOf(lost)).toBe('NOT_LEADER');
    await flush();
    expect(proposer.waiting).toEqual([]);
    expect(await codeOf(done)).toBe('NOT_LEADER');
    expect(ids(store)).toEqual(['other']);
  });

  it('ends with TX_CLOSED: the batch and the tx of a step', async () => {
    const { store } = newStore();
    let kept: Batch | undefined;
    let tx: Tx | undefined;
    await store.batch(async (batch) => {
      kept = batch;
      await batch.update((open) => void (tx = open));
      expect(() => tx?.nodes()).toThrow('TX_CLOSED');
    });
    expect(await codeOf(kept?.update(node(1)) as Promise<void>)).toBe('TX_CLOSED');
  });

  it('keeps the tx of one step closed while another runs', async () => {
    const { store } = newStore();
    await store.batch(async (batch) => {
      let kept: Tx | undefined;
      await batch.update((tx) => void (kept = tx));
      await batch.update(() => {
        expect(() => kept?.nodes()).toThrow('TX_CLOSED');
      });
    });
  });

  it('refuses a step that waits, and undoes what it did', async () => {
    const { store } = newStore();
    await store.batch(async (batch) => {
      // eslint-disable-next-line @typescript-eslint/no-misused-promises -- the mistake is what is tested
      const step = batch.update(async (tx) => {
        tx.nodes().create({ id: 'n1' });
        await Promise.resolve();
        tx.nodes().create({ id: 'n2' });
      });
      expect(await codeOf(step)).toBe('ASYNC_CALLBACK');
    });
    expect(store.version).toBe(0);
  });

  it('runs a step that was asked for inside another one after it', async () => {
    const { store } = newStore();
    await store.batch(async (batch) => {
      let inner: Promise<void> | undefined;
      const outer = batch.update((tx) => {
        tx.nodes().create({ id: 'n1' });
        inner = batch.update(node(2));
        tx.nodes().create({ id: 'n3' });
        failing();
      });
      await expect(outer).rejects.toThrow('mine');
      await inner;
    });
    expect(ids(store)).toEqual(['n2']);
  });

  it('stops when its signal is aborted, and leaves nothing behind', async () => {
    const { clock, store } = replicated({ commit: 'hold' });
    const abort = new AbortController();
    const done = store.batch(
      async (batch) => {
        await batch.update(node(1));
        abort.abort(new Error('stop'));
        await batch.update(node(2)).catch(() => undefined);
      },
      { signal: abort.signal },
    );
    await expect(done).rejects.toThrow('stop');
    expect(clock.armed).toBe(0);
    const other = store.update(node(3), { timeoutMs: 5 });
    clock.advance(5);
    expect(await codeOf(other)).toBe('OUTCOME_UNKNOWN');
  });
});

describe('a batch that is aborted', () => {
  it('ends, whatever it waits for, and lets the others write', async () => {
    const { store } = newStore();
    const abort = new AbortController();
    const refused: unknown[] = [];
    const batch = store.batch(
      async (steps) => {
        await steps.update(node(1));
        await new Promise(() => undefined); // something that never comes
      },
      { signal: abort.signal },
    );
    const waiting = store.update(node(2));
    await flush();
    expect(await settled(waiting)).toBe(false);
    abort.abort(new Error('enough'));
    await batch.catch((error: unknown) => refused.push(error));
    expect(refused).toEqual([new Error('enough')]);
    await waiting;
    expect(ids(store)).toEqual(['n2']);
  });

  it('takes no more steps', async () => {
    const { store } = newStore();
    const abort = new AbortController();
    let late: unknown;
    const batch = store.batch(
      async (steps) => {
        await steps.update(node(1));
        abort.abort(new Error('enough'));
        late = await steps.update(node(2)).catch((error: unknown) => error);
      },
      { signal: abort.signal },
    );
    await expect(batch).rejects.toThrow('enough');
    await flush();
    expect(late).toEqual(new Error('enough'));
    expect(store.version).toBe(0);
  });
});

describe('what a step of a batch was given', () => {
  it('is closed with it: its table, too', async () => {
    const { store } = newStore();
    let kept: ReturnType<Tx['nodes']> | undefined;
    let code: unknown;
    await store.batch(async (steps) => {
      await steps.update((tx) => void (kept = tx.nodes()));
      await steps.update(() => {
        try {
          kept?.create({ id: 'sneaked' });
        } catch (error) {
          code = (error as { code: unknown }).code;
        }
      });
    });
    expect(code).toBe('TX_CLOSED');
    expect(ids(store)).toEqual([]);
  });
});
