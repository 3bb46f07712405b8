import { messageOf } from '../../src/base/errors.js';
import { systemRandom } from '../../src/base/random.js';
import { isStoreError } from '../../src/base/store-error.js';
import { Client, type RemoteTransaction } from '../../src/client/index.js';
import type { Node } from '../../src/kinds/index.js';
import { until } from '../waiting.js';
import type { Cluster } from './cluster.js';
import { stateOf, valueOf } from './doors.js';
import { type Change, type Filter, microseconds, passes, type Recorder } from './history.js';
import { pause } from './timing.js';

/** How long one watch lasts before its watcher goes on with another one, milliseconds: at least, and up to twice as long. */
const lifeMs = 2_500;

/** A watcher that the members cannot serve may look for one this long, milliseconds. */
const giveUpMs = 10_000;

/**
 * A reader of all changes, from watch to watch: each continues at another member where the one before it ended. It records
 * the messages, and the state that it made of them.
 */
export class Watcher {
  readonly name: string;
  readonly filter: Filter;
  /** The version up to which it has seen everything. */
  rev = -1;
  /** Watches that went on from an earlier one. */
  resumed = 0;
  /** Watches that had to begin anew because history did not reach back that far. */
  resyncs = 0;
  readonly #cluster: Cluster;
  readonly #recorder: Recorder;
  readonly #stopped = new AbortController();
  readonly #done: Promise<void>;
  #state: Record<string, string> = {};
  #watches = 0;

  constructor(name: string, filter: Filter, cluster: Cluster, recorder: Recorder) {
    this.name = name;
    this.filter = filter;
    this.#cluster = cluster;
    this.#recorder = recorder;
    this.#done = this.#run();
  }

  /** Ends when it has seen `rev`; says so when it does not. */
  async endAfter(rev: number, timeoutMs: number): Promise<void> {
    try {
      await until(`watcher ${this.name} sees version ${rev} (it is at ${this.rev})`, () => this.rev >= rev, timeoutMs);
    } finally {
      await this.stop();
    }
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#done;
  }

  async #run(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      const client = this.#client();
      try {
        if (this.rev < 0) await this.#begin(client);
        else this.resumed += 1;
        await this.#watch(client);
      } catch (error) {
        this.#failed(error);
        await pause(200, this.#stopped.signal);
      } finally {
        client.close();
      }
    }
  }

  /** Another member first each time. */
  #client(): Client {
    const { addrs } = this.#cluster;
    const first = systemRandom(addrs.length);
    return new Client({ hosts: [...addrs.slice(first), ...addrs.slice(0, first)], timeoutMs: giveUpMs });
  }

  async #begin(client: Client): Promise<void> {
    const { objects, version } = await client.list('node', { idPrefixes: [this.filter.prefix ?? ''] });
    this.#state = { ...stateOf(objects) };
    this.rev = version;
  }

  async #watch(client: Client): Promise<void> {
    this.#watches += 1;
    const watch = `${this.name}.${this.#watches}`;
    this.#recorder.write({
      type: 'watch_open',
      watch,
      node: 'any',
      from: this.rev,
      filter: this.filter,
      snapshotRev: this.rev,
      snapshot: this.#state,
    });
    const life = AbortSignal.timeout(lifeMs + systemRandom(lifeMs));
    const signal = AbortSignal.any([life, this.#stopped.signal]);
    const selectors = [{ kind: 'node', ...(this.filter.prefix !== undefined && { idPrefixes: [this.filter.prefix] }) }];
    for await (const transaction of client.watch({ from: this.rev, selectors, signal })) {
      if (signal.aborted) return; // a watch that went on from here says it again
      this.#take(watch, transaction);
    }
  }

  #take(watch: string, { version, events }: RemoteTransaction): void {
    const changes = events.map((event): Change => {
      const key = event.object.id;
      const value = valueOf(event.object as Node);
      if (event.action === 'delete') return { kind: 'delete', key, prev: value };
      if (event.action === 'create') return { kind: 'create', key, value };
      return { kind: 'update', key, value, prev: valueOf(event.old as Node) };
    });
    this.#recorder.write({ type: 'watch_event', watch, rev: version, t: microseconds(), events: changes });
    this.#state = { ...this.#state };
    for (const { kind, key, value } of changes.filter(({ key }) => passes(this.filter, key)))
      if (kind === 'delete') delete this.#state[key];
      else this.#state[key] = value ?? '';
    this.rev = version;
  }

  #failed(error: unknown): void {
    if (this.#stopped.signal.aborted) return;
    if (isStoreError(error, 'RESYNC')) {
      this.resyncs += 1;
      this.rev = -1;
    } else if (isStoreError(error) && !isStoreError(error, 'NOT_LEADER')) {
      this.#cluster.problems.push(`watcher ${this.name} was told: ${messageOf(error)}`);
    }
  }
}
