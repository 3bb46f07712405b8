import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNodes, nodeIds, ReplicaCluster, until } from '../support/cluster.js';
import { pause } from '../support/network-wait.js';
import { codeOf } from '../support/state-events.js';

/** Lets that many rounds of finished promises pass. */
async function nextTicks(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await Promise.resolve();
}

describe('leadership', () => {
  let cluster: ReplicaCluster;

  beforeEach(async () => {
    cluster = await ReplicaCluster.start(3);
  });
  afterEach(() => cluster.close());

  it('is handed over to the member that is named, and writes go on there', async () => {
    const leader = await cluster.leader();
    const [, target] = cluster.without(leader);
    if (!target) throw new Error('no follower');
    await leader.replica.transferLeadership(target.info.name);
    expect(await cluster.leader()).toBe(target);
    expect(leader.replica.isLeader).toBe(false);
    await createNodes(target.replica, 'after', 3);
    await cluster.converge();
  });

  it('has been taken over by somebody who is known when handing over has resolved', async () => {
    const leader = await cluster.leader();
    await leader.replica.transferLeadership();
    expect(leader.replica.leaderInfo?.name).toBeDefined();
    expect(leader.replica.leaderInfo?.name).not.toBe(leader.info.name);
  });

  it('is not handed to a member that does not answer while there is one that does', async () => {
    const leader = await cluster.leader();
    const [dead, alive] = cluster.without(leader).sort((a, b) => a.info.id - b.info.id);
    if (!dead || !alive) throw new Error('no follower');
    await cluster.converge();
    cluster.isolate(dead);
    await pause(300); // three checks of the quorum
    await leader.replica.transferLeadership();
    expect(await cluster.leader([leader, alive])).toBe(alive);
  });

  it('is kept when the other does not take over, and writes that came meanwhile are made', async () => {
    const leader = await cluster.leader();
    const [target] = cluster.without(leader);
    if (!target) throw new Error('no follower');
    cluster.wires.hold = ({ type }) => type === 'timeoutNow';
    const handedOver = leader.replica.transferLeadership(target.info.name);
    const written = createNodes(leader.replica, 'meanwhile', 5);
    expect(await codeOf(handedOver)).toBe('BUSY');
    await written;
    expect(leader.replica.isLeader).toBe(true);
  });

  it('cannot be handed over by a follower, nor to nobody', async () => {
    const leader = await cluster.leader();
    const [follower] = cluster.without(leader);
    if (!follower) throw new Error('no follower');
    expect(await codeOf(follower.replica.transferLeadership())).toBe('NOT_LEADER');
    expect(await codeOf(leader.replica.transferLeadership('nobody'))).toBe('NOT_FOUND');
    await leader.replica.transferLeadership(leader.info.name); // it leads already
    expect(leader.replica.isLeader).toBe(true);
  });

  it('is told to those who subscribe, starting with what is now', async () => {
    const leader = await cluster.leader();
    const told: string[] = [];
    let completed = false;
    leader.replica.leadership.subscribe({ next: (role) => told.push(role), complete: () => (completed = true) });
    await leader.replica.transferLeadership();
    await cluster.leader();
    await leader.replica.close();
    cluster.members.delete(leader.info.name);
    expect(told).toEqual(['leader', 'follower']);
    expect(completed).toBe(true);
  });

  it('does not move because a cut-off member comes back', async () => {
    const leader = await cluster.leader();
    const [away] = cluster.without(leader);
    if (!away) throw new Error('no follower');
    const { term } = leader.replica.status();
    cluster.isolate(away);
    await pause(500);
    cluster.wires.heal();
    await createNodes(leader.replica, 'n', 1);
    await cluster.converge();
    expect(leader.replica.isLeader).toBe(true);
    expect(leader.replica.status().term).toBe(term);
  });

  it('is given up within two election timeouts when no quorum answers, and found again afterwards', async () => {
    const leader = await cluster.leader();
    const others = cluster.without(leader);
    for (const member of cluster.members.values()) cluster.isolate(member);
    await until('the leader stepped down', () => !leader.replica.isLeader, 1_000);
    await pause(200);
    expect([...cluster.members.values()].some(({ replica }) => replica.isLeader)).toBe(false);
    cluster.wires.heal();
    const next = await cluster.leader();
    await createNodes(next.replica, 'again', 1);
    await cluster.converge();
    expect(others.every(({ replica }) => nodeIds(replica).includes('again-0000'))).toBe(true);
  });

  it('that is being lost lets writers wait for the next turn, not ask again and again', async () => {
    const leader = await cluster.leader();
    const [follower] = cluster.without(leader);
    if (!follower) throw new Error('no follower');
    const { store } = leader.replica;
    // Applying takes long enough for the event loop to be given back in between.
    store.watchFrom(store.version).subscribe((event) => {
      const end = performance.now() + 6;
      while (event.action === 'commit' && performance.now() < end);
    });
    let open: () => void = () => undefined;
    leader.disk.gate = new Promise((resolve) => (open = resolve));
    const commits = createNodes(leader.replica, 'n', 3);
    commits.catch(() => undefined);
    const lastIndex = leader.replica.status().lastIndex + 3;
    await until('the followers have it', () =>
      cluster.without(leader).every(({ replica }) => replica.status().lastIndex >= lastIndex),
    );
    await pause(50); // their answers have come
    const refused = store.update((tx) => tx.nodes().create({ id: 'in line' }));
    const { term } = leader.replica.status();
    cluster.wires.inject({ type: 'heartbeatResponse', from: follower.info.id, to: leader.info.id, term: term + 1 });
    const spins = refused.then(
      () => 0,
      async () => {
        // What a writer does that tries again at once; it must not keep the event loop to itself.
        let turns = 0;
        for (; turns < 1_000; turns++) {
          const admitted = leader.replica.admit();
          if (!admitted) break;
          const waits = await Promise.race([admitted.then(() => 'now'), nextTicks(20).then(() => 'later')]);
          if (waits === 'later') break;
        }
        return turns;
      },
    );
    open();
    expect(await spins).toBeLessThan(100);
    await cluster.leader();
  });

  it('passes on when the leader is stuck: its disk does not answer', async () => {
    const stuck = await cluster.leader();
    let open: () => void = () => undefined;
    stuck.disk.gate = new Promise((resolve) => (open = resolve));
    const written = stuck.replica.store
      .update((tx) => tx.nodes().create({ id: 'stuck' }))
      .then(
        () => 'made',
        (error: { code: unknown }) => error.code,
      );
    const next = await cluster.leader(cluster.without(stuck));
    await createNodes(next.replica, 'on', 3);
    open();
    await until('the old one follows', () => !stuck.replica.isLeader);
    await cluster.converge();
    // It was on its way to the others when the disk hung: made by them, or not; what is said of it must be so.
    const outcome = await written;
    if (outcome === 'made') expect(nodeIds(next.replica)).toContain('stuck');
    else expect(outcome).toBe('OUTCOME_UNKNOWN');
  });

  it('lets go of everything on close: open updates end, later calls are refused, closing twice is harmless', async () => {
    const leader = await cluster.leader();
    cluster.isolate(leader);
    const open = leader.replica.store.update((tx) => tx.nodes().create({}));
    const reading = leader.replica.linearizable(() => 0);
    const [updated, read] = [codeOf(open), codeOf(reading)];
    await Promise.all([leader.replica.close(), leader.replica.close()]);
    expect(['CLOSED', 'OUTCOME_UNKNOWN']).toContain(await updated);
    expect(['CLOSED', 'NOT_LEADER']).toContain(await read);
    expect(await codeOf(leader.replica.store.update(() => undefined))).toBe('CLOSED');
    expect(await codeOf(leader.replica.linearizable(() => 0))).toBe('CLOSED');
    expect(await leader.replica.stopped).toBeUndefined();
    cluster.members.delete(leader.info.name);
  });
});
