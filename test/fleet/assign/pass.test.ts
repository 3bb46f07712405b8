import { describe, expect, it } from 'vitest';
import { heldMessage } from '../../../src/fleet/assign/brake.js';
import { listChanges } from '../../../src/fleet/assign/list.js';
import { applyFleetChange, fleetPass } from '../../../src/fleet/assign/pass.js';
import type { ManagerMember } from '../../../src/fleet/assign/place.js';
import { verdictOf } from '../../../src/fleet/assign/verdict.js';
import { drivers, type EngineBody, engines, leases, type NodeState, systemKinds } from '../../../src/kinds/index.js';
import { MemoryStore } from '../../../src/state/index.js';
import { FakeClock } from '../../support/state-clock.js';

const second = 1_000;

/** A store with engines, their nodes and drivers; passes run until one has nothing to do. */
class Passes {
  readonly clock = new FakeClock(1_700_000_000_000);
  readonly store = new MemoryStore({ kinds: systemKinds, clock: this.clock });
  members: ManagerMember[] = [];

  static async start(engineCount: number, driverCount = 2): Promise<Passes> {
    const passes = new Passes();
    await passes.store.update((tx) => {
      for (let n = 1; n <= driverCount; n++) {
        tx.kind(leases).create({ id: `l${n}`, ttlMs: 10_000 });
        tx.kind(drivers).create({ id: `d${n}`, member: String(n), lease: `l${n}` });
      }
      for (let n = 1; n <= engineCount; n++) {
        tx.kind(engines).create({ id: `e${n}`, addr: `10.0.0.${n}:2375`, listed: true });
      }
    });
    await passes.run();
    for (let n = 1; n <= engineCount; n++) await passes.answers(n);
    return passes;
  }

  /** Runs passes. Resolves with the number of changes. */
  async run(): Promise<number> {
    for (let made = 0; ;) {
      const { changes } = this.store.view((tx) => fleetPass(tx, this.clock.now(), this.members));
      if (changes.length === 0) return made;
      made += changes.length;
      expect(made).toBeLessThan(100);
      await this.store.update((tx) => {
        for (const change of changes) applyFleetChange(tx, change);
      });
    }
  }

  async after(ms: number): Promise<number> {
    this.clock.advance(ms);
    return this.run();
  }

  async set(n: number, body: Partial<EngineBody>): Promise<void> {
    await this.store.update((tx) => {
      const engine = tx.kind(engines).get(`e${n}`);
      if (engine) tx.kind(engines).update({ ...engine, ...body });
    });
    await this.run();
  }

  /** The driver of an engine reports that it answers. */
  async answers(n: number): Promise<void> {
    await this.store.update((tx) => {
      if (tx.nodes().get(`n${n}`)) return;
      const addr = `10.0.0.${n}:2375`;
      tx.nodes().create({ id: `n${n}`, description: { hostname: `host${n}` }, engine: { addr }, status: { addr } });
    });
    const confirmed = { confirmedAt: this.clock.now(), failures: 0, error: '' };
    await this.set(n, { engineId: `E${n}`, nodeId: `n${n}`, state: 'healthy', ...confirmed });
  }

  /** These drivers find that they cannot reach an engine, or that they can. */
  async reach(n: number, can: boolean, ...by: number[]): Promise<void> {
    await this.store.update((tx) => {
      for (const d of by) {
        const driver = tx.kind(drivers).get(`d${d}`);
        if (!driver) continue;
        const others = driver.cannotReach.filter((id) => id !== `e${n}`);
        tx.kind(drivers).update({ ...driver, cannotReach: can ? others : [...others, `e${n}`] });
      }
    });
    await this.run();
  }

  state(n: number): NodeState | undefined {
    return this.node(n)?.status.state;
  }

  node(n: number) {
    return this.store.view((tx) => tx.nodes().get(`n${n}`));
  }

  engine(n: number) {
    return this.store.view((tx) => tx.kind(engines).get(`e${n}`));
  }
}

