import { newId } from '../../base/ids.js';
import { refuseUnknown } from '../../base/options.js';
import { isStoreErrorOf, StoreError } from '../../base/store-error.js';
import { orAborted, pause } from '../../base/waiting.js';
import { changeOf, type messages, type WaitOptions } from '../../client/index.js';
import { type CustomKind, isCustomKind, locks, queued, type Stored } from '../../kinds/index.js';
import { type BackOff, backOffOf } from '../back-off.js';
import { Lease } from '../lease.js';
import { leftOnes, lockPrefix, readyOnes } from './candidates.js';
import { Claim } from './claim.js';
import type { QueuedRecord, QueuePorts } from './ports.js';
import { untilChange } from './until-change.js';
import { QueueWorker, type WorkerOptions } from './worker.js';

/** Options of a queue. */
export interface QueueOptions {
  /** Name of the queue. Default: that of the kind. */
  readonly name?: string;
  /** Attempts after which an object is dead. Default 5. */
  readonly attempts?: number;
  /** Time after which the objects of a process that died are given to others, milliseconds. Default 10,000; from 500. */
  readonly ttlMs?: number;
  /**
   * Time after which an object is given back unless its claim is renewed, milliseconds. Default: it is kept for as long as
   * this process lives.
   */
  readonly visibilityMs?: number;
  /** Waits before an object whose work failed can be claimed again. Default: from 1 s to 60 s. */
  readonly backoff?: Partial<BackOff>;
}

/** Options of {@link Queue.put}. */
export interface PutOptions extends WaitOptions {
  /** Time before it can be claimed, milliseconds. Default 0. */
  readonly delayMs?: number;
}

/** One object that was given up after too many attempts. */
export interface DeadItem {
  /** Id of the object. */
  readonly id: string;
  /** Number of its attempts. */
  readonly attempts: number;
  /** Reason of the last one's failure. */
  readonly error: string;
}

const queueOptions = ['name', 'attempts', 'ttlMs', 'visibilityMs', 'backoff'];
const againMs = 200;
/** Errors of a claim that another process was quicker with. */
const taken = ['NAME_CONFLICT', 'SEQUENCE_CONFLICT', 'NOT_FOUND', 'CONDITION_FAILED', 'ALREADY_EXISTS'] as const;
const away = ['NOT_LEADER', 'OUTCOME_UNKNOWN', 'BUSY'] as const;

/** A work queue of objects of a custom kind. Made by `coordination.queue`. */
export class Queue<Body extends object, D> implements AsyncDisposable {
  /** Name of the queue. */
  readonly name: string;
  readonly #kind: CustomKind<Body, unknown, D>;
  readonly #ports: QueuePorts;
  readonly #options: QueueOptions;
  readonly #attempts: number;
  readonly #ttlMs: number;
  readonly #backOff: BackOff;
  readonly #closed = new AbortController();
  /** Places of what this process has claimed. */
  readonly #held = new Set<string>();
  readonly #workers = new Set<QueueWorker>();
  #lease: Lease | undefined;
  /** Claims of one process are made one after the other: they would only stand in each other's way. */
  #turn: Promise<unknown> = Promise.resolve();
  #looked = -Infinity;
  #made = 0;

  constructor(kind: CustomKind<Body, unknown, D>, ports: QueuePorts, options: QueueOptions = {}) {
    if (!isCustomKind(kind)) throw new TypeError('queue(kind) takes a custom kind: what defineKind returned');
    refuseUnknown('queue', options, queueOptions);
    const { name = kind.name, attempts = 5, ttlMs = 10_000, visibilityMs, backoff } = options;
    if (!/^[\w.-]+$/.test(name)) throw new TypeError('the name of a queue has letters, digits, ., - and _ only');
    if (!(Number.isSafeInteger(attempts) && attempts >= 1))
      throw new TypeError('attempts must be a whole number from 1');
    if (visibilityMs !== undefined && !(visibilityMs > 0)) throw new TypeError('visibilityMs must be above 0');
    this.name = name;
    this.#kind = kind;
    this.#ports = ports;
    this.#options = options;
    this.#attempts = attempts;
    this.#ttlMs = ttlMs;
    this.#backOff = backOffOf(backoff, { firstMs: 1_000, mostMs: 60_000 });
  }

