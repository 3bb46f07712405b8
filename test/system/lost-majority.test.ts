import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Logger, silentLogger } from '../../src/base/log.js';
import { type OpenReplica, openReplica, type OpenReplicaOptions } from '../../src/daemon/open-replica.js';
import { until } from '../support/network-wait.js';

let dir = '';
let open: OpenReplica[] = [];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'skep-lost-'));
});
afterEach(async () => {
  await Promise.all(open.map((member) => member.close()));
  open = [];
  await rm(dir, { recursive: true, force: true, maxRetries: 5 });
});

async function start(name: string, more: Partial<OpenReplicaOptions> = {}): Promise<OpenReplica> {
  const common = { listenAddr: '127.0.0.1:0', heartbeatMs: 20, electionTimeoutMs: 200, logger: silentLogger };
  const member = await openReplica({ ...common, name, dataDir: join(dir, name), ...more });
  open.push(member);
  return member;
}

async function end(member: OpenReplica): Promise<void> {
  open = open.filter((other) => other !== member);
  await member.close();
}

const ids = (member: OpenReplica) => member.store.view((tx) => tx.nodes().find().map(({ id }) => id)); // prettier-ignore

describe('a member that is forced to be a new cluster', () => {
  it(
    'goes on alone with everything that it holds, under another lineage, and takes in new members',
    { timeout: 60_000 },
    async () => {
      const m1 = await start('m1', { snapshotInterval: 5 });
      const others = [await start('m2', { join: [m1.addr] }), await start('m3', { join: [m1.addr] })];
      for (let i = 0; i < 12; i++)
        await m1.store.update((tx) => tx.nodes().create({ id: `n${String(i).padStart(2, '0')}` }));
      const before = m1.status();
      await until('m1 has it all', () => m1.store.version === 12);
      for (const member of [...others, m1]) await end(member);

      const said: { message: string; facts: Record<string, unknown> | undefined }[] = [];
      const logger: Logger = { ...silentLogger, warn: (message, facts) => void said.push({ message, facts }) };
      const alone = await start('m1', { forceNewCluster: true, logger });
      expect(said[0]).toMatchObject({ facts: { version: 12, leftBehind: 'm2, m3' } });
      expect(alone.isLeader).toBe(true);
      expect(alone.status().members.map(({ name }) => name)).toEqual(['m1']);
      expect(alone.status().lineage).not.toBe(before.lineage);
      expect(alone.status().clusterId).not.toBe(before.clusterId);
      expect(ids(alone)).toHaveLength(12);
      await alone.store.update((tx) => tx.nodes().create({ id: 'after' }));
      expect(alone.store.version).toBe(13);

      const fresh = await start('m4', { join: [alone.addr] });
      expect(ids(fresh)).toEqual(ids(alone));

      // One of the old ones comes back by mistake: nobody listens to it, and it cannot lead.
      const stray = await start('m2');
      await new Promise((resolve) => setTimeout(resolve, 600));
      expect(stray.isLeader).toBe(false);
      expect(
        alone
          .status()
          .members.map(({ name }) => name)
          .sort(),
      ).toEqual(['m1', 'm4']);
    },
  );

  it('stays what it is at the next start, without the flag', { timeout: 30_000 }, async () => {
    const m1 = await start('m1');
    await m1.store.update((tx) => tx.nodes().create({ id: 'a' }));
    await end(m1);
    const forced = await start('m1', { forceNewCluster: true });
    const { lineage } = forced.status();
    await forced.store.update((tx) => tx.nodes().create({ id: 'b' }));
    await end(forced);
    const again = await start('m1');
    expect(again.status().lineage).toBe(lineage);
    expect(ids(again)).toEqual(['a', 'b']);
  });

  it('needs a data directory, and nobody to join', async () => {
    await expect(openReplica({ name: 'x', forceNewCluster: true })).rejects.toThrow('needs the dataDir');
    await expect(start('x', { forceNewCluster: true, join: ['127.0.0.1:1'] })).rejects.toThrow(
      'forceNewCluster cannot be used with join or peers',
    );
  });
});
