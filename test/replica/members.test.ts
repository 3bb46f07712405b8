import { afterEach, describe, expect, it } from 'vitest';
import type { ConfChange } from '../../src/raft/index.js';
import type { MemberInfo } from '../../src/replica/index.js';
import { Members } from '../../src/replica/members.js';
import { encodeSnapshot, messageCodec } from '../../src/wire/index.js';
import { ReplicaCluster, until } from '../support/cluster.js';
import { codeOf } from '../support/state-events.js';

const context = (member: MemberInfo) => messageCodec('MembershipContext').encode({ member });
const added = (nodeId: number, bytes?: Uint8Array): ConfChange => ({
  transition: 'auto',
  changes: [{ type: 'addLearner', nodeId }],
  ...(bytes && { context: bytes }),
});

describe('a member that asks to be taken in', () => {
  let cluster: ReplicaCluster;
  afterEach(() => cluster.close());

  it.each<[string, Partial<MemberInfo>]>([
    ['an id of 0', { id: 0 }],
    ['an id that is too large', { id: 2 ** 53 - 1 }],
    ['no name', { name: '' }],
    ['a name with blanks', { name: 'a b' }],
    ['a name of 64 characters', { name: 'a'.repeat(64) }],
    ['no address', { addrs: [] }],
    ['an empty address', { addrs: [''] }],
    ['an address without a port', { addrs: ['memory'] }],
    ['one address among others that is none', { addrs: ['memory:9', 'dns://[:1'] }],
    ['a very long address', { addrs: [`${'a'.repeat(1_000)}:1`] }],
    ['seventeen addresses', { addrs: Array.from({ length: 17 }, (_, i) => `memory:${i + 1}`) }],
  ])('is refused with %s, and nobody is removed for it', async (_what, part) => {
    cluster = await ReplicaCluster.start(1);
    const { replica } = await cluster.leader();
    const before = replica.raftStatus().lastIndex;
    const asked = replica.addMember({ id: 9, name: 'm9', addrs: ['memory:9'], ...part }, { replaces: true });
    expect(await codeOf(asked)).toBe('INVALID_OBJECT');
    expect(replica.raftStatus().lastIndex).toBe(before);
    expect(replica.members()).toHaveLength(1);
  });
});

describe('what the log says about members', () => {
  it.each<[string, ConfChange]>([
    ['bytes that say nothing', added(9, Uint8Array.of(255, 255, 255))],
    ['an id of 0', added(0, context({ id: 0, name: 'm0', addrs: ['memory:1'] }))],
    ['a member that the change is not about', added(9, context({ id: 2, name: 'other', addrs: [] }))],
  ])('changes nothing when it is %s', (_what, change) => {
    const members = new Members();
    members.reset([{ id: 2, name: 'm2', addrs: ['memory:2'] }], []);
    members.apply(change);
    expect(members.list()).toEqual([{ id: 2, name: 'm2', addrs: ['memory:2'] }]);
  });

  it.each<[string, (members: Members, told: MemberInfo) => void]>([
    ['an entry', (members, told) => members.apply(added(told.id, context(told)))],
    ['a snapshot', (members, told) => members.reset([told, { id: 0, name: '', addrs: [] }], [])],
  ])('is taken from %s as far as it can be so', (_what, take) => {
    const members = new Members();
    take(members, { id: 9, name: '', addrs: ['', 'memory:9', 'dns://[:1'], staysLearner: true });
    expect(members.list()).toEqual([{ id: 9, name: 'member-9', addrs: ['memory:9'], staysLearner: true }]);
    expect(members.find('9')?.name).toBe('member-9');
  });

  it('ends no member when the change cannot be made, and leaves all in the same state', async () => {
    const cluster = await ReplicaCluster.start(3);
    try {
      const leader = await cluster.leader();
      const [follower, other] = cluster.without(leader);
      if (!follower || !other) throw new Error('three members');
      const { term, lastIndex: index } = leader.replica.raftStatus();
      // What no leader writes: it would leave nobody. It arrives as if the leader had written it.
      const removals = [1, 2, 3].map((nodeId) => ({ type: 'remove' as const, nodeId }));
      const entry = { kind: 'confChange' as const, term, index: index + 1, change: { transition: 'jointExplicit' as const, changes: removals } }; // prettier-ignore
      cluster.isolate(leader);
      for (const { info } of [follower, other])
        cluster.wires.inject({
          type: 'appendEntries',
          from: leader.info.id,
          to: info.id,
          term,
          prevLogIndex: index,
          prevLogTerm: term,
          leaderCommit: index + 1,
          entries: [entry],
        });
      const applied = ({ replica }: typeof follower) => replica.status().appliedIndex > index;
      await until('both have applied it', () => applied(follower) && applied(other));
      expect(follower.replica.status().members.map(({ role }) => role)).toEqual(['voter', 'voter', 'voter']);
      const next = await cluster.leader([follower, other]);
      await next.replica.store.update((tx) => tx.nodes().create({}).id);
      cluster.wires.heal();
      await cluster.converge();
      const states = [...cluster.members.values()].map(({ replica }) => [...encodeSnapshot(replica.content())].length);
      expect(new Set(states).size).toBe(1);
      expect(cluster.complaints.filter((one) => one.includes('cannot be made'))).toHaveLength(3);
    } finally {
      await cluster.close();
    }
  });
});
