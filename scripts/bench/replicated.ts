import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from '../../src/client/index.js';
import { type OpenReplica, openReplica } from '../../src/index.js';
import { type Figure, load } from './figure.js';

const skepPath = resolve('dist/main.js');
const seconds = 4;
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: console.error };

/** Three replicas as processes on this machine, each with its disk; the leader in this process. */
export async function withCluster<T>(
  use: (leader: OpenReplica) => AsyncGenerator<T>,
  yieldTo: (value: T) => void,
): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'skep-bench-'));
  const followers: ChildProcess[] = [];
  const leader = await openReplica({ name: 'm1', dataDir: join(dir, 'm1'), listenAddr: '127.0.0.1:0', logger: quiet });
  try {
    for (const name of ['m2', 'm3']) followers.push(await startFollower(name, dir, leader.addr));
    if (!leader.isLeader) throw new Error('the first replica does not lead');
    for await (const value of use(leader)) yieldTo(value);
  } finally {
    await leader.close();
    for (const follower of followers) {
      const exited = once(follower, 'exit');
      follower.kill('SIGKILL');
      await exited;
    }
    await rm(dir, { recursive: true, force: true });
  }
}

async function startFollower(name: string, dir: string, join_: string): Promise<ChildProcess> {
  const args = [
    skepPath,
    'manager',
    '--name',
    name,
    '--listen',
    '127.0.0.1:0',
    '--data-dir',
    join(dir, name),
    '--join',
    join_,
    '--log-level',
    'error',
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout })) if (line.startsWith('ready ')) return child;
  throw new Error(`${name} ended before it was ready`);
}

async function collect(use: (leader: OpenReplica) => AsyncGenerator<Figure>): Promise<Figure[]> {
  const figures: Figure[] = [];
  await withCluster(use, (value) => figures.push(value));
  return figures;
}

/** One update per transaction by writers inside the leader's process. */
export async function* replicatedSuite(): AsyncGenerator<Figure> {
  yield* await collect(async function* (leader) {
    const { store } = leader;
    for (const writers of [1, 16, 64, 256]) {
      const own = await Promise.all(
        Array.from({ length: writers }, () =>
          store.update((tx) => tx.nodes().create({ description: { hostname: 'writer' } }).id),
        ),
      );
      yield await load('replicatedUpdate', writers, seconds, (writer, i) =>
        store.update((tx) => {
          const node = tx.nodes().get(own[writer] as string);
          if (node) tx.nodes().update({ ...node, status: { ...node.status, message: `update ${i}` } });
        }),
      );
    }
  });
}

/** The same over gRPC, by writers in this process against a leader that happens to be in it too. */
export async function* remoteSuite(): AsyncGenerator<Figure> {
  yield* await collect(async function* (leader) {
    const client = new Client({ hosts: [leader.addr] });
    for (const writers of [1, 16, 64, 256]) {
      yield await load('remoteCreate', writers, seconds, () =>
        client.create('node', { description: { hostname: 'remote' } }),
      );
    }
    client.close();
  });
}
