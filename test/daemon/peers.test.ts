import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/base/log.js';
import { freePort } from '../../scripts/waiting.js';
import { type OpenReplica, openReplica, type OpenReplicaOptions } from '../../src/daemon/open-replica.js';
import { until } from '../support/network-wait.js';

const freeAddress = async () => `127.0.0.1:${await freePort()}`;

describe('members that were started with the same peers', () => {
  let dir: string;
  let peers: string[];
  const running = new Set<OpenReplica>();

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'skep-peers-'));
    peers = [await freeAddress(), await freeAddress(), await freeAddress()];
  });
  afterEach(async () => {
    await Promise.all([...running].map((member) => member.close()));
    running.clear();
    await rm(dir, { recursive: true });
  });

  async function open(number: number, options: Partial<OpenReplicaOptions> = {}): Promise<OpenReplica> {
    const name = `m${number}`;
    const member = await openReplica({
      name,
      dataDir: join(dir, name),
      listenAddr: peers[number - 1] as string,
      peers: peers.toReversed(),
      heartbeatMs: 20,
      electionTimeoutMs: 200,
      logger: silentLogger,
      ...options,
    });
    running.add(member);
    return member;
  }

  const close = async (member: OpenReplica) => {
    running.delete(member);
    await member.close();
  };
  const clusterOf = (member: OpenReplica) => member.status().clusterId;
  const namesIn = (member: OpenReplica) => member.status().members.map(({ name }) => name);
  const write = async (members: OpenReplica[], id: string) => {
    await until('there is a leader', () => members.some(({ isLeader }) => isLeader));
    await members.find(({ isLeader }) => isLeader)?.store.update((tx) => void tx.nodes().create({ id }));
  };

  it('are one cluster, which each of them is in again after a restart of all', async () => {
    const members = await Promise.all([open(1), open(2), open(3)]);
    await write(members, 'n1');
    expect(new Set(members.map(clusterOf)).size).toBe(1);
    for (const member of members) expect(namesIn(member).sort()).toEqual(['m1', 'm2', 'm3']);
    const before = clusterOf(members[0]);
    for (const member of members) await close(member);

    const again = await Promise.all([open(1), open(2), open(3)]);
    expect(new Set(again.map(clusterOf))).toEqual(new Set([before]));
    expect(await again[1].linearizable((tx) => tx.nodes().count())).toBe(1);
  });

  it('take the one in that has lost its disk, in the place of what it was', async () => {
    const members = await Promise.all([open(1), open(2), open(3)]);
    await write(members, 'n1');
    const first = members[0];
    const [cluster, id] = [clusterOf(first), first.status().id];
    await close(first);
    await rm(join(dir, 'm1'), { recursive: true });

    const again = await open(1);
    expect(clusterOf(again)).toBe(cluster);
    expect(again.status().id).not.toBe(id);
    expect(again.store.view((tx) => tx.nodes().count())).toBe(1);
    await until('it took the place of what it was', () =>
      members.slice(1).every((member) => namesIn(member).sort().join() === 'm1,m2,m3'),
    );
    expect(again.status().members.map((member) => member.id)).not.toContain(id);
  });

  it('let nobody in who has the name of a member that runs', async () => {
    const members = await Promise.all([open(1), open(2), open(3)]);
    const twin = open(1, { dataDir: join(dir, 'twin'), listenAddr: await freeAddress() });
    await expect(twin).rejects.toMatchObject({
      code: 'NAME_CONFLICT',
      message: expect.stringContaining('called m1 runs already') as string,
    });
    expect(members.every((member) => namesIn(member).length === 3)).toBe(true);
  });

  it('keep nothing on disk, and one that starts again finds the others all the same', async () => {
    const inMemory = (number: number) => open(number, { dataDir: undefined as never });
    const members = await Promise.all([inMemory(1), inMemory(2), inMemory(3)]);
    await write(members, 'n1');
    const cluster = clusterOf(members[0]);
    await close(members[0]);
    const again = await inMemory(1);
    expect(clusterOf(again)).toBe(cluster);
    expect(again.store.view((tx) => tx.nodes().count())).toBe(1);
  });

  it('do not begin a cluster of their own when they are started without peers, halfway', async () => {
    const alone = open(1).catch((error: unknown) => (error as Error).message);
    await until('it has an identity', async () => {
      const { readIdentity } = await import('../../src/disk/index.js');
      return (await readIdentity(join(dir, 'm1')).catch(() => undefined))?.state === 'forming';
    });
    void alone;
    const { cp } = await import('node:fs/promises');
    await cp(join(dir, 'm1'), join(dir, 'copy'), { recursive: true });
    await expect(
      openReplica({ name: 'm1', dataDir: join(dir, 'copy'), listenAddr: '127.0.0.1:0', logger: silentLogger }),
    ).rejects.toMatchObject({
      code: 'OTHER_PURPOSE',
      message: expect.stringMatching(/forms a cluster with its peers: start it with the same peers again/) as string,
    });
    for (const member of await Promise.all([open(2), open(3)])) running.add(member);
    running.add((await alone) as OpenReplica);
  });
});

describe('options that contradict each other', () => {
  const plain = { name: 'm1', listenAddr: '127.0.0.1:0' };
  it.each<[Partial<OpenReplicaOptions>, RegExp]>([
    [{ peers: ['a:1'], join: ['b:1'] }, /name peers or members to join, not both/],
    [{ peers: ['a:1'], begin: true }, /begin makes a cluster of one/],
    [{ join: ['a:1'], begin: true }, /begin makes a cluster of one/],
    [{ peers: ['nonsense'] }, /peers: an address is HOST:PORT/],
    [{ peers: 'a:1' as never }, /peers is a list of addresses/],
    [{ peers: ['a:1'], listenAddr: undefined as never }, /needs a listenAddr/],
  ])('are refused before anything is done: %j', async (options, message) => {
    await expect(openReplica({ ...plain, ...options })).rejects.toThrow(message);
  });
});
