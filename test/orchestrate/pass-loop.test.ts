import { BehaviorSubject } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/base/log.js';
import { StoreError } from '../../src/base/store-error.js';
import {
  EventCreateConfig,
  EventCreateNode,
  EventDeleteConfig,
  EventUpdateConfig,
  type ReadTx,
} from '../../src/kinds/index.js';
import { type Pass, PassLoop, type PassWork } from '../../src/orchestrate/loop/index.js';
import { MemoryStore } from '../../src/state/index.js';
import { FakeClock } from '../support/state-clock.js';
import { FakeProposer, notLeader } from '../support/state-proposer.js';

/** One config of that name should be there, with that text. */
interface Wish {
  readonly name: string;
  readonly version?: number;
  readonly text?: string;
}

/**
 * A loop that sees to it that there is a config of every name of `wished`, in a store under the test's thumb. Time passes
 * in steps of a millisecond, with all that can be done at each.
 */
class Loop {
  readonly clock = new FakeClock();
  readonly proposer: FakeProposer | undefined;
  readonly store: MemoryStore;
  readonly role = new BehaviorSubject<'leader' | 'follower'>('leader');
  readonly ending = new AbortController();
  wished: string[] = [];
  passes: number[] = [];
  begun = 0;
  dropped: string[] = [];
  readonly written: string[] = [];
  readonly logged: string[] = [];
  wakeAt: number | undefined;
  /** Called in each pass, for what happens meanwhile. */
  onPass: (view: ReadTx) => void = () => undefined;
  pass = (view: ReadTx): Pass<Wish> => {
    const there = new Set(
      view
        .configs()
        .find()
        .map(({ spec }) => spec.annotations.name),
    );
    return { changes: this.wished.filter((name) => !there.has(name)).map((name) => ({ name })), wakeAt: this.wakeAt };
  };
  ended = false;
  done: Promise<void> = Promise.resolve();

  constructor({
    held = false,
    unitOf,
    ahead = 1,
  }: { held?: boolean; unitOf?: PassWork<Wish>['unitOf']; ahead?: number } = {}) {
    this.ahead = ahead;
    this.proposer = held ? new FakeProposer({ commit: 'hold' }) : undefined;
    this.store = new MemoryStore({ clock: this.clock, ...(this.proposer && { proposer: this.proposer }) });
    this.unitOf = unitOf;
  }
  readonly unitOf: PassWork<Wish>['unitOf'];
  readonly ahead: number;
  settled: string[] = [];

  start(): this {
    const work: PassWork<Wish> = {
      name: 'configs',
      events: [EventCreateConfig(), EventUpdateConfig(), EventDeleteConfig(), EventCreateNode()],
      begin: () => void this.begun++,
      pass: (view) => {
        this.passes.push(this.clock.monotonic());
        this.onPass(view);
        return this.pass(view);
      },
      apply: (tx, { name, version, text = '' }) => {
        const object = { id: name, spec: { annotations: { name }, data: Buffer.from(text).toString('base64') } };
        if (version === undefined) tx.configs().create(object);
        else tx.configs().update({ ...object, meta: { version } });
        this.written.push(name);
      },
      ahead: this.ahead,
      onSettled: (changes) => void this.settled.push(...changes.map(({ name }) => name)),
      onDropped: (changes) => void this.dropped.push(...changes.map(({ name }) => name)),
      ...(this.unitOf && { unitOf: this.unitOf }),
    };
    const log = (message: string) => void this.logged.push(message);
    this.done = new PassLoop({
      work,
      store: this.store,
      leadership: { leadership: this.role },
      clock: this.clock,
      logger: { ...silentLogger, warn: log, error: log },
    })
      .run(this.ending.signal)
      .then(() => void (this.ended = true));
    return this;
  }

  async run(ms: number): Promise<void> {
    for (let left = ms; ; left--) {
      await this.still();
      if (left <= 0) return;
      this.clock.advance(1);
    }
  }

  /** Lets everything happen for which no time has to pass. */
  async still(): Promise<void> {
    for (let i = 0; i < 3; i++) {
      await new Promise(setImmediate);
      this.clock.advance(0);
    }
  }