  /** Creates an object and puts it into the queue, in one transaction. Resolves with its id. */
  async put(draft: D & { readonly id?: string }, { delayMs = 0, signal }: PutOptions = {}): Promise<string> {
    const { client, clock, random } = this.#ports;
    const at = clock.now() + delayMs;
    const id = draft.id ?? newId(random);
    const place = { queue: this.name, kind: this.#kind.name, item: id, state: 'ready' as const, at };
    const changes = [
      changeOf('create', this.#kind, { ...draft, id }),
      changeOf('create', queued.name, { ...place, id: this.#placeId(at), attempts: 0, claim: '', error: '' }),
    ];
    await client.apply(changes, { signal });
    return id;
  }

  /**
   * Waits for an object and claims it: no other process has it until this one gives it back, or dies. The oldest comes first.
   * Waits on while the cluster is away.
   * @throws the signal's reason; {@link StoreError} `CLOSED` when the queue is closed.
   */
  async claim({ signal }: WaitOptions = {}): Promise<Claim<Stored<Body>>> {
    const stop = signal ? AbortSignal.any([signal, this.#closed.signal]) : this.#closed.signal;
    return this.#inTurn(stop, async () => {
      for (;;) {
        stop.throwIfAborted();
        try {
          const { claim, version, nextAt } = await this.#tryOnce(stop);
          if (claim) return claim;
          await this.#untilChange(version, nextAt, stop);
        } catch (error) {
          stop.throwIfAborted();
          if (!isStoreErrorOf(error, [...away, 'LEASE_LOST'])) throw error;
          await pause(this.#ports.clock, againMs, stop);
        }
      }
    });
  }

  /** Claims an object if one is ready now. */
  async tryClaim({ signal }: WaitOptions = {}): Promise<Claim<Stored<Body>> | undefined> {
    const stop = signal ? AbortSignal.any([signal, this.#closed.signal]) : this.#closed.signal;
    return this.#inTurn(stop, async () => (await this.#tryOnce(stop)).claim);
  }

  /**
   * Works on objects, `workers` at a time, until it is stopped: `work` gets each claim, which is finished when it resolves
   * and given back when it rejects, with longer and longer waits.
   */
  work(work: (claim: Claim<Stored<Body>>) => unknown, options: WorkerOptions = {}): QueueWorker {
    const claim = (signal: AbortSignal) => this.claim({ signal });
    const worker = new QueueWorker(claim, work as never, {
      ...options,
      backOff: this.#backOff,
      clock: this.#ports.clock,
    });
    this.#workers.add(worker);
    void worker.stopped.then(() => this.#workers.delete(worker));
    return worker;
  }

  /** Lists what was given up after its attempts. */
  async dead({ signal }: WaitOptions = {}): Promise<readonly DeadItem[]> {
    const where = { indexes: [{ index: 'dead', is: this.name }] };
    const { objects } = await this.#ports.client.list(queued, where, { signal });
    return objects.map(({ item, attempts, error }) => ({ id: item, attempts, error }));
  }

  /** Lets a dead object be claimed again, with all its attempts. @throws {StoreError} `NOT_FOUND`: it is not dead. */
  async retry(id: string, { signal }: WaitOptions = {}): Promise<void> {
    const { client, clock } = this.#ports;
    const where = { indexes: [{ index: 'object', is: `${this.name} ${id}` }] };
    const [record] = (await client.list(queued, where, { signal })).objects;
    if (record?.state !== 'dead') throw new StoreError('NOT_FOUND', `${id} is not among the dead of ${this.name}`);
    const next = { ...bodyOf(record), state: 'ready', at: clock.now(), attempts: 0, error: '' };
    await client.apply([changeOf('update', queued.name, next, { version: record.meta.version })], { signal });
  }

  /** Stops the workers and gives back what this process has. */
  async close(): Promise<void> {
    this.#closed.abort(new StoreError('CLOSED', 'the queue is closed'));
    await Promise.all([...this.#workers].map((worker) => worker.stop()));
    await this.#lease?.revoke().catch(() => undefined); // it runs out by itself
  }

  /** Closes it: `await using jobs = coordination.queue(…)`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #inTurn<R>(stop: AbortSignal, run: () => Promise<R>): Promise<R> {
    const next = this.#turn.then(() => {
      stop.throwIfAborted();
      return run();
    });
    this.#turn = next.catch(() => undefined);
    return orAborted(next, stop);
  }

  async #tryOnce(signal: AbortSignal) {
    const lease = await this.#begin(signal);
    const { clock } = this.#ports;
    const ready = await readyOnes(this.#ports, this.name, signal);
    const due = clock.monotonic() - this.#looked >= this.#ttlMs / 3;
    if (ready.records.length > 0 && !due) return { ...ready, claim: await this.#first(ready.records, lease, signal) };
    this.#looked = clock.monotonic();
    const { orphans, ours } = await leftOnes(this.#ports, this.name, { lease: lease.id, held: this.#held }, signal);
    for (const record of ours) {
      const claim = await this.#adopt(record, lease, signal);
      if (claim) return { ...ready, claim };
    }
    return { ...ready, claim: await this.#first([...orphans, ...ready.records], lease, signal) };
  }

  /** One lease holds all that this process has claimed. */
  async #begin(signal: AbortSignal): Promise<Lease> {
    if (this.#lease && !this.#lease.signal.aborted) return this.#lease;
    const { client, clock, holder } = this.#ports;
    this.#held.clear();
    return (this.#lease = await Lease.grant(client, { ttlMs: this.#ttlMs, holder, clock, signal }));
  }

  /** Claims the first of these that can be had. */
  async #first(records: readonly QueuedRecord[], lease: Lease, signal: AbortSignal) {
    for (const record of records) {
      try {
        const claim =
          record.attempts >= this.#attempts ? await this.#bury(record) : await this.#take(record, lease, signal);
        if (claim) return claim;
      } catch (error) {
        if (!isStoreErrorOf(error, taken)) throw error;
      }
    }
    return undefined;
  }

  async #take(record: QueuedRecord, lease: Lease, signal: AbortSignal) {
    const { client, random, holder } = this.#ports;
    const lock = newId(random);
    const name = `${lockPrefix(this.name)}${record.id}`;
    const next = { ...bodyOf(record), state: 'claimed' as const, attempts: record.attempts + 1, claim: lock };
    const changes = [
      changeOf('update', queued.name, next, { version: record.meta.version }),
      changeOf('create', locks.name, { id: lock, lock: name, holder, lease: lease.id }),
    ];
    const { version } = await client.apply(changes, { signal });
    return this.#claimed({ ...record, ...next }, { lock, version }, lease, signal);
  }

  /** Takes over a claim of this process whose answer was lost. */
  async #adopt(record: QueuedRecord, lease: Lease, signal: AbortSignal) {
    const { objects } = await this.#ports.client.list(locks, { ids: [record.claim] }, { signal });
    const [lock] = objects;
    if (lock?.lease !== lease.id) return undefined;
    return this.#claimed(record, { lock: lock.id, version: lock.meta.version }, lease, signal);
  }

  async #claimed(
    record: QueuedRecord,
    { lock, version }: { readonly lock: string; readonly version: number },
    lease: Lease,
    signal: AbortSignal,
  ): Promise<Claim<Stored<Body>> | undefined> {
    const { client } = this.#ports;
    const fence = { kind: locks.name, id: lock, version };
    const [item] = (await client.list(this.#kind, { ids: [record.item] }, { signal })).objects;
    if (!item) {
      // The object was removed by other means: so is its place.
      const out: messages.Change[] = [
        { op: 'remove', kind: queued.name, id: record.id },
        { op: 'remove', kind: locks.name, id: lock },
      ];
      await client.apply(out, { fence, signal });
      return undefined;
    }
    this.#held.add(record.id);
    const { visibilityMs } = this.#options;
    return new Claim<Stored<Body>>({
      item,
      record,
      fence,
      lease,
      ports: this.#ports,
      attempts: this.#attempts,
      visibilityMs,
      onEnd: () => this.#held.delete(record.id),
    });
  }

  /** Gives up an object that has cost its last worker the life, perhaps. */
  async #bury(record: QueuedRecord): Promise<undefined> {
    const error = record.error === '' ? 'its worker went away' : record.error;
    const next = { ...bodyOf(record), state: 'dead', claim: '', error };
    await this.#ports.client.apply([changeOf('update', queued.name, next, { version: record.meta.version })]);
  }

  #untilChange(version: number, nextAt: number | undefined, signal: AbortSignal): Promise<void> {
    const { client, clock } = this.#ports;
    const limitMs = Math.min(this.#ttlMs, nextAt === undefined ? Infinity : Math.max(1, nextAt - clock.now()));
    return untilChange({ client, clock, queue: this.name, version, limitMs, signal });
  }

  /** Ids of one process sort in the order in which they were made: the queue is first in, first out. */
  #placeId(at: number): string {
    const [time, count] = [at.toString(36).padStart(9, '0'), (this.#made++ % 36 ** 4).toString(36).padStart(4, '0')];
    return `${time}${count}${newId(this.#ports.random).slice(0, 12)}`;
  }
}

function bodyOf({ meta: _meta, ...body }: QueuedRecord) {
  return body;
}
