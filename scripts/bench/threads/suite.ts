import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Worker } from 'node:worker_threads';
import { Client } from '../../../src/client/index.js';
import { type OpenReplica, openReplica } from '../../../src/index.js';
import { type Figure, figure, load, type SuiteOptions } from '../figure.js';
import type { Way } from './echo.js';
import { Ring } from './ring.js';

/** Bytes of a message: about those of a small transaction. */
const messageBytes = 300;
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: console.error };

/** One operation, to be measured with some in flight. */
interface Subject {
  readonly name: string;
  readonly ask: (loop: number, i: number) => Promise<unknown>;
  readonly close: () => Promise<unknown>;
}

interface Measured {
  readonly figure: Figure;
  readonly cpuUs: number;
  readonly appUs: number;
}

/**
 * The cost of another thread: of a message there and back, by each way that Node has; and of a write when member and
 * application share a thread, and when they do not. `cpuUs` is the processor time of all threads for one operation, and
 * `appUs` the time for which the thread of the application was busy.
 */
export async function* threadsSuite({ quick, only = '' }: SuiteOptions): AsyncGenerator<Figure> {
  const [rounds, seconds] = quick ? [1, 0.5] : [5, 2];
  const dir = await mkdtemp(join(tmpdir(), 'skep-bench-'));
  try {
    for (const group of [hops, writes]) {
      const subjects = await group(dir);
      for (const inFlight of [1, 64]) {
        const found = new Map<Subject, Measured[]>(subjects.map((subject) => [subject, []]));
        for (let round = 0; round < rounds; round++)
          for (const [subject, of] of found)
            if (subject.name.includes(only)) of.push(await measured(subject, inFlight, seconds));
        for (const [{ name }, of] of found) if (of.length > 0) yield median(`${name}, ${inFlight} in flight`, of);
      }
      for (const { close } of subjects) await close();
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function measured({ name, ask }: Subject, inFlight: number, seconds: number): Promise<Measured> {
  await load(name, inFlight, seconds / 5, ask);
  const [before, loopBefore] = [process.cpuUsage(), performance.eventLoopUtilization()];
  const result = await load(name, inFlight, seconds, ask);
  const { user, system } = process.cpuUsage(before);
  const { active } = performance.eventLoopUtilization(loopBefore);
  return { figure: result, cpuUs: (user + system) / result.ops, appUs: (active * 1_000) / result.ops };
}

/** The round with the median of the processor time. */
function median(name: string, of: readonly Measured[]): Figure {
  const sorted = [...of].sort((a, b) => a.cpuUs - b.cpuUs);
  const { figure: middle, cpuUs, appUs } = sorted[Math.floor(sorted.length / 2)] as Measured;
  const { p50Ms = NaN, p99Ms = NaN } = middle;
  return figure(name, middle.ops, middle.seconds, { p50Ms, p99Ms, cpuUs: rounded(cpuUs), appUs: rounded(appUs) });
}

const rounded = (value: number) => Number(value.toPrecision(3));

// ---------------------------------------------------------------- a message there and back

function hops(): Promise<Subject[]> {
  return Promise.all([hop('copied'), hop('transferred'), hop('ring')]);
}

async function hop(way: Way): Promise<Subject> {
  const ring = { there: new Ring(), back: new Ring() };
  const rings = { there: ring.there.memory, back: ring.back.memory };
  const workerData = { way, ...(way === 'ring' && { rings }) };
  const worker = new Worker(new URL('./echo.js', import.meta.url), { workerData });
  await once(worker, 'message');
  const asked: (() => void)[] = []; // answers come in order
  const answered = () => asked.shift()?.();
  if (way === 'ring') void ring.back.read(answered);
  else worker.on('message', answered);
  const send = (message: Uint8Array) => {
    if (way === 'ring') ring.there.write(message);
    else if (way === 'copied') worker.postMessage(message);
    else worker.postMessage(message, [message.buffer as ArrayBuffer]);
  };
  const ask = () =>
    new Promise<void>((resolve) => {
      asked.push(resolve);
      send(new Uint8Array(messageBytes));
    });
  return { name: `hop, ${way}`, ask, close: () => worker.terminate() };
}

// ---------------------------------------------------------------- a write

/** One member with a disk each; the application in the same thread, asking as a client, and in another thread. */
async function writes(dir: string): Promise<Subject[]> {
  const shared = await openReplica({ name: 'm1', dataDir: join(dir, 'shared'), logger: quiet });
  const apart = new Worker(new URL('./member.js', import.meta.url), { workerData: join(dir, 'apart') });
  const [addr] = (await once(apart, 'message')) as [string];
  const [local, remote] = [new Client({ replica: shared }), new Client({ hosts: [addr] })];
  for (let loop = 0; loop < 64; loop++)
    for (const client of [local, remote]) await client.create('node', { id: `node-${loop}` });
  const closeShared = async () => {
    local.close();
    await shared.close();
  };
  const closeApart = async () => {
    remote.close();
    const exited = once(apart, 'exit');
    apart.postMessage('close');
    await exited;
  };
  const nothing = () => Promise.resolve();
  return [
    { name: 'write, store', ask: (loop, i) => inStore(shared, loop, i), close: nothing },
    { name: 'write, client in the thread', ask: (loop, i) => byClient(local, loop, i), close: closeShared },
    { name: 'write, client in another', ask: (loop, i) => byClient(remote, loop, i), close: closeApart },
  ];
}

function inStore({ store }: OpenReplica, loop: number, i: number): Promise<unknown> {
  return store.update((tx) => {
    const node = tx.nodes().get(`node-${loop}`);
    if (node) tx.nodes().update({ ...node, spec: specOf(i) });
  });
}

function byClient(client: Client, loop: number, i: number): Promise<unknown> {
  return client.update('node', { id: `node-${loop}`, spec: specOf(i) });
}

const specOf = (i: number) => ({ annotations: { labels: { value: `${i} ${'v'.repeat(100)}` } } });
