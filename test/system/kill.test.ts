import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Client, eventsOf } from '../../src/client/index.js';
import type { Event, Node } from '../../src/index.js';
import { type ManagerProcess, threeManagers, until } from '../support/processes.js';

/** Three real processes with real disks, under load, and what happens to them. */

let dir = '';
let managers: ManagerProcess[] = [];
const clients: Client[] = [];

function client(...hosts: string[]): Client {
  const made = new Client({ hosts, timeoutMs: 30_000 });
  clients.push(made);
  return made;
}

const everyone = () => managers.map(({ addr }) => addr);

/** Writers that note what the cluster acknowledged: ids of created nodes, and the last value of a counter each. */
class Load {
  readonly acknowledged: string[] = [];
  #stopped = false;
  readonly #running: Promise<void>[];

  constructor(writers: number) {
    this.#running = Array.from({ length: writers }, (_, i) =>
      this.#write(client(...everyone().slice(i % 3), ...everyone().slice(0, i % 3)), i),
    );
    for (const running of this.#running) running.catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#running);
  }

  async #write(through: Client, writer: number): Promise<void> {
    for (let i = 0; !this.#stopped; i++) {
      const node = await through.create('node', { id: `w${writer}-${i}` });
      this.acknowledged.push(node.id);
    }
  }
}

/** Everything that a watcher of one member sees, until it is stopped. */
class Watcher {
  readonly events: Event[] = [];
  readonly versions: number[] = [];
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;

  constructor(addr: string) {
    this.#done = this.#follow(client(addr));
    this.#done.catch(() => undefined);
  }

  async end(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  async #follow(through: Client): Promise<void> {
    for await (const transaction of through.watch({ from: 0, signal: this.#stop.signal })) {
      this.versions.push(transaction.version);
      this.events.push(...eventsOf(transaction, false));
    }
  }
}

async function leader(): Promise<ManagerProcess> {
  const { leader: name } = await client(...everyone()).status();
  return managers.find((manager) => manager.name === name) as ManagerProcess;
}

async function level(): Promise<number> {
  let version = -1;
  await until('all members are level', async () => {
    const { members } = await client(...everyone()).status();
    version = members[0]?.version ?? -1;
    return members.length === 3 && members.every((member) => member.reachable && member.version === version);
  });
  return version;
}

async function nodesOf(addr: string): Promise<readonly Node[]> {
  const { objects } = await client(addr).list('node', undefined, { stale: true });
  return objects;
}

/** All three hold the same, and all that was acknowledged. */
async function expectNothingLost(acknowledged: readonly string[]): Promise<void> {
  const states = await Promise.all(everyone().map(nodesOf));
  expect(states[1]).toEqual(states[0]);
  expect(states[2]).toEqual(states[0]);
  const ids = new Set((states[0] ?? []).map(({ id }) => id));
  expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
}

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'skep-system-'));
  managers = await threeManagers(dir);
  for (const manager of managers) await manager.start();
});

afterEach(async () => {
  for (const made of clients.splice(0)) made.close();
  for (const manager of managers) {
    manager.signal('SIGCONT');
    await manager.end('SIGKILL');
  }
  await rm(dir, { recursive: true, force: true });
});

describe('three managers under load', () => {
  it(
    'lose nothing acknowledged when the leader and then a follower are killed, and no watcher misses a version',
    { timeout: 90_000 },
    async () => {
      const first = await leader();
      const follower = managers.find((manager) => manager !== first) as ManagerProcess;
      const watcher = new Watcher(follower.addr);
      const load = new Load(6);
      await until('writes', () => load.acknowledged.length > 100);

      await first.end('SIGKILL');
      let before = load.acknowledged.length;
      await until('writes under the next leader', () => load.acknowledged.length > before + 100);
      await first.start();

      const second = await leader();
      const third = managers.find((manager) => manager !== second && manager !== follower) as ManagerProcess;
      await third.end('SIGKILL');
      before = load.acknowledged.length;
      await until('writes without a follower', () => load.acknowledged.length > before + 100);
      await third.start();

      await load.stop();
      const version = await level();
      await expectNothingLost(load.acknowledged);
      await until('the watcher is level', () => watcher.versions.at(-1) === version);
      await watcher.end();
      expect(watcher.versions).toEqual(Array.from({ length: version }, (_, i) => i + 1));
      // The events that the watcher saw make the state that there is.
      const made = new Map<string, unknown>();
      for (const event of watcher.events) if (event.action === 'create') made.set(event.object.id, event.object);
      expect([...made.values()].sort((a, b) => ((a as Node).id < (b as Node).id ? -1 : 1))).toEqual(
        await nodesOf(follower.addr),
      );
    },
  );

  it('lose nothing acknowledged when all are killed at once', { timeout: 60_000 }, async () => {
    const load = new Load(6);
    await until('writes', () => load.acknowledged.length > 150);
    const acknowledged = [...load.acknowledged];
    await Promise.all(managers.map((manager) => manager.end('SIGKILL')));
    await Promise.all(managers.map((manager) => manager.start()));
    await load.stop();
    await level();
    await expectNothingLost([...acknowledged, ...load.acknowledged]);
  });

  it(
    'end with exit code 0 on SIGTERM without waiting for the writers to stop, the leader handing over first',
    { timeout: 60_000 },
    async () => {
      const load = new Load(4);
      await until('writes', () => load.acknowledged.length > 50);
      const first = await leader();
      const started = Date.now();
      expect(await first.end('SIGTERM')).toBe(0);
      expect(Date.now() - started).toBeLessThan(20_000);
      const before = load.acknowledged.length;
      await until('writes under the next leader', () => load.acknowledged.length > before + 50);
      await first.start();
      await load.stop();
      await level();
      await expectNothingLost(load.acknowledged);
    },
  );

  it('go on while the leader is paused, and it follows when it wakes', { timeout: 60_000 }, async () => {
    const load = new Load(4);
    await until('writes', () => load.acknowledged.length > 50);
    const first = await leader();
    first.signal('SIGSTOP');
    const others = client(...everyone().filter((addr) => addr !== first.addr));
    await until('another leader', async () => {
      const { leader: name } = await others.status();
      return name !== undefined && name !== first.name;
    });
    await others.create('node', { id: 'while-paused' });
    first.signal('SIGCONT');
    await load.stop();
    await level();
    await expectNothingLost([...load.acknowledged, 'while-paused']);
  });
});
