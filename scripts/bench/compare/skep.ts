import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from '../../../src/client/index.js';
import { Child } from '../child.js';
import { type InsideWrites, type Peer, value } from './peer.js';

/** Three skep members on loopback with their defaults, and one client with one connection to the leader. */
export class Skep implements Peer {
  readonly name = 'skep';
  readonly #leader: Child;
  readonly #followers: ChildProcess[];
  readonly #client: Client;
  readonly #dir: string;
  readonly #written = new Map<string, Promise<string>>();

  private constructor(dir: string, leader: Child, followers: ChildProcess[], addr: string) {
    this.#dir = dir;
    this.#leader = leader;
    this.#followers = followers;
    this.#client = new Client({ hosts: [addr] });
  }

  static async start(): Promise<Skep> {
    const dir = await mkdtemp(join(tmpdir(), 'skep-bench-'));
    const leader = new Child('compare/leader', [], { SKEP_BENCH_DIR: join(dir, 'm1') });
    const addr = await leader.ask<string>('addr');
    const followers = [await follower('m2', dir, addr), await follower('m3', dir, addr)];
    return new Skep(dir, leader, followers, addr);
  }

  get pids(): number[] {
    return [this.#leader.pid, ...this.#followers.map(({ pid }) => pid as number)];
  }

  /** Creates an object under the key the first time, and replaces it later, as a put does. */
  async write(key: string): Promise<unknown> {
    const id = this.#written.get(key);
    if (id !== undefined) return this.#client.update('node', { id: await id, spec: specOf(key) });
    const created = this.#client.create('node', { spec: specOf(key) });
    this.#written.set(
      key,
      created.then((node) => node.id),
    );
    return created;
  }

  async read(key: string): Promise<unknown> {
    return this.#client.get('node', (await this.#written.get(key)) ?? '');
  }

  async watch(watchers: number, seen: () => void): Promise<{ stop(): Promise<void> }> {
    const stop = new AbortController();
    const begun: Promise<void>[] = [];
    const running = Array.from({ length: watchers }, () => {
      let synced!: () => void;
      begun.push(new Promise((resolve) => (synced = resolve)));
      return (async () => {
        for await (const message of this.#client.messages({ signal: stop.signal })) {
          if (message.type === 'synced') synced();
          if (message.type === 'transaction') for (let i = 0; i < message.events.length; i++) seen();
        }
      })();
    });
    await Promise.all(begun);
    return {
      async stop() {
        stop.abort();
        await Promise.allSettled(running);
      },
    };
  }

  writeInside(writers: number, seconds: number): Promise<InsideWrites> {
    return this.#leader.ask('write', { writers, seconds });
  }

  async close(): Promise<void> {
    this.#client.close();
    await this.#leader.stop();
    for (const child of this.#followers) {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
    await rm(this.#dir, { recursive: true, force: true });
  }
}

const specOf = (key: string) => ({ annotations: { labels: { key, value } } });

async function follower(name: string, dir: string, leader: string): Promise<ChildProcess> {
  const own = ['--name', name, '--data-dir', join(dir, name), '--listen', '127.0.0.1:0'];
  const args = [resolve('dist/main.js'), 'manager', ...own, '--join', leader, '--log-level', 'error'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout })) if (line.startsWith('ready ')) return child;
  throw new Error(`${name} ended before it was ready`);
}