  /** Time passes until so many proposals wait. */
  async proposals(count: number): Promise<void> {
    for (let ms = 0; (this.proposer?.waiting.length ?? 0) !== count; ms++) {
      if (ms > 1_000) expect.fail(`${this.proposer?.waiting.length} proposals, not ${count}`);
      await this.run(1);
    }
  }

  names(): string[] {
    return this.store
      .view((tx) =>
        tx
          .configs()
          .find()
          .map(({ spec }) => spec.annotations.name),
      )
      .sort();
  }

  /** A write of somebody else. */
  async touch(id: string): Promise<void> {
    await this.store.update((tx) => void tx.nodes().create({ id }));
  }

  async end(): Promise<void> {
    this.ending.abort();
    await this.run(1);
    expect(this.ended).toBe(true);
    expect(this.clock.armed).toBe(0);
    expect(this.store.queue.listeners).toBe(0);
  }
}

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `c${String(i).padStart(4, '0')}`);

let loop: Loop;
afterEach(async () => {
  await loop.end();
  await loop.done;
});

describe('a loop of passes', () => {
  it('begins with a pass, and rests when that has nothing to do', async () => {
    loop = new Loop().start();
    await loop.run(1_000);
    expect(loop.passes).toHaveLength(1);
  });

  it('runs another pass after its writes, without a pause, and then rests', async () => {
    loop = new Loop();
    loop.wished = ['a', 'b'];
    loop.start();
    await loop.run(1);
    expect(loop.names()).toEqual(['a', 'b']);
    expect(loop.passes).toHaveLength(2);
    await loop.run(1_000);
    expect(loop.passes).toHaveLength(2);
  });

  it('takes changes within 20 ms as one', async () => {
    loop = new Loop().start();
    await loop.run(100);
    for (const id of ['n1', 'n2', 'n3']) {
      await loop.touch(id);
      await loop.run(10);
    }
    expect(loop.passes).toHaveLength(1);
    await loop.run(20);
    expect(loop.passes).toHaveLength(2);
  });

  it('waits for 200 ms at most while changes go on', async () => {
    loop = new Loop().start();
    await loop.run(100);
    for (let i = 0; i < 40; i++) {
      await loop.touch(`n${i}`);
      await loop.run(10);
    }
    expect(loop.passes.slice(1)).toEqual([expect.closeTo(300, -1), expect.closeTo(500, -1)]);
  });

  it('wakes at the time that the last pass asked for', async () => {
    loop = new Loop().start();
    loop.wakeAt = loop.clock.now() + 5_000;
    await loop.run(4_990);
    expect(loop.passes).toHaveLength(1);
    loop.wakeAt = undefined;
    await loop.run(100);
    expect(loop.passes).toEqual([0, 5_000]);
  });

  it('notices a wall clock that was set forward', async () => {
    loop = new Loop().start();
    loop.wakeAt = loop.clock.now() + 3_600_000;
    await loop.run(10);
    loop.clock.jump(3_600_000);
    loop.wakeAt = undefined;
    await loop.run(60_000);
    expect(loop.passes).toHaveLength(2);
  });

  it('is not woken without end by a pass that asks for a time that has passed', async () => {
    loop = new Loop().start();
    loop.wakeAt = 1;
    await loop.run(50);
    expect(loop.passes.length).toBeLessThanOrEqual(51);
  });

  it('runs again at once when a pass stopped early', async () => {
    loop = new Loop();
    const parts = ['a', 'b', 'c'];
    loop.pass = () => {
      const next = parts.shift();
      return { changes: next === undefined ? [] : [{ name: next }], more: parts.length > 0 };
    };
    loop.start();
    await loop.run(2);
    expect(loop.names()).toEqual(['a', 'b', 'c']);
    expect(loop.passes).toHaveLength(4);
  });

  it('sees a change that came between the view of a pass and the end of its writes', async () => {
    loop = new Loop({ held: true });
    loop.wished = ['a'];
    loop.start();
    await loop.proposals(1);
    void loop.touch('n1');
    const seen: number[] = [];
    loop.onPass = (view) => void seen.push(view.nodes().count());
    loop.proposer?.commit(2);
    await loop.run(1);
    expect(seen).toEqual([1]);
  });

  it('sees a change that came during a pass that had nothing to do', async () => {
    loop = new Loop();
    loop.onPass = () => {
      loop.onPass = () => undefined;
      void loop.touch('n1');
    };
    loop.start();
    await loop.run(100);
    expect(loop.passes).toEqual([0, 20]);
  });
});