describe('the verdict on an engine', () => {
  const healthy = { state: 'healthy', failures: 0, want: 'd', wantAt: 1_000, confirmedAt: 2_000 } as const;
  it.each([
    ['answers', healthy, 3_000, 'ready'],
    ['has missed a ping', { ...healthy, failures: 1 }, 900_000, 'open'],
    ['is given up by its driver', { ...healthy, failures: 3, state: 'unhealthy' as const }, 900_000, 'open'],
    ['no manager reaches, 14 s after its last answer', { ...healthy, want: '' }, 16_999, 'open'],
    ['no manager reaches, 15 s after its last answer', { ...healthy, want: '' }, 17_000, 'down'],
    ['has a new driver for 29 s', { ...healthy, wantAt: 5_000 }, 34_999, 'open'],
    ['has a new driver for 30 s', { ...healthy, wantAt: 5_000 }, 35_000, 'down'],
  ] as const)('that %s', (_name, engine, now, is) => {
    expect(verdictOf(engine, true, now).is).toBe(is);
  });

  it('without any driver waits for one', () => {
    expect(verdictOf({ ...healthy, want: '', wantAt: 5_000 }, false, 34_999)).toMatchObject({ is: 'open', until: 35_000 });
    expect(verdictOf({ ...healthy, want: '', wantAt: 5_000 }, false, 35_000).is).toBe('down');
  }); // prettier-ignore
});

describe('a pass', () => {
  it('chooses drivers, and makes the nodes of engines that answer ready', async () => {
    const passes = await Passes.start(4);
    for (const n of [1, 2, 3, 4]) {
      expect(['d1', 'd2']).toContain(passes.engine(n)?.want);
      expect(passes.state(n)).toBe('ready');
    }
    expect(await passes.after(60 * second)).toBe(0);
  });

  it('moves an engine to a manager that reaches it; its node stays ready', async () => {
    const passes = await Passes.start(1);
    const first = passes.engine(1)?.want === 'd1' ? 1 : 2;
    await passes.after(20 * second);
    await passes.reach(1, false, first);
    expect(passes.engine(1)?.want).toBe(`d${3 - first}`);
    await passes.after(20 * second);
    expect(passes.state(1)).toBe('ready');
    await passes.answers(1);
    await passes.after(60 * second);
    expect(passes.state(1)).toBe('ready');
    await passes.reach(1, true, first);
    expect(passes.engine(1)?.want).toBe(`d${first}`);
  });

  it('takes a node down that no manager reaches for 15 s, and up again when one does', async () => {
    const passes = await Passes.start(1);
    await passes.after(10 * second);
    await passes.reach(1, false, 1, 2);
    expect(passes.engine(1)?.want).toBe('');
    expect(passes.state(1)).toBe('ready');
    await passes.after(5 * second - 1);
    expect(passes.state(1)).toBe('ready');
    await passes.after(1);
    expect(passes.node(1)?.status).toMatchObject({ state: 'down', message: 'no manager reaches the engine', timestamp: passes.clock.now() });
    await passes.after(90 * second);
    await passes.reach(1, true, 2);
    expect(passes.state(1)).toBe('down');
    await passes.answers(1);
    expect(passes.node(1)?.status).toMatchObject({ state: 'ready', message: '' });
  }); // prettier-ignore

  it('takes a node down that its new driver does not confirm', async () => {
    const passes = await Passes.start(1, 3);
    await passes.after(60 * second);
    const before = passes.engine(1)?.want ?? '';
    await passes.store.update((tx) => tx.kind(drivers).delete(before));
    await passes.after(29 * second);
    expect(passes.engine(1)?.want).not.toBe(before);
    expect(passes.state(1)).toBe('ready');
    await passes.after(31 * second);
    expect(passes.state(1)).toBe('down');
  });

  it('asks to be woken when the next node would be down', async () => {
    const passes = await Passes.start(1);
    await passes.reach(1, false, 1, 2);
    const { wakeAt } = passes.store.view((tx) => fleetPass(tx, passes.clock.now(), []));
    expect(wakeAt).toBe(passes.clock.now() + 15 * second);
  });

  it('gives no new tasks to an engine that left, and forgets it when it is down and empty', async () => {
    const passes = await Passes.start(3);
    await passes.set(1, { listed: false });
    expect(passes.state(1)).toBe('disconnected');
    await passes.set(1, { listed: true });
    expect(passes.state(1)).toBe('ready');
    await passes.store.update((tx) => tx.tasks().create({ id: 't', nodeId: 'n1' }));
    await passes.set(1, { listed: false });
    await passes.reach(1, false, 1, 2);
    await passes.after(20 * second);
    expect(passes.state(1)).toBe('down');
    expect(passes.engine(1)).toBeDefined();
    await passes.store.update((tx) => tx.tasks().delete('t'));
    await passes.run();
    expect(passes.engine(1)).toBeUndefined();
    expect(passes.state(1)).toBe('down');
  });

  it('takes the node down whose engine is another one now', async () => {
    const passes = await Passes.start(1);
    await passes.store.update((tx) => tx.nodes().create({ id: 'n2', engine: { addr: '10.0.0.1:2375' } }));
    await passes.set(1, { engineId: 'E2', nodeId: 'n2' });
    expect(passes.state(1)).toBe('down');
    expect(passes.state(2)).toBe('ready');
  });

  it('keeps what users set', async () => {
    const passes = await Passes.start(1);
    await passes.store.update((tx) => {
      const node = tx.nodes().get('n1');
      if (node) tx.nodes().update({ ...node, spec: { ...node.spec, availability: 'drain' } });
    });
    await passes.reach(1, false, 1, 2);
    await passes.after(20 * second);
    await passes.reach(1, true, 1, 2);
    await passes.answers(1);
    expect(passes.node(1)).toMatchObject({ spec: { availability: 'drain' }, status: { state: 'ready' } });
  });
});

