import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Replica } from '../../src/replica/index.js';
import { createNodes, ReplicaCluster, until } from '../support/cluster.js';
import { pause } from '../support/network-wait.js';
import { codeOf } from '../support/state-events.js';

const count = (replica: Replica, timeoutMs = 5_000) =>
  replica.linearizable((tx) => tx.nodes().find().length, { timeoutMs });

describe('a linearizable read', () => {
  let cluster: ReplicaCluster;

  beforeEach(async () => {
    cluster = await ReplicaCluster.start(3);
  });
  afterEach(() => cluster.close());

  it('sees on every member what was acknowledged before', async () => {
    const { replica } = await cluster.leader();
    for (let round = 1; round <= 20; round++) {
      await createNodes(replica, `r${round}`, 1);
      const counts = await Promise.all([...cluster.members.values()].map((member) => count(member.replica)));
      expect(counts).toEqual([round, round, round]);
    }
  });

  it('waits on a follower until the entries have come', async () => {
    const leader = await cluster.leader();
    const [slow] = cluster.without(leader);
    if (!slow) throw new Error('no follower');
    cluster.wires.hold = ({ type, to }) => type === 'appendEntries' && to === slow.info.id;
    await createNodes(leader.replica, 'n', 5);
    const read = count(slow.replica);
    await until('the entries are held back', () => cluster.wires.held.length > 0);
    expect(slow.replica.store.version).toBe(0);
    cluster.wires.release();
    expect(await read).toBe(5);
  });

  it('is never answered by a deposed leader from what it held', async () => {
    const leader = await cluster.leader();
    const others = cluster.without(leader);
    await createNodes(leader.replica, 'old', 1);
    cluster.isolate(leader);
    const stale = count(leader.replica, 400);
    const next = await cluster.leader(others);
    await createNodes(next.replica, 'new', 1);
    expect(await codeOf(stale)).toBe('NOT_LEADER');
    const patient = count(leader.replica, 5_000);
    cluster.wires.heal();
    expect(await patient).toBe(2);
  });

  it('is asked again when the question was lost', async () => {
    const leader = await cluster.leader();
    const [follower] = cluster.without(leader);
    if (!follower) throw new Error('no follower');
    await createNodes(leader.replica, 'n', 1);
    cluster.wires.hold = ({ type }) => type === 'readIndex';
    const read = count(follower.replica);
    await until('the question is on its way', () => cluster.wires.held.length > 0);
    cluster.wires.held.length = 0;
    cluster.wires.hold = () => false;
    expect(await read).toBe(1);
  });

  it('does not take an answer that was meant for the same member before its restart', async () => {
    const leader = await cluster.leader();
    const [reader] = cluster.without(leader);
    if (!reader) throw new Error('no follower');
    cluster.wires.hold = ({ type, to }) => type === 'readIndexResponse' && to === reader.info.id;
    const before = cluster.wires.held.length;
    for (let i = 0; i < 30; i++) {
      const asked = reader.replica.linearizable(() => undefined, { timeoutMs: 20 }).catch(() => undefined);
      await asked;
    }
    await until('the answers are held back', () => cluster.wires.held.length > before);
    const answers = cluster.wires.held.splice(0);

    await cluster.restart(reader);
    cluster.wires.hold = ({ type, to }) =>
      (type === 'readIndexResponse' || type === 'appendEntries') && to === reader.info.id;
    await createNodes(leader.replica, 'n', 3);
    const reads: Promise<unknown>[] = [];
    for (let i = 0; i < 5; i++) {
      reads.push(count(reader.replica, 300).catch(() => 'not answered'));
      await pause(5); // a question each
    }
    for (const answer of answers) answer.deliver();
    expect(new Set(await Promise.all(reads))).toEqual(new Set(['not answered']));
    cluster.wires.release();
    expect(await count(reader.replica)).toBe(3);
  });

  it('of a member that is cut off leaves nothing behind that grows', async () => {
    const leader = await cluster.leader();
    const [lonely] = cluster.without(leader);
    if (!lonely) throw new Error('no follower');
    cluster.isolate(lonely);
    await until('the leader is missed', () => lonely.replica.leaderInfo === undefined);
    for (let i = 0; i < 60; i++) await lonely.replica.linearizable(() => 0, { timeoutMs: 3 }).catch(() => undefined);
    const questions: number[] = [];
    cluster.wires.hold = ({ type, from }) => {
      if (type === 'readIndex' && from === lonely.info.id) questions.push(1);
      return false;
    };
    cluster.wires.heal();
    expect(await count(lonely.replica)).toBe(0);
    await until('the abandoned questions have been asked again', () => questions.length > 0);
    expect(questions.length).toBeLessThan(30);
  });
});
