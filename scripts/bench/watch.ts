import process from 'node:process';
import { EventUpdateTask, MemoryStore, taskCheckNodeId, watch } from '../../src/index.js';
import { type Figure, figure, type SuiteOptions } from './figure.js';

const nodes = 1_000;
const updates = 10_000;

/** Watchers of one run; each looks for the tasks of one node. */
interface Watchers {
  readonly name: string;
  readonly count: number;
  /** Prefix of the nodes: nothing happens on the `other` ones. */
  readonly of: 'node' | 'other';
}

const works: readonly Watchers[] = [
  { name: 'updatesUnwatched', count: 0, of: 'node' },
  { name: 'updatesWatchedByNode', count: nodes, of: 'node' },
  { name: 'updatesUnmatched10', count: 10, of: 'other' },
  { name: 'updatesUnmatched1000', count: 1_000, of: 'other' },
  { name: 'updatesUnmatched100000', count: 100_000, of: 'other' },
];

interface Round {
  readonly seconds: number;
  readonly cpuUs: number;
}

/**
 * 10,000 task updates: without watchers, with 1,000 of which each looks for another node, and with 10, 1,000 and 100,000 that
 * look for nodes on which nothing happens. Rounds alternate; the figures are medians.
 */
export async function* watchSuite({ quick }: SuiteOptions): AsyncGenerator<Figure> {
  const found = works.map((work) => ({ work, rounds: [] as Round[] }));
  for (let round = 0; round < (quick ? 1 : 5); round++)
    for (const { work, rounds } of found) rounds.push(await run(work));
  for (const { work, rounds } of found) {
    const median = (of: (round: Round) => number) => rounds.map(of).sort((a, b) => a - b)[rounds.length >> 1] ?? NaN;
    const cpuUs = Number(median((round) => round.cpuUs).toPrecision(3));
    yield figure(
      work.name,
      updates,
      median(({ seconds }) => seconds),
      { watchers: work.count, cpuUs },
    );
  }
}

async function run({ count, of }: Watchers): Promise<Round> {
  const store = new MemoryStore();
  const tasks = await store.update((tx) =>
    Array.from({ length: nodes }, (_, i) => tx.tasks().create({ nodeId: `node${i}` })),
  );
  let seen = 0;
  for (let i = 0; i < count; i++)
    watch(store.queue, EventUpdateTask({ nodeId: `${of}${i}` }, taskCheckNodeId)).subscribe(() => seen++);
  const before = process.cpuUsage();
  const start = performance.now();
  for (let i = 0; i < updates; i++) {
    const task = tasks[i % tasks.length];
    if (task) await store.update((tx) => void tx.tasks().update({ ...task, meta: undefined, slot: i }));
  }
  const seconds = (performance.now() - start) / 1_000;
  const { user, system } = process.cpuUsage(before);
  const expected = count > 0 && of === 'node' ? updates : 0;
  if (seen !== expected) throw new Error(`the watchers saw ${seen} of ${expected} updates`);
  await store.close();
  return { seconds, cpuUs: (user + system) / updates };
}