describe('the brake', () => {
  const cutAll = async (passes: Passes, ...cut: number[]) => {
    for (const n of cut) await passes.set(n, { failures: 1 });
    for (const n of cut) await passes.reach(n, false, 1, 2);
  };

  it('holds nodes when most of them are silent at once', async () => {
    const passes = await Passes.start(3);
    await passes.after(20 * second);
    await cutAll(passes, 1, 2);
    expect([1, 2, 3].map((n) => passes.state(n))).toEqual(['unknown', 'unknown', 'ready']);
    expect(passes.node(1)?.status.message).toBe(heldMessage);
    await passes.after(3_600 * second);
    expect([1, 2, 3].map((n) => passes.state(n))).toEqual(['unknown', 'unknown', 'ready']);
  });

  it('lets go when they are back, also one after the other', async () => {
    const passes = await Passes.start(3);
    await passes.after(20 * second);
    await cutAll(passes, 1, 2);
    for (const n of [1, 2]) {
      await passes.after(20 * second);
      await passes.reach(n, true, 1, 2);
      await passes.answers(n);
      expect([1, 2, 3].map((i) => passes.state(i))).toEqual(['ready', n === 1 ? 'unknown' : 'ready', 'ready']);
    }
  });

  it('takes those down that are not back 30 s after the last one that is', async () => {
    const passes = await Passes.start(3);
    await passes.after(20 * second);
    await cutAll(passes, 1, 2);
    await passes.reach(1, true, 1, 2);
    await passes.answers(1);
    expect(passes.state(2)).toBe('unknown');
    await passes.after(10 * second);
    const { wakeAt } = passes.store.view((tx) => fleetPass(tx, passes.clock.now() + 10 * second, []));
    expect(wakeAt).toBe(passes.clock.now() + 20 * second);
    await passes.after(20 * second - 1);
    expect(passes.state(2)).toBe('unknown');
    await passes.after(1);
    expect([1, 2, 3].map((n) => passes.state(n))).toEqual(['ready', 'down', 'ready']);
  });

  it('counts nodes that have been down for long neither way', async () => {
    const passes = await Passes.start(4);
    await passes.after(20 * second);
    await cutAll(passes, 1);
    expect(passes.state(1)).toBe('down');
    await passes.after(31 * second);
    await cutAll(passes, 2);
    expect(passes.state(2)).toBe('down');
    await cutAll(passes, 3);
    expect(passes.state(3)).toBe('unknown');
  });

  it('is not for fewer than three nodes', async () => {
    const passes = await Passes.start(2);
    await passes.after(20 * second);
    await cutAll(passes, 1, 2);
    expect([1, 2].map((n) => passes.state(n))).toEqual(['down', 'down']);
  });

  it('holds the first of several, too, whose silence is not yet certain', async () => {
    const passes = await Passes.start(3);
    await passes.after(20 * second);
    for (const n of [1, 2]) await passes.set(n, { failures: 2 });
    await passes.reach(1, false, 1, 2);
    expect(passes.state(1)).toBe('unknown');
  });
});

