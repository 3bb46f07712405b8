import { describe, expect, it } from 'vitest';
import { deferred } from '../../src/base/deferred.js';
import { MemoryStore, StoreError, type Tx, watch } from '../../src/index.js';
import { FakeClock } from '../support/state-clock.js';
import { codeOf, flush, record, settled } from '../support/state-events.js';
import { FakeProposer, notLeader } from '../support/state-proposer.js';

const node = (id: string) => (tx: Tx) => tx.nodes().create({ id }).meta.version;

function replicated(options: ConstructorParameters<typeof FakeProposer>[0] = {}) {
  const proposer = new FakeProposer(options);
  const clock = new FakeClock();
  const store = new MemoryStore({ proposer, clock });
  const ids = () => store.view((tx) => tx.nodes().find()).map(({ id }) => id);
  return { proposer, clock, store, ids };
}

describe('update in a replicated store', () => {
  it('lets the next update see what is pending, and a view only what is committed', async () => {
    const { proposer, store, ids } = replicated();
    const first = store.update(node('n1'));
    const second = store.update((tx) => {
      expect(tx.nodes().get('n1')?.meta.version).toBe(1);
      return tx.nodes().update({ id: 'n1', meta: { version: 1 }, role: 'manager' }).meta.version;
    });
    expect(proposer.waiting).toEqual([1, 2]);
    expect([ids(), store.version]).toEqual([[], 0]);
    expect(await settled(first)).toBe(false);
    proposer.commit();
    expect([ids(), store.version]).toEqual([['n1'], 1]);
    expect(await first).toBe(1);
    expect(await settled(second)).toBe(false);
    proposer.commit();
    expect(await second).toBe(2);
    expect(store.view((tx) => tx.nodes().get('n1'))?.role).toBe('manager');
  });

  it('hands the actions and the labels to the proposer', async () => {
    const { proposer, store } = replicated({ commit: 'during' });
    await store.update(node('n1'));
    await store.update((tx) => void tx.nodes().delete('n1'), { actor: 'ann', reason: 'old', requestId: 'r1' });
    expect(proposer.committed).toMatchObject([
      { version: 1, time: 1_000_000, actions: [{ action: 'create', kind: 'node', object: { id: 'n1' } }] },
      {
        version: 2,
        actor: 'ann',
        reason: 'old',
        requestId: 'r1',
        actions: [{ action: 'remove', kind: 'node', id: 'n1' }],
      },
    ]);
  });

  it('takes a commit that comes before proposeValue returns', async () => {
    const { store, ids } = replicated({ commit: 'during' });
    const seen = record(watch(store.queue));
    const promise = store.update(node('n1'));
    expect([ids(), seen.lines]).toEqual([['n1'], ['create node n1 @1', 'commit @1']]);
    expect(await promise).toBe(1);
  });

  it('drops what is pending when a proposal is refused, and gives the versions again', async () => {
    const { proposer, store, ids } = replicated();
    const seen = record(watch(store.queue));
    const lost = ['a', 'b', 'c'].map((id) => store.update(node(id)));
    const order: string[] = [];
    lost.forEach((promise, i) => void promise.catch(() => order.push(`lost ${i}`)));
    proposer.commit();
    proposer.refuse(new StoreError('OUTCOME_UNKNOWN', 'the leader changed'));
    await flush();
    expect(await lost[0]).toBe(1);
    expect([await codeOf(lost[1] as Promise<number>), await codeOf(lost[2] as Promise<number>)]).toEqual([
      'OUTCOME_UNKNOWN',
      'OUTCOME_UNKNOWN',
    ]);
    expect(order).toEqual(['lost 1', 'lost 2']);
    const next = store.update((tx) => {
      expect(
        tx
          .nodes()
          .find()
          .map(({ id }) => id),
      ).toEqual(['a']);
      return tx.nodes().create({ id: 'd' }).meta.version;
    });
    proposer.commit();
    expect(await next).toBe(2);
    expect(ids()).toEqual(['a', 'd']);
    expect(seen.lines).toEqual(['create node a @1', 'commit @1', 'create node d @2', 'commit @2']);
  });

  it('keeps what stood before the refused one', async () => {
    const { proposer, store } = replicated();
    const kept = store.update(node('a'));
    const lost = store.update(node('b'));
    proposer.refuse(notLeader(), 1);
    expect(await codeOf(lost)).toBe('NOT_LEADER');
    const next = store.update(node('c'));
    expect(proposer.waiting).toEqual([1, 2]);
    proposer.commit(2);
    expect([await kept, await next]).toEqual([1, 2]);
  });

  it('passes on an error of the proposer that is no StoreError', async () => {
    const { proposer, store } = replicated();
    const error = new Error('disk full');
    const promise = store.update(node('a'));
    proposer.refuse(error);
    await expect(promise).rejects.toBe(error);
    proposer.proposeValue = () => {
      throw error;
    };
    await expect(store.update(node('b'))).rejects.toBe(error);
    expect(store.version).toBe(0);
  });

  it.each<{ what: string; write: (tx: Tx) => string; wanted: unknown }>([
    { what: 'changes nothing', write: () => 'read', wanted: 'read' },
    {
      what: 'throws',
      write: () => {
        throw new Error('mine');
      },
      wanted: new Error('mine'),
    },
  ])('settles a callback that $what only when what it saw is certain', async ({ write, wanted }) => {
    const { proposer, store } = replicated({ holdRounds: true });
    const first = store.update(node('a'));
    const promise = store.update(write).catch((error: unknown) => error);
    expect(await settled(promise)).toBe(false);
    proposer.commit();
    await first;
    expect(await settled(promise)).toBe(false);
    expect(proposer.rounds).toHaveLength(1);
    proposer.rounds[0]?.resolve();
    expect(await promise).toEqual(wanted);
  });

  it.each<{ what: string; write: (tx: Tx) => string }>([
    { what: 'changed nothing', write: () => 'read' },
    {
      what: 'threw',
      write: () => {
        throw new Error('mine');
      },
    },
  ])('says NOT_LEADER to a callback that $what when leadership is lost first', async ({ write }) => {
    const { proposer, store } = replicated({ holdRounds: true });
    const lost = store.update(node('a'));
    const promise = store.update(write);
    proposer.refuse(new StoreError('OUTCOME_UNKNOWN', 'the leader changed'));
    expect(await codeOf(promise)).toBe('NOT_LEADER');
    await codeOf(lost);
    const other = store.update(write);
    expect(await settled(other)).toBe(false);
    proposer.rounds[0]?.reject(notLeader());
    expect(await codeOf(other)).toBe('NOT_LEADER');
  });

  it('does not let a timeout make an uncertain error look certain', async () => {
    const { proposer, clock, store } = replicated({ holdRounds: true });
    const promise = store.update(() => 'read', { timeoutMs: 100 });
    await flush();
    clock.advance(100);
    expect(await codeOf(promise)).toBe('NOT_LEADER');
    proposer.rounds[0]?.resolve();
  });

  it('says OUTCOME_UNKNOWN when a proposal takes too long, and commits it all the same', async () => {
    const { proposer, clock, store, ids } = replicated();
    const promise = store.update(node('a'), { timeoutMs: 100 });
    clock.advance(99);
    expect(await settled(promise)).toBe(false);
    clock.advance(1);
    expect(await codeOf(promise)).toBe('OUTCOME_UNKNOWN');
    proposer.commit();
    expect(ids()).toEqual(['a']);
    expect(clock.armed).toBe(0);
  });

  it('waits 10 seconds when nothing is said', async () => {
    const { clock, store } = replicated();
    const promise = store.update(node('a'));
    clock.advance(9_999);
    expect(await settled(promise)).toBe(false);
    clock.advance(1);
    expect(await codeOf(promise)).toBe('OUTCOME_UNKNOWN');
  });

  it('says OUTCOME_UNKNOWN when a proposal is aborted', async () => {
    const { proposer, clock, store, ids } = replicated();
    const abort = new AbortController();
    const promise = store.update(node('a'), { signal: abort.signal });
    abort.abort(new Error('stop'));
    const error: unknown = await promise.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN', cause: new Error('stop') });
    expect(clock.armed).toBe(0);
    proposer.commit();
    expect(ids()).toEqual(['a']);
  });

  it('hears a signal that its own callback aborts', async () => {
    const { store } = replicated();
    const abort = new AbortController();
    const promise = store.update(
      (tx) => {
        abort.abort(new Error('stop'));
        return tx.nodes().create({ id: 'a' }).id;
      },
      { signal: abort.signal },
    );
    expect(await settled(promise)).toBe(true);
    expect(await codeOf(promise)).toBe('OUTCOME_UNKNOWN');
  });

  it('does nothing when a request is repeated while the first is on its way', async () => {
    const { proposer, store, ids } = replicated();
    const first = store.update(node('a'), { requestId: 'r1' });
    const again = store.update(node('b'), { requestId: 'r1' });
    expect(proposer.waiting).toEqual([1]);
    expect(await settled(again)).toBe(false);
    proposer.commit();
    await Promise.all([first, again]);
    expect(ids()).toEqual(['a']);
  });

  it('fails a repeat with its first, and forgets the request', async () => {
    const { proposer, store } = replicated();
    const first = store.update(node('a'), { requestId: 'r1' });
    const again = store.update(node('b'), { requestId: 'r1' });
    proposer.refuse(notLeader());
    expect([await codeOf(first), await codeOf(again)]).toEqual(['NOT_LEADER', 'NOT_LEADER']);
    const third = store.update(node('c'), { requestId: 'r1' });
    proposer.commit();
    expect(await third).toBe(1);
  });

  it('waits for an election up to timeoutMs, then says NOT_LEADER', async () => {
    const elected = deferred<void>();
    let leading = false;
    const admit = () => (leading ? undefined : elected.promise);
    const { clock, store } = replicated({ admit, commit: 'during' });
    let runs = 0;
    const tooSoon = store.update(() => ++runs, { timeoutMs: 100 });
    const patient = store.update((tx) => (++runs, tx.nodes().create({ id: 'a' }).id), { timeoutMs: 500 });
    clock.advance(100);
    expect(await codeOf(tooSoon)).toBe('NOT_LEADER');
    expect(runs).toBe(0);
    leading = true;
    elected.resolve();
    expect(await patient).toBe('a');
    expect(runs).toBe(1);
    expect(clock.armed).toBe(0);
  });

  it('rejects with the reason when aborted before it could propose', async () => {
    const { store } = replicated({ admit: () => new Promise(() => undefined) });
    const abort = new AbortController();
    const promise = store.update(node('a'), { signal: abort.signal });
    abort.abort('changed my mind');
    await expect(promise).rejects.toBe('changed my mind');
  });

  it('does not run the callback on a follower', async () => {
    const { store } = replicated({
      admit: () => {
        throw notLeader();
      },
    });
    let runs = 0;
    expect(await codeOf(store.update(() => ++runs))).toBe('NOT_LEADER');
    expect(await codeOf(store.batch((batch) => batch.update(() => void runs++)))).toBe('NOT_LEADER');
    expect(runs).toBe(0);
  });

  it('rejects open updates when it closes, and takes late commits', async () => {
    const { proposer, clock, store, ids } = replicated();
    const promise = store.update(node('a'));
    const read = store.update(() => 'read');
    await store.close();
    expect([await codeOf(promise), await codeOf(read)]).toEqual(['CLOSED', 'CLOSED']);
    proposer.commit();
    expect(ids()).toEqual(['a']);
    expect(clock.armed).toBe(0);
  });

  it('commits in version order only, and nothing that was refused', async () => {
    const { proposer, store } = replicated();
    const commits: (() => void)[] = [];
    proposer.proposeValue = (_, commit) => {
      commits.push(commit);
      return new Promise(() => undefined);
    };
    void store.update(node('a'));
    void store.update(node('b'));
    expect(() => commits[1]?.()).toThrow('commits come in order');
    commits[0]?.();
    expect(() => commits[0]?.()).toThrow('commits come in order');
    commits[1]?.();
    expect(store.version).toBe(2);
  });

  it('takes a proposer that resolves without a commit for broken', async () => {
    const { proposer, store } = replicated();
    proposer.proposeValue = () => Promise.resolve();
    await expect(store.update(node('a'))).rejects.toThrow('without committing');
    expect(store.version).toBe(0);
  });

  it('goes on from the version that the proposer holds', async () => {
    const { store } = replicated({ version: 7, commit: 'during' });
    expect(store.version).toBe(7);
    expect(await store.update(node('a'))).toBe(8);
  });

  it('arms one timer for many writers', () => {
    const { clock, store } = replicated();
    for (let i = 0; i < 100; i++) store.update(node(`n${i}`)).catch(() => undefined);
    expect(clock.armed).toBe(1);
    clock.advance(10_000);
    expect(clock.armed).toBe(0);
  });

  it('never asks the clock for more than a timer can wait', () => {
    const { clock, store } = replicated();
    store.update(node('a'), { timeoutMs: Number.MAX_SAFE_INTEGER }).catch(() => undefined);
    store.update(node('b'), { timeoutMs: Infinity }).catch(() => undefined);
    expect(Math.max(...clock.delays)).toBeLessThanOrEqual(2 ** 31 - 1);
  });
});
