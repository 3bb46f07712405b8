import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import { silentLogger } from '../../src/base/log.js';
import { seededRandom } from '../../src/base/random.js';
import { MemoryDisk } from '../../src/disk/memory-disk.js';
import { bootstrap, loadReplica, type NetworkHandler, noNetwork, type Replica,replicaSettings } from '../../src/replica/index.js'; // prettier-ignore
import { until } from '../support/network-wait.js';

const world = { clock: systemClock, random: seededRandom(1), logger: silentLogger };

describe('a member of which others say how far its log had reached', () => {
  let replica: Replica;
  let handler: NetworkHandler;
  let ended: Error | undefined;

  beforeEach(async () => {
    const disk = new MemoryDisk();
    const info = { id: 1, name: 'm1', addrs: [] };
    await bootstrap(disk, { clusterId: 'c', lineage: 'l', members: [info] }, world);
    replica = await loadReplica({
      identity: info,
      disk,
      network: { ...noNetwork, start: (given) => (handler = given) },
      settings: replicaSettings({ heartbeatMs: 15, electionTimeoutMs: 150 }),
      world,
    });
    ended = undefined;
    void replica.stopped.then((reason) => (ended = reason));
    await until('it leads', () => replica.isLeader);
    await replica.store.update((tx) => void tx.nodes().create({}));
  });

  afterEach(() => replica.close());

  /** Long enough for everything that was started to end, without a clock. */
  const settled = () => replica.linearizable(() => undefined);

  it('goes on after a heartbeat that says that more is committed than it has', async () => {
    const term = replica.status().term + 1;
    handler.onMessages([{ type: 'heartbeat', from: 2, to: 1, term, leaderCommit: 10_000 }]);
    await settled();
    expect(ended).toBeUndefined();
  });

  it('goes on when it has all that, or when it was said in a term that is over', async () => {
    const { term, lastIndex } = replica.status();
    handler.onAcknowledged({ term, index: lastIndex });
    handler.onAcknowledged({ term: term - 1, index: lastIndex + 1 });
    await settled();
    expect(ended).toBeUndefined();
  });

  it('stops as DAMAGED when it has less', async () => {
    const { term, lastIndex } = replica.status();
    handler.onAcknowledged({ term, index: lastIndex + 1 });
    expect(await replica.stopped).toMatchObject({ code: 'DAMAGED' });
  });
});
