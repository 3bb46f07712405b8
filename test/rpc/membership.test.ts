import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client as GrpcClient, credentials } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/base/log.js';
import type { StoreError } from '../../src/base/store-error.js';
import { type OpenReplica, openReplica } from '../../src/daemon/open-replica.js';
import { type Channel, methodOf } from '../../src/rpc/index.js';
import type { messages } from '../../src/wire/index.js';
import { call, OpenMembers } from '../support/manager-open.js';
import { pause, until } from '../support/network-wait.js';
import { codeOf } from '../support/state-events.js';

describe('members over gRPC', () => {
  let members: OpenMembers;
  afterEach(() => members.close());

  const statusBy = (addr: string) => call<messages.ClusterStatus>(members.channel(addr), 'membership', 'Status', {});

  /** Opens a raft stream, says hello and one frame more; resolves with why it ended. */
  function hello(channel: Channel, frames: readonly object[]): Promise<Error | undefined> {
    return new Promise((resolve) => {
      const stream = channel.clientStream<object>(methodOf('raft', 'Stream'), resolve);
      stream.on('error', () => undefined);
      for (const frame of frames) stream.write(frame);
      stream.end();
    });
  }

  it('say the same of the cluster, whoever is asked', async () => {
    members = await OpenMembers.start(3);
    const { name } = (await members.leader()).status();
    await until('everybody is level', async () => {
      const answers = await Promise.all(members.hosts.map(statusBy));
      return answers.every((answer) => answer.leader === name && answer.members.every(({ role }) => role === 'voter'));
    });
    const [first] = members.hosts;
    const status = await statusBy(first ?? '');
    const told = status.members.map((member) => [member.name, member.role, member.reachable, member.leader]);
    expect(told.sort()).toEqual(['m1', 'm2', 'm3'].map((one) => [one, 'voter', true, one === name]));
    expect(status.members.map(({ addr }) => addr).sort()).toEqual([...members.hosts].sort());
    expect(status.members.every(({ id }) => /^[1-9]\d*$/.test(id))).toBe(true);
  });

  it('speak for the cluster no longer when they were removed, and end the watches in their process', async () => {
    members = await OpenMembers.start(3);
    const gone = await members.follower();
    const watching = (async () => {
      for await (const _event of gone.store.watchFrom(gone.store.version));
    })();
    await (await members.leader()).removeMember(gone.status().name);
    expect(await codeOf(watching)).toBe('CLOSED');
    await gone.stopped;
    await until('nobody answers there', async () =>
      call(members.channel(gone.addr), 'membership', 'Status', {}, 1_000).then(
        () => false,
        () => true,
      ),
    );
  });

  it('say of one that is down that it is unreachable, and go on', async () => {
    members = await OpenMembers.start(3);
    const gone = await members.follower();
    const { name } = gone.status();
    await members.end(gone);
    const status = await statusBy(members.hosts[0] ?? '');
    const member = status.members.find((one) => one.name === name);
    expect(member).toMatchObject({ reachable: false, role: 'voter', leader: false });
    expect(member?.version).toBeUndefined();
    await (await members.leader()).store.update((tx) => tx.nodes().create({}));
  });

  it('refuse what can be no member, in one sentence, and stay', async () => {
    members = await OpenMembers.start(3);
    const join = (member: object) =>
      codeOf(call(members.channel(members.hosts[0] ?? ''), 'membership', 'Join', { member, replaces: false }));
    expect(await join({ id: 9, name: 'm9', addrs: [] })).toBe('INVALID_OBJECT');
    expect(await join({ id: 0, name: 'm9', addrs: ['127.0.0.1:9'] })).toBe('INVALID_OBJECT');
    expect(await join({ id: 2 ** 53 - 1, name: '', addrs: ['127.0.0.1:9'] })).toBe('INVALID_OBJECT');
    await (await members.leader()).store.update((tx) => void tx.nodes().create({}));
    for (const member of members.all) expect(member.status().members).toHaveLength(3);
  });

  it('close the door on a stream of another cluster, for another member, or without a hello', async () => {
    members = await OpenMembers.start(2);
    const [target, other] = members.all;
    if (!target || !other) throw new Error('two members');
    const { clusterId, id: to } = target.status();
    const { id: from } = other.status();
    const channel = members.channel(target.addr);
    const fine = { format: 2, clusterId, from, to, lastIndex: 1_000_000 };
    expect(await hello(channel, [{ hello: { ...fine, clusterId: 'another' } }])).toMatchObject({ code: 9 });
    expect(await hello(channel, [{ hello: { ...fine, to: to + 1 } }])).toMatchObject({ code: 9 });
    expect(await hello(channel, [{ hello: { ...fine, format: 99 } }])).toMatchObject({ code: 'INCOMPATIBLE' });
    expect(await hello(channel, [{ batch: { messages: [] } }])).toMatchObject({ code: 9 });
    expect(await hello(channel, [{ hello: fine }])).toBeUndefined();
  });

  it('say so with codes to a member that was removed, and to one whose log has lost its end', async () => {
    members = await OpenMembers.start(3);
    const leader = await members.leader();
    const [gone, other] = await members.followers();
    if (!gone || !other) throw new Error('three members');
    await leader.store.update((tx) => tx.nodes().create({ id: 'n1' }));
    const { clusterId, id: to, term } = leader.status();
    const from = gone.status().id;
    await until('it has acknowledged all', () => gone.store.version === 1);
    const said = { format: 2, clusterId, from, to, lastIndex: 1 };
    const channel = members.channel(leader.addr);
    const behind = await hello(channel, [{ hello: said }]);
    expect(behind).toMatchObject({ name: 'StoreError', code: 'DAMAGED', details: { acknowledged: { term } } });
    expect((behind as StoreError).details.acknowledged?.index).toBeGreaterThan(1);
    await leader.removeMember(gone.status().name);
    expect(await hello(channel, [{ hello: said }])).toMatchObject({ name: 'StoreError', code: 'REMOVED' });
  });

  it('do not hear one member speak in the name of another', async () => {
    members = await OpenMembers.start(3);
    const leader = await members.leader();
    const [target, other] = await members.followers();
    if (!target || !other) throw new Error('three members');
    const { clusterId, id: to, term } = target.status();
    const forged = { from: leader.status().id, to, term: term + 50, heartbeat: { leaderCommit: 0 } };
    const frames = [
      { hello: { format: 2, clusterId, from: other.status().id, to, lastIndex: 1_000_000 } },
      { batch: { messages: [forged] } },
    ];
    await hello(members.channel(target.addr), frames);
    await target.linearizable(() => undefined);
    expect(target.status().term).toBeLessThan(term + 50);
  });

  it('hand leadership over and say who leads then', async () => {
    members = await OpenMembers.start(3);
    const follower = await members.follower();
    const { name } = follower.status();
    const channel = members.channel((await members.followers())[1]?.addr ?? '');
    const named = await call<{ leader: string }>(channel, 'membership', 'TransferLeadership', { to: name });
    expect(named.leader).toBe(name);
    expect(await members.leader()).toBe(follower);
    const anybody = await call<{ leader: string }>(channel, 'membership', 'TransferLeadership', {});
    expect(anybody.leader).toMatch(/^m[123]$/);
    expect(anybody.leader).not.toBe(name);
  });

  it('remove a member, asked on any of them; it ends and says why', async () => {
    members = await OpenMembers.start(3);
    const [gone, asked] = await members.followers();
    if (!gone || !asked) throw new Error('three members');
    const { name } = gone.status();
    await call(members.channel(asked.addr), 'membership', 'Remove', { member: name });
    expect(await gone.stopped).toMatchObject({ code: 'REMOVED' });
    expect((await statusBy(asked.addr)).members.map((member) => member.name)).not.toContain(name);
    expect(await codeOf(call(members.channel(asked.addr), 'membership', 'Remove', { member: name }))).toBe('NOT_FOUND');
  });

  it('tell a removed member so, also when they are only two', async () => {
    members = await OpenMembers.start(2);
    const leader = await members.leader();
    const gone = await members.follower();
    await leader.removeMember(gone.status().name);
    const ended = Promise.race([gone.stopped, pause(5_000).then(() => 'still running')]);
    expect(await ended).toMatchObject({ code: 'REMOVED' });
    await leader.store.update((tx) => tx.nodes().create({}));
  });

  it('refuse a member of a name that is taken, at once', async () => {
    members = await OpenMembers.start(1);
    const second = openReplica({
      name: 'm1',
      listenAddr: '127.0.0.1:0',
      join: members.hosts,
      logger: silentLogger,
    });
    expect(await codeOf(second)).toBe('NAME_CONFLICT');
    expect((await members.leader()).status().members).toHaveLength(1);
  });

  it('answer the health check and list their services', async () => {
    members = await OpenMembers.start(1);
    const [addr = ''] = members.hosts;
    const client = new GrpcClient(addr, credentials.createInsecure());
    try {
      // HealthCheckResponse { status: SERVING (1) }, for the empty service name.
      const healthy = await new Promise<Buffer>((resolve, reject) =>
        client.makeUnaryRequest(
          '/grpc.health.v1.Health/Check',
          (bytes: Buffer) => bytes,
          (bytes: Buffer) => bytes,
          Buffer.alloc(0),
          (error, response) => (error ? reject(error) : resolve(response as Buffer)),
        ),
      );
      expect([...healthy]).toEqual([0x08, 1]);
      // ServerReflectionRequest { list_services: "" } (field 7); names come as text within the answer.
      const listed = await new Promise<string>((resolve, reject) => {
        const stream = client.makeBidiStreamRequest(
          '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
          (bytes: Buffer) => bytes,
          (bytes: Buffer) => bytes,
        );
        stream.on('data', (bytes: Buffer) => {
          resolve(bytes.toString('latin1'));
          stream.end();
        });
        stream.on('error', reject);
        stream.write(Buffer.from([0x3a, 0]));
      });
      for (const service of ['Control', 'Watch', 'Raft', 'Membership']) expect(listed).toContain(`skep.v1.${service}`);
    } finally {
      client.close();
    }
  });
});

