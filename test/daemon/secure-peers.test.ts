import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/base/log.js';
import { freePort } from '../../scripts/waiting.js';
import { newPeersSecret } from '../../src/client/index.js';
import { type OpenReplica, openReplica, type OpenReplicaOptions } from '../../src/daemon/open-replica.js';
import { authorities } from '../../src/kinds/index.js';
import { spokenAt } from '../../src/rpc/index.js';
import { until } from '../support/network-wait.js';

/** Members that start at once on a busy computer: each loads what makes certificates. */
const timeoutMs = 120_000;

describe('peers with a secret', { timeout: timeoutMs }, () => {
  const secret = newPeersSecret();
  const running = new Set<OpenReplica>();
  let dir = '';
  let peers: string[] = [];

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'skep-secure-peers-'));
    peers = await Promise.all([1, 2, 3].map(async () => `127.0.0.1:${await freePort()}`));
  });
  afterEach(async () => {
    await Promise.all([...running].map((member) => member.close()));
    running.clear();
    rmSync(dir, { recursive: true, force: true });
  });

  const withSecret: Partial<OpenReplicaOptions> = { peersSecret: secret };

  async function open(number: number, options = withSecret): Promise<OpenReplica> {
    const name = `m${number}`;
    const fast = { heartbeatMs: 20, electionTimeoutMs: 200, logger: silentLogger };
    const place = { dataDir: join(dir, name), listenAddr: peers[number - 1] ?? '', peers };
    const member = await openReplica({ name, ...place, ...fast, ...options });
    running.add(member);
    return member;
  }
  const close = async (member: OpenReplica) => {
    running.delete(member);
    await member.close();
  };
  const openAll = () => Promise.all([open(1), open(2), open(3)]);
  const write = async (members: readonly OpenReplica[], id: string) => {
    await until('there is a leader', () => members.some(({ isLeader }) => isLeader));
    await members.find(({ isLeader }) => isLeader)?.store.update((tx) => void tx.nodes().create({ id }));
    await until('all have it', () => members.every(({ store }) => store.view((tx) => tx.nodes().get(id))));
  };
  const domainsOf = (member: OpenReplica) =>
    member.store.view((tx) =>
      tx
        .kind(authorities)
        .find()
        .map(({ domain }) => domain),
    );

  it('begin one cluster with one CA, and go on without the secret', async () => {
    const members = await openAll();
    await until('there is a CA', () => members.every((member) => domainsOf(member).length === 1), 60_000);
    await write(members, 'n1');
    expect(new Set(members.map((member) => member.status().clusterId)).size).toBe(1);
    expect(new Set(members.flatMap(domainsOf)).size).toBe(1);
    expect(await Promise.all(peers.map(spokenAt))).toEqual(['tls', 'tls', 'tls']);
    for (const member of members) await close(member);

    const again = await Promise.all([open(1, {}), open(2, {}), open(3, {})]);
    await write(again, 'n2');
  });

  it('take one in that comes late, and one that has lost its disk', async () => {
    const [first, second] = await Promise.all([open(1), open(2)]);
    await write([first, second], 'n1');
    const third = await open(3);
    await write([first, second, third], 'n2');
    await close(second);
    rmSync(join(dir, 'm2'), { recursive: true });
    const again = await open(2);
    await write([first, again, third], 'n3');
    expect(new Set([first, again, third].flatMap(domainsOf)).size).toBe(1);
  });

  it('refuse a stranger: one with another secret is none of them', async () => {
    const warned: string[] = [];
    const logger = {
      ...silentLogger,
      warn: (message: string, facts?: object) => void warned.push(`${message} ${JSON.stringify(facts)}`),
    };
    const forming = [open(1), open(2)];
    const stranger = open(3, { peersSecret: newPeersSecret(), logger });
    stranger.catch(() => undefined);
    const members = await Promise.all(forming);
    await write(members, 'n1');
    expect(
      members[0]
        ?.status()
        .members.map(({ name }) => name)
        .sort(),
    ).toEqual(['m1', 'm2']);
    await until('the stranger says why', () => warned.some((line) => line.includes('another secret')), 60_000);
  });

  it('must have a secret where they have security, and say what to do', async () => {
    await expect(open(1, { security: 'on' })).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      message: expect.stringMatching(/skep token generate-peers.*--peers-secret-file.*--join HOST:PORT --token-file/),
    });
    await expect(open(1, { peersSecret: 'skepp1_x' })).rejects.toThrow(/that is no secret of peers/);
    await expect(open(1, { peersSecret: secret, peers: [] })).rejects.toThrow(/peersSecret needs peers/);
  });

  it('does not take one in clear text for one of them', async () => {
    const first = open(1);
    first.catch(() => undefined);
    await until('it listens', async () => (await spokenAt(peers[0] ?? '')) === 'tls');
    await expect(open(2, {})).rejects.toMatchObject({ code: 'SECURITY_DIFFERS' });
    running.add(await Promise.all([first, open(3)]).then(([member]) => member));
  });
});
