import type { ServerReadableStream } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import { silentLogger } from '../../src/base/log.js';
import { ApiServer } from '../../src/api/index.js';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { type Message, simpleConfState } from '../../src/raft/index.js';
import type { NetworkHandler } from '../../src/replica/index.js';
import { Channel as OwnChannel } from '../../src/rpc/channel.js';
import { type Channel, GrpcNetwork, methodOf } from '../../src/rpc/index.js';
import type { messages } from '../../src/wire/index.js';
import { FakeServer } from '../support/fake-server.js';
import { OpenMembers } from '../support/manager-open.js';
import { pause, until } from '../support/network-wait.js';

/** Opens a raft stream and says these frames. Resolves with why it ended. */
function speak(channel: Channel, frames: readonly object[]): Promise<Error | undefined> {
  return new Promise((resolve) => {
    const stream = channel.clientStream<object>(methodOf('raft', 'Stream'), resolve);
    stream.on('error', () => undefined);
    for (const frame of frames) stream.write(frame);
    stream.end();
  });
}

const none = new Uint8Array(0);

/** What somebody says who wants to lead, `ahead` terms after `term`. */
const bodies: Record<string, object> = {
  'a heartbeat': { heartbeat: { leaderCommit: 0 } },
  'an append': { appendEntries: { prevLogIndex: 0, prevLogTerm: 0, entries: [], leaderCommit: 0 } },
  'a vote': { requestVote: { lastLogIndex: 2 ** 40, lastLogTerm: 1, leadershipTransfer: true } },
};

describe('members', () => {
  let members: OpenMembers;
  afterEach(() => members.close());

  const frames = (to: OpenReplica, from: number, term: number, body: object) => [
    { hello: { format: 2, clusterId: to.status().clusterId, from, to: to.status().id, addrs: [], lastIndex: 10 ** 9 } },
    { batch: { messages: [{ from, to: to.status().id, term, ...body }] } },
  ];
  const all = async (from: (to: OpenReplica) => number, leap: number, body: object) => {
    const leader = await members.leader();
    const { term } = leader.status();
    for (const to of members.all) await speak(members.channel(to.addr), frames(to, from(to), term + leap, body));
    await leader.store.update((tx) => void tx.nodes().create({}));
    return { leader, term };
  };

  it.each(Object.keys(bodies))('do not hear %s of somebody who is no member', async (what) => {
    members = await OpenMembers.start(3);
    const [first] = members.all;
    if (!first) throw new Error('three members');
    const { leader, term } = await all(() => 999, 1, bodies[what] ?? {});
    expect(await members.leader()).toBe(leader);
    for (const member of members.all) expect(member.status().term).toBe(term);
    const refused = await speak(members.channel(first.addr), frames(first, 999, term, bodies[what] ?? {}));
    expect(refused?.message).toContain('member 999 is not known here');
  });

  it('drop a message whose term leaves none for later elections, whoever says it', async () => {
    members = await OpenMembers.start(3);
    const other = (to: OpenReplica) => members.all.find((one) => one !== to)?.status().id ?? 0;
    for (const body of Object.values(bodies)) {
      const { leader, term } = await all(other, 2 ** 53 - 1 - 1_000, body);
      expect(await members.leader()).toBe(leader);
      for (const member of members.all) expect(member.status().term).toBe(term);
    }
  });

  it('go on after a heartbeat of a member which says that more is committed than there is', async () => {
    members = await OpenMembers.start(3);
    const other = (to: OpenReplica) => members.all.find((one) => one !== to)?.status().id ?? 0;
    const body = { heartbeat: { leaderCommit: 10 ** 9 } };
    const leader = await members.leader();
    for (const to of members.all)
      await speak(members.channel(to.addr), frames(to, other(to), leader.status().term + 1, body));
    const written = async () => {
      const next = await members.leader();
      return next.store
        .update((tx) => tx.nodes().create({}).id)
        .then(
          () => true,
          () => false,
        );
    };
    await until('they write again', written);
    expect(members.all.map((member) => member.status().members.length)).toEqual([3, 3, 3]);
  });

  it('refuse a snapshot that comes among other messages, without its content', async () => {
    members = await OpenMembers.start(3);
    const [to, other] = await members.followers();
    if (!to || !other) throw new Error('three members');
    const { term, lastIndex, members: known } = to.status();
    const confState = simpleConfState(known.map(({ id }) => id));
    const snapshot = { metadata: { index: lastIndex + 1_000, term, confState }, data: none };
    const from = (await members.leader()).status().id;
    const said = await speak(members.channel(to.addr), frames(to, from, term, { installSnapshot: { snapshot } }));
    expect(said?.message).toContain('a snapshot has a call of its own');
    await to.linearizable(() => undefined);
  });
});

