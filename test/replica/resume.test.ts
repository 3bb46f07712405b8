import { afterEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/base/random.js';
import { type Event, watch } from '../../src/index.js';
import { ReplicaCluster, type TestMember, until } from '../support/cluster.js';
import { line } from '../support/state-events.js';

let cluster: ReplicaCluster | undefined;
afterEach(async () => {
  await cluster?.close();
  cluster = undefined;
});

/** Everything after a version, up to `to`: read with an iterator, as a watcher does. */
async function readFrom({ replica }: TestMember, from: number, to: number): Promise<string[]> {
  const lines: string[] = [];
  if (from === to) return lines;
  for await (const event of replica.store.watchFrom(from)) {
    lines.push(line(event));
    if (event.action === 'commit' && event.version === to) break;
  }
  return lines;
}

describe('a watch', () => {
  it.each([1, 2, 3])(
    'resumes at every version that history reaches, on every member, after changes of leader, snapshots and restarts (%i)',
    async (seed) => {
      const random = seededRandom(seed);
      const history = { transactions: 25 };
      cluster = await ReplicaCluster.start(3, { snapshotInterval: 12, keepEntries: 3, history });
      const all = new Map<number, string[]>();
      const listen = (member: TestMember) =>
        watch(member.replica.store.queue, { after: member.replica.store.version }).subscribe({
          next: (event: Event) => {
            const lines = all.get(event.version) ?? [];
            if (lines.at(-1) !== `commit @${event.version}`) all.set(event.version, [...lines, line(event)]);
          },
          error: () => undefined,
        });
      for (let round = 0; round < 8; round++) {
        const leader = await cluster.leader();
        const listening = listen(leader);
        for (let i = 0; i < 6; i++) {
          await leader.replica.store
            .update((tx) => {
              const id = `n${random(5)}`;
              const there = tx.nodes().get(id);
              if (!there) tx.nodes().create({ id });
              else if (random(3) === 0) tx.nodes().delete(id);
              else tx.nodes().update({ ...there, role: there.role === 'worker' ? 'manager' : 'worker' });
              if (random(2) === 0) tx.networks().create({});
            })
            .catch(() => undefined);
        }
        listening.unsubscribe();
        const [other] = cluster.without(leader);
        if (random(2) === 0) await leader.replica.transferLeadership().catch(() => undefined);
        else if (other) await cluster.restart(other);
      }
      await cluster.converge();
      const { replica: last } = await cluster.leader();
      const newest = last.store.version;
      for (const member of cluster.members.values()) {
        const { store } = member.replica;
        await until('it has everything', () => store.version === newest);
        const { reachesBackTo } = store.use().history;
        expect(reachesBackTo).toBe(newest - history.transactions);
        for (let from = reachesBackTo; from <= newest; from++) {
          const expected = [...all].filter(([version]) => version > from).flatMap(([, lines]) => lines);
          expect(await readFrom(member, from, newest), `${member.info.name} from ${from}`).toEqual(expected);
        }
        const early = store.watchFrom(reachesBackTo - 1)[Symbol.asyncIterator]();
        await expect(early.next()).rejects.toMatchObject({
          code: 'VERSION_COMPACTED',
          details: { version: reachesBackTo },
        });
        const ahead = store.watchFrom(newest + 1)[Symbol.asyncIterator]();
        await expect(ahead.next()).rejects.toMatchObject({ code: 'VERSION_AHEAD', details: { version: newest } });
      }
    },
  );

  it('waits for a version that is not here yet, where that is asked for', async () => {
    cluster = await ReplicaCluster.start(1);
    const { replica } = await cluster.leader();
    const { store } = replica;
    const waiting = store.watchFrom(2, { ahead: 'wait' })[Symbol.asyncIterator]();
    const next = waiting.next();
    for (const id of ['a', 'b', 'c']) await store.update((tx) => tx.nodes().create({ id }));
    expect(line((await next).value as Event)).toBe('create node c @3');
    await waiting.return?.();
  });
});
