import { setMaxListeners } from 'node:events';
import { systemRandom } from '../../src/base/random.js';
import type { Cluster } from './cluster.js';
import { ClientDoor, DirectDoor, type Door, type Seen } from './doors.js';
import { microseconds, type Operation, type OpName, type Recorder } from './history.js';
import { outcomeOf, surprise } from './outcome.js';
import { pause } from './timing.js';

/** All keys begin with this. */
export const prefix = 'k';
const keys = ['k0', 'k1', 'k2', 'k3', 'k4'];

/** What writers and readers do, as often as it stands here. */
const writerOps: readonly OpName[] = [
  ...Array.from({ length: 6 }, () => 'write' as const),
  ...Array.from({ length: 4 }, () => 'cas' as const),
  // Keys come and go, so that what arrives late meets another state than the one it was meant for.
  ...Array.from({ length: 4 }, () => 'create' as const),
  ...Array.from({ length: 3 }, () => 'delete' as const),
  'read',
];
const readerOps: readonly OpName[] = ['read', 'read', 'read', 'read', 'list'];

/** How long a client thinks at most between two operations, milliseconds: this machine has other things to do. */
const thinkMs = 12;
/** How many questions are put through one door before the next one is taken. */
const doorUses = 40;

const pick = <T>(items: readonly T[]): T => items[systemRandom(items.length)] as T;

/** Clients that write and read all the time, each one thing after another. */
export class Load {
  readonly #cluster: Cluster;
  readonly #recorder: Recorder;
  readonly #stopped = new AbortController();
  readonly #clients: LoadClient[] = [];
  #running: Promise<void>[] = [];

  constructor(cluster: Cluster, recorder: Recorder) {
    this.#cluster = cluster;
    this.#recorder = recorder;
    setMaxListeners(0, this.#stopped.signal); // as many as there are clients
  }

  start(writers: number, readers: number): void {
    const ops = [
      ...Array.from({ length: writers }, () => writerOps),
      ...Array.from({ length: readers }, () => readerOps),
    ];
    for (const [i, some] of ops.entries()) {
      // Every other one lets the client find a member that answers.
      const client = new LoadClient(i + 1, this.#cluster, this.#recorder, i % 2 === 0);
      this.#clients.push(client);
      this.#running.push(client.run(some, this.#stopped.signal));
    }
  }

  /** Resolves when the last operation has ended. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await Promise.all(this.#running);
    this.#running = [];
    for (const client of this.#clients) client.close();
  }
}

/** One client: asks one thing at a time and writes down what it was told. */
export class LoadClient {
  readonly #client: number;
  readonly #cluster: Cluster;
  readonly #recorder: Recorder;
  readonly #anyMember: boolean;
  readonly #known = new Map<string, Seen>();
  #door: Door | undefined;
  #doorOf = '';
  #uses = 0;
  #values = 0;

  constructor(client: number, cluster: Cluster, recorder: Recorder, anyMember: boolean) {
    this.#client = client;
    this.#cluster = cluster;
    this.#recorder = recorder;
    this.#anyMember = anyMember;
  }

  async run(ops: readonly OpName[], signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const { result } = await this.do(pick(ops), pick(keys));
      await pause(result === 'fail' ? 5 * thinkMs : 1 + systemRandom(thinkMs), signal);
    }
  }

  /** Makes every key what this client says, so that every watcher has something to wait for. */
  async writeLast(): Promise<Operation[]> {
    const written: Operation[] = [];
    for (const key of keys) {
      let one = await this.do('write', key);
      if (one.result === 'mismatch') one = await this.do('create', key);
      written.push(one);
    }
    return written;
  }

  /** One operation, written down. */
  async do(wanted: OpName, key: string): Promise<Operation> {
    const known = this.#known.get(key);
    const op = wanted === 'cas' && !known ? 'read' : wanted;
    const door = this.#openDoor();
    const value =
      op === 'write' || op === 'create' || op === 'cas' ? `${this.#client}.${(this.#values += 1)}` : undefined;
    const asked = {
      client: this.#client,
      node: door.node,
      op,
      key: op === 'list' ? prefix : key,
      ...(value !== undefined && { value }),
      ...(op === 'cas' && { expect: known?.value ?? '' }),
    };
    const call = microseconds();
    const answer = await this.#ask(door, op, key, value ?? '', known);
    const told: Operation = { ...asked, ...answer, call, return: microseconds() };
    this.#recorder.write(told);
    this.#remember(told);
    if (told.result === 'fail' || told.result === 'unknown') this.#uses = doorUses;
    return told;
  }

  close(): void {
    this.#door?.close();
    this.#door = undefined;
  }

  async #ask(
    door: Door,
    op: OpName,
    key: string,
    value: string,
    known: Seen | undefined,
  ): Promise<Pick<Operation, 'result' | 'value' | 'rev'>> {
    try {
      switch (op) {
        case 'create':
          return { result: 'ok', rev: await door.create(key, value) };
        case 'write':
          return { result: 'ok', rev: await door.update(key, value) };
        case 'cas':
          return { result: 'ok', rev: await door.update(key, value, known?.rev) };
        case 'delete':
          return { result: 'ok', rev: await door.remove(key) };
        case 'read':
          return { result: 'ok', value: null, ...(await door.read(key)) };
        case 'list': {
          const { state, rev } = await door.list(prefix);
          return { result: 'ok', value: state, rev };
        }
      }
    } catch (error) {
      const what = surprise(error);
      if (what !== undefined) this.#cluster.problems.push(`${op} at ${door.node} was answered: ${what}`);
      // A read without an answer changed nothing, and proves nothing.
      return { result: op === 'read' || op === 'list' ? 'fail' : outcomeOf(error, op) };
    }
  }

  #remember({ op, key, value, rev, result }: Operation): void {
    if (result === 'ok' && op !== 'list' && typeof value === 'string' && rev !== undefined)
      this.#known.set(key, { value, rev });
    else if (op === 'delete' || value === null || result === 'mismatch') this.#known.delete(key);
  }

  /** The same door for a while, then another; a new one too when the members have changed. */
  #openDoor(): Door {
    this.#uses += 1;
    const addrs = this.#cluster.addrs.join();
    if (this.#door && this.#uses <= doorUses && this.#doorOf === addrs) return this.#door;
    this.#door?.close();
    const member = pick(this.#cluster.members);
    const hosts = [member.addr, ...this.#cluster.addrs.filter((addr) => addr !== member.addr)];
    this.#door = this.#anyMember ? new ClientDoor(hosts) : new DirectDoor(member.name, member.addr);
    this.#doorOf = addrs;
    this.#uses = 1;
    return this.#door;
  }
}
