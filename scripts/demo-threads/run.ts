import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { isStoreError } from 'skep';
import { Client } from 'skep/client';
import { Child } from '../bench/child.js';
import { freePort, until } from '../waiting.js';
import type { Mode, Woken } from './app.js';

/** Settings of a run. */
export interface RunOptions {
  /** Folder for data directories. */
  readonly dir: string;
  readonly electionTimeoutMs: number;
  /** Least time for which the application of the leader is blocked. */
  readonly blockMs: number;
}

/** Everything that a run saw. */
export interface Seen {
  readonly mode: Mode;
  readonly before: Leader;
  readonly after: Leader;
  readonly woken: Woken;
  /** Epoch of the lock of the application that was blocked, and of the one that took it then. */
  readonly epochs: readonly [number, number];
  /** Writes of a client elsewhere that were acknowledged while the application was blocked. */
  readonly acknowledged: readonly string[];
  /** Codes of those that were not. */
  readonly failed: readonly string[];
  /** Longest time between two that were. */
  readonly longestWaitMs: number;
  /** Nodes of each member in the end. */
  readonly states: readonly (readonly string[])[];
}

interface Leader {
  readonly name: string;
  readonly term: number;
}

/** Least number of writes that must succeed while the application is blocked. */
const writesMin = 50;
const timeoutMs = 60_000;
/** Time that the applications have to end, after a run that failed. */
const endMs = 10_000;

/**
 * Three applications, each with a member; that of the leader blocks its thread. Waits for what must follow, and not for
 * times: a writer elsewhere goes on, and another application gets the lock.
 */
export async function run(mode: Mode, { dir, electionTimeoutMs, blockMs }: RunOptions): Promise<Seen> {
  const addrs = [await freePort(), await freePort(), await freePort()].map((port) => `127.0.0.1:${port}`);
  const names = addrs.map((_, i) => `m${i + 1}`);
  const apps = new Map(names.map((name) => [name, new Child(join(import.meta.dirname, 'app.ts'), process.execArgv)]));
  const everyone = new Client({ hosts: addrs, timeoutMs });
  const writing = new Client({ hosts: addrs }); // with defaults
  const stop = new AbortController();
  const file = join(dir, `${mode}-goes-on`);
  try {
    const heartbeatMs = electionTimeoutMs / 10;
    const open = async (name: string, i: number) => {
      const options = { name, dataDir: join(dir, mode, name), listenAddr: addrs[i], peers: addrs };
      await apps.get(name)?.ask('open', { mode, options: { ...options, electionTimeoutMs, heartbeatMs } });
    };
    await Promise.all(names.map(open));
    const before = await leaderOf(everyone);
    const blocked = apps.get(before.name) as Child;
    const [other] = names.filter((name) => name !== before.name).map((name) => apps.get(name) as Child);
    const others = new Client({ hosts: addrs.filter((_, i) => names[i] !== before.name), timeoutMs });
    const writer = write(writing, stop.signal);

    const first = await blocked.ask<number>('lock');
    await other?.ask('waitForLock');
    const begun = performance.now();
    const from = writer.acknowledged.length;
    const woken = blocked.ask<Woken>('block', file);
    woken.catch(() => undefined); // awaited below; what comes before may fail
    const second = (await other?.ask<number>('locked')) as number;
    if (mode === 'inside') await until('another leads', async () => (await leaderOf(others)).name !== before.name);
    await until('writes go on', () => writer.acknowledged.length >= from + writesMin, timeoutMs);
    await delay(Math.max(0, begun + blockMs - performance.now()));
    const acknowledged = writer.acknowledged.slice(from);
    const failed = [...writer.failed];
    await writeFile(file, '');

    const seen = await woken;
    stop.abort();
    await writer.done;
    const after = await leaderOf(everyone);
    const states = await statesOf(addrs);
    others.close();
    return {
      mode,
      before,
      after,
      woken: seen,
      epochs: [first, second],
      acknowledged: acknowledged.map(({ id }) => id),
      failed,
      longestWaitMs: longestWait([begun, ...acknowledged.map(({ at }) => at)]),
      states,
    };
  } finally {
    stop.abort();
    everyone.close();
    writing.close();
    await writeFile(file, '');
    const closed = Promise.allSettled([...apps.values()].map((app) => app.ask('close')));
    await Promise.race([closed, delay(endMs, undefined, { ref: false })]);
    await Promise.all([...apps.values()].map((app) => app.stop()));
  }
}

/** A client that writes one node after the other, as a program would: a write that failed is not its last. */
function write(client: Client, signal: AbortSignal) {
  const acknowledged: { readonly id: string; readonly at: number }[] = [];
  const failed: string[] = [];
  const loop = async () => {
    for (let i = 0; !signal.aborted; i++) {
      const id = `write-${i}`;
      try {
        await client.create('node', { id });
        acknowledged.push({ id, at: performance.now() });
      } catch (error) {
        if (!isStoreError(error)) throw error;
        failed.push(error.code);
      }
    }
  };
  const done = loop();
  done.catch(() => undefined); // the run awaits it at its end
  return { acknowledged, failed, done };
}

async function leaderOf(client: Client): Promise<Leader> {
  let found: Leader | undefined;
  const look = async () => {
    const { leader, term } = await client.status();
    if (leader !== undefined) found = { name: leader, term };
    return found !== undefined;
  };
  await until('a member leads', look, timeoutMs);
  return found as Leader;
}

/** Ids of the nodes of each member, once all have the same version. */
async function statesOf(addrs: readonly string[]): Promise<string[][]> {
  const clients = addrs.map((addr) => new Client({ hosts: [addr], timeoutMs }));
  try {
    let states: string[][] = [];
    const look = async () => {
      const lists = await Promise.all(clients.map((client) => client.list('node', undefined, { stale: true })));
      states = lists.map(({ objects }) => objects.map(({ id }) => id).sort());
      return lists.every(({ version }) => version === lists[0]?.version);
    };
    await until('all members have the same', look, timeoutMs);
    return states;
  } finally {
    for (const client of clients) client.close();
  }
}

function longestWait(times: readonly number[]): number {
  return Math.max(...times.slice(1).map((time, i) => time - (times[i] as number)));
}
