import { afterEach, describe, expect, it } from 'vitest';
import { simulate, SimulationError, type TestCluster, testCluster } from '../../src/testing/index.js';

describe('a test cluster', () => {
  let cluster: TestCluster | undefined;
  afterEach(async () => {
    await cluster?.close();
    cluster = undefined;
  });

  it.each(['real', 'virtual'] as const)('goes on without its leader, in %s time', async (time) => {
    cluster = await testCluster(3, { time });
    const first = await cluster.leader();
    await cluster.wait(first.store.update((tx) => tx.nodes().create({ id: 'a' })));
    cluster.crash(first.name);
    expect(first.running).toBe(false);
    expect(() => first.store).toThrow('does not run');
    const next = await cluster.leader();
    expect(next.name).not.toBe(first.name);
    await cluster.wait(next.store.update((tx) => tx.nodes().create({ id: 'b' })));
    await cluster.restart(first.name);
    await cluster.converge();
    for (const member of cluster.members) expect(member.store.view((tx) => tx.nodes().find())).toHaveLength(2);
  });

  it('has a leader that cannot write when it is cut off', async () => {
    cluster = await testCluster(3, { time: 'virtual' });
    const leader = await cluster.leader();
    cluster.isolate(leader.name);
    const written = leader.store.update((tx) => tx.nodes().create({}), { timeoutMs: 5_000 });
    await expect(cluster.wait(written)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    cluster.heal();
    await cluster.converge();
  });

  it('stands still in virtual time until it is told', async () => {
    cluster = await testCluster(1, { time: 'virtual' });
    const { clock } = await cluster.leader();
    const before = clock.monotonic();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(clock.monotonic()).toBe(before);
    await cluster.advance(1_000);
    expect(clock.monotonic() - before).toBe(1_000);
  });

  it('says who there is when a name is wrong', async () => {
    cluster = await testCluster(2, { time: 'virtual' });
    expect(() => cluster?.crash('m9')).toThrow('m1, m2');
    await expect(testCluster(0)).rejects.toThrow('how many');
  });
});

describe('a simulated scenario', () => {
  it('breaks by name, with its seed, and again when that seed is repeated', async () => {
    const broken = (seeds: number | number[]) =>
      simulate({ seeds, durationMs: 5_000 }, async (world) => {
        world.always('FewNodes', (tx) => {
          if (tx.nodes().find().length > 2) throw new Error('three nodes');
        });
        for (let i = 0; i < 4; i++) await world.update((tx) => tx.nodes().create({}));
      });
    const first = (await broken(3).catch((error: unknown) => error)) as SimulationError;
    expect(first).toBeInstanceOf(SimulationError);
    expect(first.message).toMatch(/seed 1: FewNodes: does not hold on m\d at version 3: three nodes/);
    const again = (await broken([first.seed]).catch((error: unknown) => error)) as SimulationError;
    expect(again.trace).toEqual(first.trace);
    expect(first.trace.join('\n')).toMatch(/ m\d leads\n[^]* version 3 on m\d: create node /);
  });

  it.each([[[]], [['crash', 'partition'] as const]])('takes an update that changes nothing for a read: faults %j', async (faults) => {
    const seen: (number | undefined)[] = [];
    await simulate({ seeds: 2, faults, durationMs: 5_000 }, async (world) => {
      const made = await world.update((tx) => tx.nodes().create({}));
      const looked = await world.update((tx) => void tx.nodes().find());
      await world.update(() => undefined);
      if (made !== undefined && looked !== undefined) seen.push(looked - made);
    });
    expect(seen.every((later) => later === 0)).toBe(true);
    if (faults.length === 0) expect(seen).toHaveLength(2);
  }); // prettier-ignore

  it('says what to look for when something is awaited that never comes in virtual time', async () => {
    const stuck = simulate({ seeds: 1, faults: [], durationMs: 100 }, () => new Promise(() => undefined));
    await expect(stuck).rejects.toThrow(/is something awaited that is not of the simulation\?/);
    await expect(simulate({ seeds: 1 }, undefined as never)).rejects.toThrow(/takes a scenario/);
  });

  it('breaks when something does not come about, or throws', async () => {
    const never = simulate({ seeds: 1, faults: [], durationMs: 1_000 }, (world) =>
      world.eventually('Never', () => false, 2_000),
    );
    await expect(never).rejects.toThrow('Never: does not hold after 2000 ms');
    const throws = simulate({ seeds: 1, faults: [], durationMs: 1_000 }, () => Promise.reject(new Error('mine')));
    await expect(throws).rejects.toThrow('mine');
  });

  it('runs controllers in every process, and tells them when it dies', async () => {
    let begun = 0;
    let ended = 0;
    await simulate({ seeds: 5, faults: ['crash'], durationMs: 30_000 }, (world) => {
      world.onEveryMember((_member, signal) => {
        begun++;
        signal.addEventListener('abort', () => ended++);
      });
    });
    expect(begun).toBeGreaterThan(15); // some died, and were started again
    expect(ended).toBe(begun - 15);
  });
});