describe('members that have all moved', () => {
  it('find each other again by hints, and go on with what they hold', { timeout: 60_000 }, async () => {
    const dir = await mkdtemp(join(tmpdir(), 'skep-moved-'));
    const options = { heartbeatMs: 20, electionTimeoutMs: 200, logger: silentLogger, listenAddr: '127.0.0.1:0' };
    const openAt = (name: string, join_: readonly string[]) =>
      openReplica({ ...options, name, dataDir: join(dir, name), join: join_ });
    let members: OpenReplica[] = [];
    try {
      members = [await openAt('m1', [])];
      for (const name of ['m2', 'm3']) members.push(await openAt(name, [members[0]?.addr ?? '']));
      await members[0]?.store.update((tx) => tx.nodes().create({ id: 'kept' }));
      const before = members.map(({ addr }) => addr);
      await Promise.all(members.map((member) => member.close()));

      // Every port is another one now. The first is told of nobody: the others come to it.
      const first = await openAt('m1', []);
      members = [first];
      for (const name of ['m2', 'm3']) members.push(await openAt(name, [first.addr]));
      expect(members.some(({ addr }) => before.includes(addr))).toBe(false);
      await until('somebody leads', () => members.some(({ isLeader }) => isLeader), 20_000);
      const leader = members.find(({ isLeader }) => isLeader);
      await leader?.store.update((tx) => tx.nodes().create({ id: 'new' }));
      for (const member of members) {
        const ids = await member.linearizable((tx) =>
          tx
            .nodes()
            .find()
            .map(({ id }) => id),
        );
        expect(ids).toEqual(['kept', 'new']);
      }
      await until('everybody knows where the others are', () =>
        members.every((member) =>
          member
            .status()
            .members.every(({ name, addrs }) => addrs[0] === members.find((one) => one.status().name === name)?.addr),
        ),
      );
    } finally {
      await Promise.all(members.map((member) => member.close()));
      await rm(dir, { recursive: true, force: true, maxRetries: 5 });
    }
  });
});