describe('a member that was away', () => {
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });

  /** One of cluster `c` that knows of itself and of member 1 at `addr`. */
  async function listening(addr: string, onMessages: (batch: readonly Message[]) => void = () => undefined) {
    const network = new GrpcNetwork({
      self: 7,
      clusterId: () => 'c',
      addrs: () => [],
      clock: systemClock,
      logger: silentLogger,
    });
    const server = new ApiServer();
    const port = await server.listen('127.0.0.1:0', network, () => Promise.reject(new Error('there is none')));
    const handler: NetworkHandler = {
      onMessages,
      onSnapshot: () => Promise.resolve(),
      onUnreachable: () => undefined,
      onRemoved: () => undefined,
      isMember: (id) => id === 1 || id === 7,
      wasRemoved: () => false,
      lastIndex: () => 0,
      acknowledged: () => undefined,
      onAcknowledged: () => undefined,
    };
    network.start(handler);
    network.setMembers([{ id: 1, name: 'm1', addrs: [addr] }]);
    const channel = new OwnChannel(`127.0.0.1:${port}`);
    open.push(network, { close: () => server.close(0) }, channel);
    return { network, channel };
  }

  const hello = (from: number, addrs: readonly string[] = []) => ({
    hello: { format: 2, clusterId: 'c', from, to: 7, addrs, lastIndex: 0 },
  });
  const heartbeat = (from: number) => ({ batch: { messages: [{ from, to: 7, term: 5, heartbeat: { leaderCommit: 0 } }] } }); // prettier-ignore

  /** A member 1 that says that there is a member 8. */
  const knowing = (
    members: readonly number[],
    stream: (call: ServerReadableStream<messages.RaftFrame, object>) => void = () => undefined,
  ) =>
    // prettier-ignore
    FakeServer.start({
      membership: {
        Local: (_call: unknown, done: (error: null, answer: object) => void) =>
          done(null, {
            clusterId: 'c',
            lineage: 'l',
            name: 'm1',
            id: '1',
            term: 1,
            version: 0,
            lastIndex: 0,
            appliedIndex: 0,
            members: members.map((id) => ({ name: `m${id}`, id: String(id), addr: '127.0.0.1:9', role: 'voter', leader: false, reachable: true })), // prettier-ignore
            use: { kinds: [], history: { transactions: 0, bytes: 0, reachesBackTo: 0 }, watches: 0 },
          }),
      },
      raft: { Stream: stream },
    });

  it('hears one that joined meanwhile when a member that it knows says so, and no other', async () => {
    const server = await knowing([1, 8]);
    open.push(server);
    const heard: number[] = [];
    const { channel } = await listening(server.addr, (batch) => heard.push(...batch.map(({ from }) => from)));
    await until('it hears member 8', async () => {
      await speak(channel, [hello(8), heartbeat(8)]);
      return heard.includes(8);
    });
    expect((await speak(channel, [hello(9), heartbeat(9)]))?.message).toContain('member 9 is not known here');
    expect(heard).not.toContain(9);
  });

  it('goes on writing to a member where the cluster says that it is, whatever a hello says', async () => {
    const [frames, stolen]: [object[], object[]] = [[], []];
    const server = await knowing([1], (call) => call.on('data', (frame: object) => frames.push(frame)));
    const thief = await FakeServer.start({
      raft: { Stream: (call: ServerReadableStream<object, object>) => call.on('data', (frame: object) => stolen.push(frame)) }, // prettier-ignore
    });
    open.push(server, thief);
    const { network, channel } = await listening(server.addr);
    const send = () => network.send([{ type: 'heartbeat', from: 7, to: 1, term: 5, leaderCommit: 0 }]);
    send();
    await until('it is connected', () => frames.length > 1);
    await speak(channel, [hello(1, [thief.addr, 'dns://[:1'])]);
    const before = frames.length;
    send();
    await until('it is written to where it was', () => frames.length > before || stolen.length > 0);
    await pause(100);
    expect(stolen).toEqual([]);
  });
});