describe('the role of a node', () => {
  const member = (id: string, addr: string, leader = false) => ({ id, addr, leader });

  it('is manager where the address of a member is that of the engine', async () => {
    const passes = await Passes.start(3);
    passes.members = [member('1', '10.0.0.1:4242', true), member('2', 'HOST2:4242'), member('3', '10.9.9.9:4242')];
    await passes.run();
    expect(passes.node(1)).toMatchObject({
      role: 'manager',
      spec: { desiredRole: 'manager' },
      managerStatus: { memberId: '1', leader: true, reachability: 'reachable' },
    });
    expect(passes.node(2)).toMatchObject({ role: 'manager', managerStatus: { memberId: '2', leader: false } });
    expect(passes.node(3)?.role).toBe('worker');
    passes.members = [member('1', '10.0.0.1:4242', true), member('9', '10.0.0.2:4242')];
    await passes.run();
    expect(passes.node(2)).toMatchObject({ managerStatus: { memberId: '9', reachability: 'unknown' } });
    passes.members = [];
    await passes.run();
    expect(passes.node(1)).toMatchObject({ role: 'worker', spec: { desiredRole: 'worker' } });
    expect(passes.node(1)?.managerStatus).toBeUndefined();
  });

  it('is manager where a manager says that it runs', async () => {
    const passes = await Passes.start(3);
    await passes.store.update((tx) => {
      const driver = tx.kind(drivers).get('d1');
      if (driver) tx.kind(drivers).update({ ...driver, node: 'host3' });
    });
    passes.members = [member('1', '10.0.0.1:4242')];
    await passes.run();
    expect([1, 2, 3].map((n) => passes.node(n)?.role)).toEqual(['worker', 'worker', 'manager']);
  });
});

describe('the list of discovery', () => {
  const stored = (n: number, listed = true) =>
    ({ id: `e${n}`, addr: `a${n}:1`, listed, meta: { version: 1, createdAt: 0, updatedAt: 0 } }) as never;

  it.each([
    ['is new', ['a1:1', 'a2:1'], [stored(1)], ['add a2:1']],
    ['leaves one out', ['a1:1'], [stored(1), stored(2)], ['mark e2 false']],
    ['has one again', ['a1:1', 'a2:1'], [stored(1), stored(2, false)], ['mark e2 true']],
    ['is empty', [], [stored(1), stored(2)], []],
    ['is the same', ['a1:1', 'a2:1'], [stored(2), stored(1)], []],
    ['names one twice', ['a1:1', 'a1:1'], [], ['add a1:1']],
  ])('that %s', (_name, addrs, known, expected) => {
    const said = listChanges(addrs, known).map((change) =>
      change.do === 'add' ? `add ${change.addr}` : `mark ${change.engine.id} ${change.listed}`,
    );
    expect(said).toEqual(expected);
  });
});
