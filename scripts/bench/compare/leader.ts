/** One skep member in a process of its own that also writes by itself when it is asked to. */
import { openReplica } from '../../../src/index.js';
import { serve } from '../child.js';
import { load } from '../figure.js';
import { type InsideWrites, value } from './peer.js';

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: console.error };
const opening = openReplica({
  name: 'm1',
  dataDir: process.env.SKEP_BENCH_DIR ?? '',
  listenAddr: '127.0.0.1:0',
  logger: quiet,
});

serve({
  addr: async () => (await opening).addr,
  async write({ writers, seconds }: { writers: number; seconds: number }): Promise<InsideWrites> {
    const { store } = await opening;
    const ids = await Promise.all(
      Array.from({ length: writers }, () => store.update((tx) => tx.nodes().create({}).id)),
    );
    const {
      ops,
      seconds: took,
      p50Ms = NaN,
      p99Ms = NaN,
    } = await load('inside', writers, seconds, (writer, i) =>
      store.update((tx) => {
        const node = tx.nodes().get(ids[writer] as string);
        if (node) tx.nodes().update({ ...node, status: { ...node.status, message: `${i} ${value}` } });
      }),
    );
    return { ops, seconds: took, p50Ms, p99Ms };
  },
});
