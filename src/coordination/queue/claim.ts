import type { Cancel } from '../../base/clock.js';
import { isStoreError, StoreError } from '../../base/store-error.js';
import { changeOf, type messages, type WaitOptions } from '../../client/index.js';
import { locks, queued } from '../../kinds/index.js';
import { type FencedTx, FencedWrites } from '../fenced.js';
import type { Lease } from '../lease.js';
import type { QueuedRecord, QueuePorts } from './ports.js';

/** Options of {@link Claim.finish}. */
export interface FinishOptions extends WaitOptions {
  /** Keeps the object, which is then no longer in the queue. Default: it is removed. */
  readonly keep?: boolean;
}

/** Options of {@link Claim.giveBack}. */
export interface GiveBackOptions extends WaitOptions {
  /** Time before it can be claimed again, milliseconds. Default 0. */
  readonly delayMs?: number;
  /** Reason, for people: kept with the object. */
  readonly error?: string;
}

/** Circumstances of a claim. */
export interface ClaimTerms<T> {
  readonly item: T;
  readonly record: QueuedRecord;
  /** The lock of the claim. */
  readonly fence: messages.Condition & { readonly version: number };
  readonly lease: Lease;
  readonly ports: QueuePorts;
  /** Attempts after which it is dead. */
  readonly attempts: number;
  /** Time until it is given back unless it is renewed, milliseconds; absent: for as long as this process lives. */
  readonly visibilityMs: number | undefined;
  /** Called once, when the claim is over. */
  readonly onEnd: () => void;
}

/** One object of a queue that this process has, and no other. Made by `queue.claim()`. */
export class Claim<T extends { readonly id: string }> implements AsyncDisposable {
  /** The object, as it was when it was claimed. */
  readonly item: T;
  /** Number of this attempt, from 1. */
  readonly attempt: number;
  /** Grows with every claim of this object. Send it with requests to other systems: they refuse an older one. */
  readonly token: number;
  readonly #terms: ClaimTerms<T>;
  readonly #over = new AbortController();
  readonly #signal: AbortSignal;
  #cancelTimer: Cancel = () => undefined;

  constructor(terms: ClaimTerms<T>) {
    this.item = terms.item;
    this.attempt = terms.record.attempts;
    this.token = terms.fence.version;
    this.#terms = terms;
    this.#signal = AbortSignal.any([terms.lease.signal, this.#over.signal]);
    this.#arm();
  }

  /** Aborts when the claim is over, and before another process can have the object. Stop the work then. */
  get signal(): AbortSignal {
    const { lease } = this.#terms;
    return lease.signal.aborted ? lease.signal : this.#signal;
  }

  /** True when it was finished or given back. */
  get settled(): boolean {
    return this.#over.signal.aborted;
  }

  /** Lets `visibilityMs` count anew. @throws {StoreError} `LEASE_LOST`: the claim is over; stop the work. */
  renew(): void {
    this.#mustHold();
    this.#arm();
  }

  /**
   * Takes the object out of the queue, together with the writes of `write`, as one transaction: either all of it happens, and
   * once, or nothing. Resolves with its version.
   * @throws {StoreError} `LEASE_LOST`: the claim was over, and nothing was written.
   */
  async finish(write: (tx: FencedTx) => void = () => undefined, options: FinishOptions = {}): Promise<number> {
    this.#mustHold();
    const { record, fence } = this.#terms;
    const { keep = false, signal } = options;
    const out: messages.Change[] = [
      { op: 'remove', kind: queued.name, id: record.id },
      { op: 'remove', kind: locks.name, id: fence.id },
    ];
    const object: messages.Change = { op: 'remove', kind: record.kind, id: record.item };
    const writes = new FencedWrites(this.#terms.ports, fence);
    const version = await writes.update(write, { signal, also: keep ? out : [object, ...out] });
    this.#end();
    return version;
  }

  /**
   * Lets another process have the object, after `delayMs`. After the last of its attempts it is dead instead: see `dead` of the
   * queue. A claim that is over is no error: the object is back already.
   */
  async giveBack({ delayMs = 0, error = '', signal }: GiveBackOptions = {}): Promise<void> {
    if (this.settled) return;
    const { record, fence, attempts, ports } = this.#terms;
    const { meta: _meta, ...body } = record;
    const dead = record.attempts >= attempts;
    const at = ports.clock.now() + delayMs;
    const next = { ...body, state: dead ? 'dead' : 'ready', at, claim: '', error: error.slice(0, errorMax) };
    const changes = [changeOf('update', queued.name, next), { op: 'remove' as const, kind: locks.name, id: fence.id }];
    try {
      await ports.client.apply(changes, { fence, signal });
    } catch (reason) {
      if (!isStoreError(reason, 'LEASE_LOST')) throw reason;
    }
    this.#end();
  }

  /** Lets this process claim the object anew, when it could be neither finished nor given back. @internal */
  abandon(): void {
    this.#end();
  }

  /** Gives the object back unless it was finished: `await using claim = …`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.giveBack();
  }

  #mustHold(): void {
    if (this.signal.aborted)
      throw new StoreError('LEASE_LOST', 'the claim is over: another process may have the object');
  }

  #arm(): void {
    const { visibilityMs, ports } = this.#terms;
    this.#cancelTimer();
    if (visibilityMs === undefined) return;
    const late = () => {
      // The object goes back in the background.
      const back = this.giveBack({ error: `it was not renewed for ${visibilityMs} ms` });
      back.catch(() => this.abandon());
      this.#over.abort(new StoreError('LEASE_LOST', `the claim was not renewed for ${visibilityMs} ms`));
    };
    this.#cancelTimer = ports.clock.schedule(visibilityMs, late);
  }

  #end(): void {
    this.#cancelTimer();
    this.#over.abort(new StoreError('LEASE_LOST', 'the claim was finished or given back'));
    this.#terms.onEnd();
  }
}

/** Most characters of an error that are kept. */
const errorMax = 1_000;