describe('writes of a pass', () => {
  it('go in transactions of at most 200 changes, each after the one before', async () => {
    loop = new Loop({ held: true });
    loop.wished = numbered(450);
    loop.start();
    for (const count of [200, 200, 50]) {
      await loop.proposals(1);
      expect(loop.proposer?.proposed.at(-1)?.actions).toHaveLength(count);
      loop.proposer?.commit();
    }
    await loop.run(1);
    expect(loop.names()).toEqual(loop.wished);
  });

  it('stop at the loss of the leader between two transactions, and what is left is found again', async () => {
    loop = new Loop({ held: true });
    loop.wished = numbered(450);
    loop.start();
    await loop.proposals(1);
    loop.proposer?.commit();
    await loop.proposals(1);
    loop.proposer?.refuse(notLeader());
    loop.role.next('follower');
    await loop.run(500);
    expect(loop.names()).toHaveLength(200);
    expect(loop.proposer?.waiting).toEqual([]);
    expect(loop.begun).toBe(1);
    loop.role.next('leader');
    for (let i = 0; i < 2; i++) {
      await loop.proposals(1);
      loop.proposer?.commit();
    }
    await loop.run(1);
    expect(loop.names()).toEqual(loop.wished);
    expect(loop.begun).toBe(2);
  });

  it('that are lost while this member still leads begin anew after a pause, once it is certain what became of them', async () => {
    loop = new Loop({ held: true });
    loop.wished = ['a'];
    loop.start();
    await loop.proposals(1);
    const at = loop.clock.monotonic();
    await loop.run(10_000); // no answer: OUTCOME_UNKNOWN
    await loop.run(500);
    expect(loop.passes).toHaveLength(1);
    loop.proposer?.commit(); // it was committed after all
    await loop.run(100);
    expect(loop.passes).toHaveLength(2);
    expect(loop.passes[1]).toBeGreaterThan(at + 10_000);
    expect(loop.names()).toEqual(['a']);
    expect(loop.proposer?.proposed).toHaveLength(1);
  });

  it('that conflict are tried again later and later, and hold up no others', async () => {
    loop = new Loop({ unitOf: ({ name }) => name });
    loop.wished = ['b', 'z'];
    loop.start();
    await loop.run(1);
    const there = loop.pass;
    loop.pass = (view) => {
      const { changes } = there(view);
      return { changes: [{ name: 'b', version: 1_000 }, ...changes] };
    };
    loop.wished = ['b', 'z', 'c'];
    await loop.touch('n1');
    await loop.run(40);
    expect(loop.names()).toEqual(['b', 'c', 'z']);
    loop.passes = [];
    await loop.run(10_000);
    const gaps = loop.passes.slice(1).map((at, i) => at - (loop.passes[i] ?? 0));
    expect(gaps.length).toBeGreaterThan(5);
    expect(gaps.length).toBeLessThan(20);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(1_001);
    expect(gaps.at(-1)).toBeGreaterThan(900);
    expect(loop.logged).toEqual([]);
  });

  it('that the store will never take do not make the loop busy, and are logged once', async () => {
    loop = new Loop();
    loop.wished = ['a', '', 'c']; // a config must have a name
    loop.pass = (view) => {
      const there = new Set(
        view
          .configs()
          .find()
          .map(({ id }) => id),
      );
      const open = loop.wished.filter((name) => !there.has(name));
      return { changes: open.map((name) => (name === '' ? { name: 'a', version: NaN } : { name })) };
    };
    loop.start();
    await loop.run(60_000);
    expect(loop.passes.length).toBeLessThan(12);
    expect(loop.logged).toHaveLength(1);
    expect(loop.names()).toEqual(['a']);
  });

  it('leave out only what rests on a refused one', async () => {
    loop = new Loop({ unitOf: ({ name }) => name[0] ?? '' });
    loop.pass = (view) => {
      const open = ['a1', 'b1', 'a2', 'b2', 'a3', 'c1'].filter((name) => !view.configs().get(name));
      return { changes: open.map((name) => (name === 'a2' ? { name, version: 7 } : { name })) };
    };
    loop.start();
    await loop.run(1);
    expect(loop.names()).toEqual(['a1', 'b1', 'b2', 'c1']);
    expect(loop.dropped.slice(0, 2)).toEqual(['a2', 'a3']);
  });

  it('that are too large together go in smaller transactions', async () => {
    loop = new Loop();
    const text = 'x'.repeat(500_000);
    loop.pass = (view) => ({
      changes: numbered(9)
        .filter((name) => !view.configs().get(name))
        .map((name) => ({ name, text })),
    });
    loop.start();
    await loop.run(1_500);
    expect(loop.names()).toEqual(numbered(9));
    expect(loop.dropped).toEqual([]);
  });
});

