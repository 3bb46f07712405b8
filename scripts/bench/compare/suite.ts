import { type Figure, figure, load, percentiles, type SuiteOptions } from '../figure.js';
import { Etcd } from './etcd.js';
import { type Peer } from './peer.js';
import { processorSeconds } from './processor-time.js';
import { Skep } from './skep.js';

/** Results of one kind of work on one peer in one round. */
interface Round {
  readonly ops: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time of the three members for one operation, microseconds. */
  readonly cpuUs: number;
}

interface Work {
  readonly name: string;
  /** The figure by which the two are compared: latency of one, or operations a second of many. */
  readonly by: 'p50Ms' | 'perSecond';
  readonly run: (peer: Peer, seconds: number) => Promise<Omit<Round, 'cpuUs'>>;
}

const watchers = 100;

/** Loops of one operation after another over the network. */
const loops = (
  name: string,
  by: Work['by'],
  count: number,
  operation: (peer: Peer, key: string) => Promise<unknown>,
): Work => ({
  name,
  by,
  async run(peer, seconds) {
    const key = (loop: number) => `${name}-${loop}`;
    await Promise.all(Array.from({ length: count }, (_, loop) => peer.write(key(loop))));
    const {
      ops,
      seconds: took,
      p50Ms = NaN,
      p99Ms = NaN,
    } = await load(name, count, seconds, (loop) => operation(peer, key(loop)));
    return { ops, seconds: took, p50Ms, p99Ms };
  },
});

/** Writes inside the leader of skep; etcd cannot be used so, and is asked over the network. */
const inside = (name: string, by: Work['by'], writers: number): Work => {
  const remote = loops(name, by, writers, (peer, key) => peer.write(key));
  return { name, by, run: (peer, seconds) => peer.writeInside?.(writers, seconds) ?? remote.run(peer, seconds) };
};

/** Events that watchers receive while 16 writers write; the latency is that of the writes. */
const watching: Work = {
  name: `events of ${watchers} watches`,
  by: 'perSecond',
  async run(peer, seconds) {
    let events = 0;
    const watch = await peer.watch(watchers, () => events++);
    const latencies: number[] = [];
    const begun = performance.now();
    const end = begun + seconds * 1_000;
    let writes = 0;
    const loop = async (writer: number) => {
      while (performance.now() < end) {
        const before = performance.now();
        await peer.write(`watched-${writer}`);
        latencies.push(performance.now() - before);
        writes++;
      }
    };
    await Promise.all(Array.from({ length: 16 }, (_, writer) => loop(writer)));
    while (events < writes * watchers) await new Promise((resolve) => setTimeout(resolve, 1));
    const took = (performance.now() - begun) / 1_000;
    await watch.stop();
    return { ops: events, seconds: took, ...percentiles(latencies) };
  },
};

const works: readonly Work[] = [
  loops('remote write, 1 writer', 'p50Ms', 1, (peer, key) => peer.write(key)),
  loops('remote write, 64 writers', 'perSecond', 64, (peer, key) => peer.write(key)),
  loops('remote write, 256 writers', 'perSecond', 256, (peer, key) => peer.write(key)),
  loops('remote read, 1 reader', 'p50Ms', 1, (peer, key) => peer.read(key)),
  loops('remote read, 64 readers', 'perSecond', 64, (peer, key) => peer.read(key)),
  inside('write inside, 1 writer', 'p50Ms', 1),
  inside('write inside, 64 writers', 'perSecond', 64),
  inside('write inside, 256 writers', 'perSecond', 256),
  watching,
];

/**
 * The same work on etcd and on skep, each of three members with disks on this machine, from one Node client with one
 * connection to the leader. Rounds alternate, so that both have the same noise; only one is loaded at a time.
 */
export async function* compareSuite({ quick, only = '' }: SuiteOptions): AsyncGenerator<Figure> {
  const [rounds, seconds] = quick ? [1, 1] : [5, 3];
  const peers: Peer[] = [];
  try {
    peers.push(await Etcd.start(), await Skep.start());
    for (const work of works.filter(({ name }) => name.includes(only))) {
      const found = new Map<Peer, Round[]>(peers.map((peer) => [peer, []]));
      for (let round = 0; round < rounds; round++)
        for (const [peer, of] of found) {
          const before = processorSeconds(peer.pids);
          const result = await work.run(peer, seconds);
          of.push({ ...result, cpuUs: ((processorSeconds(peer.pids) - before) * 1e6) / result.ops });
        }
      yield* figuresOf(work, found);
    }
  } finally {
    for (const peer of peers) await peer.close();
  }
}

function* figuresOf({ name, by }: Work, found: ReadonlyMap<Peer, readonly Round[]>): Generator<Figure> {
  const measured = (round: Round) => (by === 'p50Ms' ? round.p50Ms : round.ops / round.seconds);
  const [first] = found.values();
  for (const [{ name: peer }, of] of found) {
    const ops = sum(of.map((round) => round.ops));
    const ratios = of.map((round, i) => measured(round) / measured(first?.[i] as Round)).sort((a, b) => a - b);
    const ratio = `${rounded(median(ratios))} (${rounded(ratios[0])}–${rounded(ratios.at(-1))})`;
    yield figure(`${name}: ${peer}`, ops, sum(of.map((round) => round.seconds)), {
      p50Ms: rounded(median(of.map((round) => round.p50Ms))),
      p99Ms: rounded(median(of.map((round) => round.p99Ms))),
      cpuUs: Math.round(median(of.map((round) => round.cpuUs))),
      ...(of !== first && { [by === 'p50Ms' ? 'latencyRatio' : 'rateRatio']: ratio }),
    });
  }
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
const rounded = (value: number | undefined) => Number((value ?? NaN).toPrecision(3));
