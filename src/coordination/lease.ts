import type { Cancel, Clock } from '../base/clock.js';
import { StoreError } from '../base/store-error.js';
import type { Client, WaitOptions } from '../client/index.js';

/** A part of its life is left when a lease is given up on: what it protects must have stopped by the end. */
const marginShare = 0.1;
/** Renewals of a lease in its time to live. */
const renewals = 3;

/** Part of a client that leases need. */
export type LeaseClient = Pick<Client, 'grantLease' | 'keepAlive' | 'revokeLease'>;

/** Options of a lease. */
export interface LeaseOptions {
  /** Time after which it expires unless it is renewed, milliseconds. */
  readonly ttlMs: number;
  /** Name of the holder, for people. */
  readonly holder: string;
  /** Time; default the clock of the system. */
  readonly clock: Clock;
  /** Time before its end at which it is given up, milliseconds: what it protects stops within it. Default a tenth. */
  readonly marginMs?: number | undefined;
  /** Cancels beginning the lease. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A lease that is kept alive for as long as it can be.
 *
 * Time counts from before each question: the leader counts from when it came in, so our end is never later than its. The
 * signal aborts earlier, by the margin.
 */
export class Lease implements AsyncDisposable {
  /** Identity of the lease: objects are attached to it by this. */
  readonly id: string;
  /** Time after which it expires unless it is renewed, milliseconds. */
  readonly ttlMs: number;
  readonly #client: LeaseClient;
  readonly #clock: Clock;
  readonly #marginMs: number;
  readonly #ended = new AbortController();
  #validUntil: number;
  #cancelDeadline: Cancel = () => undefined;
  /** Ends the pause before the next renewal. */
  #wake: () => void = () => undefined;
  #stopped = false;

  private constructor(client: LeaseClient, id: string, { ttlMs, clock, marginMs }: LeaseOptions, since: number) {
    this.#client = client;
    this.id = id;
    this.ttlMs = ttlMs;
    this.#clock = clock;
    this.#marginMs = marginMs ?? ttlMs * marginShare;
    this.#validUntil = since + ttlMs;
    this.#watchDeadline();
    this.#keep().catch((error: unknown) => this.#end(error));
  }

  /** Begins a lease. @throws {StoreError} `NOT_LEADER` when no member answered in time; the signal's reason. */
  static async grant(client: LeaseClient, options: LeaseOptions): Promise<Lease> {
    const { ttlMs, holder, signal } = options;
    const since = options.clock.monotonic();
    const id = await client.grantLease({ ttlMs, holder }, { signal });
    return new Lease(client, id, options, since);
  }

  /**
   * Aborts before the lease can be over, and when it is. Its reason says why. Reading it looks at the clock: a process that
   * was paused learns that it is late before its timers run.
   */
  get signal(): AbortSignal {
    if (!this.#stopped && this.#clock.monotonic() >= this.#validUntil - this.#marginMs) this.#end(late());
    return this.#ended.signal;
  }

  /** Ends the lease, and removes the objects attached to it. Idempotent. */
  async revoke(options: WaitOptions = {}): Promise<void> {
    this.#end(new StoreError('LEASE_LOST', 'the lease was given back'));
    await this.#client.revokeLease(this.id, options);
  }

  /** Revokes the lease: `await using lease = …`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.revoke();
  }

  /** Stops keeping it alive; it runs out by itself. */
  abandon(): void {
    this.#end(new StoreError('LEASE_LOST', 'the lease was given up'));
  }

  async #keep(): Promise<void> {
    const pauseMs = this.ttlMs / renewals;
    for (let waitMs = pauseMs; !this.#stopped;) {
      await this.#pause(waitMs);
      if (this.#stopped) return;
      const asked = this.#clock.monotonic();
      try {
        // A member that is silent must leave time to ask another.
        const timeoutMs = Math.max(1, this.#validUntil - this.#marginMs - asked);
        const [lost] = await this.#client.keepAlive([this.id], { timeoutMs, signal: this.signal });
        if (lost !== undefined) this.#end(new StoreError('LEASE_LOST', 'the lease is over'));
        this.#validUntil = Math.max(this.#validUntil, asked + this.ttlMs);
        this.#watchDeadline();
        waitMs = pauseMs;
      } catch {
        waitMs = pauseMs / 4; // the deadline decides when it is too late
      }
    }
  }

  /** Nothing of a lease that has ended keeps the process. */
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.schedule(ms, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }

  #watchDeadline(): void {
    this.#cancelDeadline();
    if (this.#stopped) return;
    const left = this.#validUntil - this.#marginMs - this.#clock.monotonic();
    this.#cancelDeadline = this.#clock.schedule(Math.max(0, left), () => this.#end(late()));
  }

  #end(reason: unknown): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#cancelDeadline();
    this.#wake();
    this.#ended.abort(reason);
  }
}

const late = () => new StoreError('LEASE_LOST', 'the lease could not be kept alive in time');