describe('several passes on their way', () => {
  /** Asks for one name a pass, and never for one that is on its way. */
  function ahead(names: string[]): Loop {
    loop = new Loop({ held: true, ahead: 2 });
    loop.pass = () => {
      const next = names.shift();
      return { changes: next === undefined ? [] : [{ name: next }], more: names.length > 0 };
    };
    return loop.start();
  }

  it('are as many as the work allows', async () => {
    ahead(['a', 'b', 'c']);
    await loop.proposals(2);
    await loop.run(100);
    expect(loop.proposer?.waiting).toEqual([1, 2]);
    expect(loop.settled).toEqual([]);
    loop.proposer?.commit();
    await loop.proposals(2);
    expect(loop.settled).toEqual(['a']);
    loop.proposer?.commit(2);
    await loop.run(1);
    expect(loop.names()).toEqual(['a', 'b', 'c']);
    expect(loop.settled).toEqual(['a', 'b', 'c']);
  });

  it('are all given up with the first that is lost', async () => {
    ahead(['a', 'b', 'c']);
    await loop.proposals(2);
    loop.proposer?.refuse(notLeader());
    await loop.run(50);
    expect(loop.settled).toEqual([]);
    expect(loop.passes).toHaveLength(2);
    await loop.run(100);
    expect(loop.begun).toBe(2);
    await loop.proposals(1);
    loop.proposer?.commit();
    await loop.run(1);
    expect(loop.names()).toEqual(['c']);
  });
});

describe('leadership', () => {
  it('is waited for', async () => {
    loop = new Loop();
    loop.role.next('follower');
    loop.start();
    await loop.run(1_000);
    expect(loop.passes).toEqual([]);
    loop.role.next('leader');
    await loop.run(1);
    expect(loop.passes).toHaveLength(1);
  });

  it('that goes and comes back is a new beginning, also within one moment', async () => {
    loop = new Loop().start();
    await loop.run(1);
    loop.role.next('follower');
    loop.role.next('leader');
    await loop.run(1);
    expect(loop.begun).toBe(2);
    loop.role.next('follower');
    await loop.touch('n1');
    await loop.run(1_000);
    expect(loop.passes).toHaveLength(2);
  });

  it('ends with the member', async () => {
    loop = new Loop().start();
    await loop.run(1);
    loop.role.complete();
    await loop.run(1);
    expect(loop.ended).toBe(true);
  });

  it('is no use when the store is closed', async () => {
    loop = new Loop().start();
    await loop.run(1);
    await loop.store.close();
    await loop.run(1);
    expect(loop.ended).toBe(true);
  });
});

describe('trouble', () => {
  it('in a pass is logged, and the work begins anew after a pause', async () => {
    loop = new Loop();
    loop.onPass = () => {
      throw new RangeError('broken');
    };
    loop.start();
    await loop.run(5_000);
    expect(loop.passes.length).toBeGreaterThan(3);
    expect(loop.passes.length).toBeLessThan(10);
    expect(loop.begun).toBe(loop.passes.length);
    expect(loop.logged[0]).toContain('a pass failed');
  });

  it('of the watch is a new beginning', async () => {
    loop = new Loop().start();
    await loop.run(1);
    loop.store.queue.fail(new StoreError('VERSION_COMPACTED', 'another state was installed'), loop.store.version);
    await loop.run(200);
    expect(loop.begun).toBe(2);
  });

  it('ends with an abort in the middle of a write', async () => {
    loop = new Loop({ held: true });
    loop.wished = ['a'];
    loop.start();
    await loop.proposals(1);
    loop.ending.abort();
    await loop.run(1);
    expect(loop.ended).toBe(true);
    loop.proposer?.refuse(notLeader());
  });
});
