import { byIdPrefix, type Tx } from '../kinds/index.js';
import { Chance } from './chance.js';
import { Violation } from './raft-invariants.js';
import { noLoad, SimClient } from './sim-client.js';
import type { SimCluster } from './sim-cluster.js';

/** Objects that all clients write, and those of large transactions. */
const keys = Array.from({ length: 8 }, (_, i) => `k${i}`);
const many = Array.from({ length: 200 }, (_, i) => `b${i}`);

const draft = (id: string, v: string) => ({ id, spec: { annotations: { labels: { v } } } });

function put(tx: Tx, id: string, value: string): void {
  if (tx.nodes().get(id)) tx.nodes().update(draft(id, value));
  else tx.nodes().create(draft(id, value));
}

/** Clients that write and read all the time, each one thing after another. */
export class Load {
  readonly counts = noLoad();
  readonly #cluster: SimCluster;
  readonly #seed: number;
  #stopped = false;

  constructor(cluster: SimCluster, seed: number) {
    this.#cluster = cluster;
    this.#seed = seed;
  }

  /** Begins `clients` clients that make together about `perSecond` operations. */
  start(clients: number, perSecond: number): void {
    for (let i = 1; i <= clients; i++) {
      this.#live(`c${i}`, (clients * 1_000) / perSecond).catch((error: unknown) => this.#cluster.fail(error));
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  async #live(name: string, meanMs: number): Promise<void> {
    const chance = new Chance(this.#seed, `client ${name}`);
    const client = new SimClient(name, this.#cluster, chance, { counts: this.counts, givesUp: 0.4 });
    for (let i = 1; !this.#stopped && !this.#cluster.failure; i++) {
      await this.#cluster.scheduler.sleep(chance.exponential(meanMs));
      await this.#operate(client, chance, `${name}.${i}`);
    }
  }

  async #operate(client: SimClient, chance: Chance, value: string): Promise<void> {
    const id = chance.pick(keys);
    const drawn = chance.between(1, 100);
    if (drawn <= 30) await client.read();
    else if (drawn <= 60) await client.write((tx) => put(tx, id, value));
    else if (drawn <= 70) await client.write((tx) => tx.nodes().delete(id));
    else if (drawn <= 80) await this.#compareAndSet(client, id, value);
    else if (drawn <= 99) {
      const others = chance.shuffle(keys).slice(0, 3);
      await client.write((tx) => others.forEach((other) => put(tx, other, value)));
    } else {
      // Large, and gone again with the next one: the state stays small.
      const count = Math.min(many.length, Math.ceil(chance.exponential(40)));
      await client.write((tx) => {
        const there = tx.nodes().find(byIdPrefix('b'));
        if (there.length > 0) there.forEach((node) => tx.nodes().delete(node.id));
        else many.slice(0, count).forEach((other) => put(tx, other, value));
      });
    }
  }

  /** Writes only when no other client has written since. */
  async #compareAndSet(client: SimClient, id: string, value: string): Promise<void> {
    const seen = client.peek(id);
    if (!seen) return;
    const made = await client.write((tx) => {
      tx.nodes().update({ ...draft(id, value), meta: { version: seen.version } });
    });
    if (made === undefined) return;
    const { store } = this.#cluster;
    const before = store.versionBefore(id, made);
    if (before !== seen.version && store.valueAt(id, made) === value)
      this.#cluster.fail(
        new Violation('NoLostUpdate', `${id} was written over version ${before} by one who had seen ${seen.version}`),
      );
  }
}
