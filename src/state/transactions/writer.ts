import { onAbort } from '../../base/abort.js';
import type { Cancel, Clock } from '../../base/clock.js';
import { refuseUnknown } from '../../base/options.js';
import { StoreError } from '../../base/store-error.js';
import { checkLimits } from '../../kinds/definition.js';
import type { Tx } from '../../kinds/tx.js';
import type { StateRoot } from '../root.js';
import { Deadlines } from './deadlines.js';
import type { Labels, Ledger } from './ledger.js';
import { Turn } from './turn.js';
import { type KindLimitsByName, WriteTransaction } from './write-transaction.js';

/** Options of one write. */
export interface UpdateOptions {
  /** Author of the write; kept in history. At most 128 characters. */
  readonly actor?: string;
  /** Purpose of the write; kept in history. At most 1,024 characters. */
  readonly reason?: string;
  /** At most 128 characters. A repeat of one of the last 10,000 ids does nothing and resolves with `undefined`. For retries after `OUTCOME_UNKNOWN`. */
  readonly requestId?: string;
  /**
   * Trace of the writer, in the form of W3C Trace Context (`traceparent`); kept in history where it is recorded. Default: that
   * of the active span, where the application traces.
   */
  readonly trace?: string;
  /** Gives up waiting: `OUTCOME_UNKNOWN` once proposed, else the signal's reason. */
  readonly signal?: AbortSignal;
  /** Milliseconds to wait for a leader, and then for the commit. Default 10,000. */
  readonly timeoutMs?: number;
  /**
   * On a follower: runs the callback on the state of this member, and lets the leader make the changes while all that it read
   * is still so; else it runs again. For `update` alone. Default: `NOT_LEADER`.
   */
  readonly forward?: boolean;
}

/** Limits of a store. */
export interface Limits {
  /** Most encoded bytes of one transaction; default 1.5 MiB. */
  readonly transactionBytes: number;
  /** Changes at which a batch is cut; default 200. */
  readonly batchChanges: number;
  /** Limits of each kind, over those of the kind's definition: `{ task: { objects: 100_000 } }`. */
  readonly kinds: KindLimitsByName;
}

/** Limits of a store that is given none. */
export const limitDefaults: Limits = { transactionBytes: 1.5 * 1024 * 1024, batchChanges: 200, kinds: {} };

/** Limits with their defaults. Throws a `RangeError` that names the limit. */
export function limitsOf(given: Partial<Limits> = {}): Limits {
  const {
    transactionBytes = limitDefaults.transactionBytes,
    batchChanges = limitDefaults.batchChanges,
    kinds = limitDefaults.kinds,
  } = given;
  refuseUnknown('limits', given, Object.keys(limitDefaults));
  if (!(transactionBytes > 0)) throw new RangeError('limits.transactionBytes must be a number above 0');
  if (!(batchChanges >= 1)) throw new RangeError('limits.batchChanges must be a number from 1');
  for (const [kind, limit] of Object.entries(kinds)) checkLimits(kind, limit ?? {});
  return { transactionBytes, batchChanges, kinds };
}

const timeoutDefaultMs = 10_000;

/** Phase of a write: decides what giving up means. */
type Phase = 'waiting' | 'electing' | 'writing' | 'proposed';

/** A write on its way, whatever it will say. */
export interface OpenWrite {
  phase: Phase;
  readonly settled: boolean;
  watch(): void;
  onSettled(cleanup: Cancel): void;
  reject(error: unknown): void;
}

/** One write on its way, with everything that may end it early. Settles once. */
export class Ticket<T> implements OpenWrite {
  readonly promise: Promise<T>;
  phase: Phase = 'waiting';
  settled = false;
  #resolve!: (value: T) => void;
  #reject!: (error: unknown) => void;
  #cleanups: Cancel[] = [];

  constructor(
    private readonly options: UpdateOptions,
    private readonly deadlines: Deadlines,
  ) {
    this.promise = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** From here on time and the signal count. Called once, when the write cannot be answered at once. */
  watch(): void {
    if (this.settled || this.#cleanups.length > 0) return;
    const { signal, timeoutMs = timeoutDefaultMs } = this.options;
    this.#cleanups.push(this.deadlines.add(timeoutMs, () => this.reject(this.#tooLate(timeoutMs))));
    if (!signal) return;
    const giveUp = () =>
      this.reject(this.phase === 'proposed' ? unknownOutcome('aborted', signal.reason) : signal.reason);
    this.onSettled(onAbort(signal, giveUp));
  }

  /** Runs `cleanup` when the write settles. */
  onSettled(cleanup: Cancel): void {
    if (this.settled) cleanup();
    else this.#cleanups.push(cleanup);
  }

  resolve(value: T): void {
    if (this.#settle()) this.#resolve(value);
  }

  reject(error: unknown): void {
    if (this.#settle()) this.#reject(error);
  }

  #settle(): boolean {
    if (this.settled) return false;
    this.settled = true;
    for (const cleanup of this.#cleanups) cleanup();
    this.#cleanups = [];
    return true;
  }

  #tooLate(timeoutMs: number): StoreError {
    switch (this.phase) {
      case 'proposed':
        return unknownOutcome(`not committed within ${timeoutMs} ms`);
      case 'electing':
        return new StoreError('NOT_LEADER', `no leader within ${timeoutMs} ms; nothing was proposed`);
      case 'writing':
        return new StoreError('BUSY', `the transaction was not made within ${timeoutMs} ms; nothing was proposed`);
      case 'waiting':
        return new StoreError(
          'BUSY',
          `a batch or a restore kept the turn for ${timeoutMs} ms; nothing was proposed (do not await an update inside a batch)`,
        );
    }
  }
}

function unknownOutcome(why: string, cause?: unknown): StoreError {
  return new StoreError(
    'OUTCOME_UNKNOWN',
    `${why}: the change may still commit. Read before writing again, or repeat with a requestId`,
    { cause },
  );
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}

/** Refuses a callback that waits, and ignores the later result of its promise. */
export function refuseAsync(value: unknown): void {
  if (!isThenable(value)) return;
  if (value instanceof Promise) value.catch(() => undefined); // it has no other listener
  throw new StoreError(
    'ASYNC_CALLBACK',
    'the callback returned a promise: a transaction cannot wait. Fetch first, then write',
  );
}

/** Options of an update that was given none. */
export const noOptions: UpdateOptions = Object.freeze({});

function checkOptions(options: UpdateOptions): void {
  if (options === noOptions) return;
  const { timeoutMs, actor, reason, requestId, trace } = options;
  if (timeoutMs !== undefined && !(typeof timeoutMs === 'number' && timeoutMs > 0))
    throw new TypeError('timeoutMs must be a positive number of milliseconds');
  for (const [name, value] of Object.entries({ actor, reason, requestId, trace })) {
    if (value !== undefined && (typeof value !== 'string' || !value.isWellFormed()))
      throw new TypeError(`${name} must be a string`);
  }
  if (requestId === '') throw new TypeError('requestId must not be empty');
}

/** Most characters (UTF-16 units) of a transaction's labels, all of which are kept in history. */
export const labelCharactersMax = { actor: 128, reason: 1_024, requestId: 128 } as const;

/** Returns an error when a label of a transaction is too long. */
function tooLongLabel({ actor, reason, requestId }: UpdateOptions): StoreError | undefined {
  return longer('actor', actor) ?? longer('reason', reason) ?? longer('requestId', requestId);
}

function longer(name: keyof typeof labelCharactersMax, label = ''): StoreError | undefined {
  const max = labelCharactersMax[name];
  if (label.length <= max) return undefined;
  const message = `${name} has ${label.length} characters, and at most ${max} are taken: put what is longer into an object`;
  return new StoreError('INVALID_OBJECT', message, { path: name });
}

/** Runs transactions: when they may, on what, and what becomes of them. */
export class Writer {
  readonly ledger: Ledger;
  readonly turn = new Turn();
  readonly limits: Limits;
  readonly #deadlines: Deadlines;
  readonly #newId: () => string;
  readonly #open = new Set<OpenWrite>();
  #closed = false;

  constructor(ledger: Ledger, options: { clock: Clock; limits: Limits; newId: () => string }) {
    this.ledger = ledger;
    this.limits = options.limits;
    this.#deadlines = new Deadlines(options.clock);
    this.#newId = options.newId;
  }

  /** A ticket for a write that is about to start; rejected already when it must not. */
  ticket<T>(options: UpdateOptions): Ticket<T> {
    checkOptions(options);
    const ticket = new Ticket<T>(options, this.#deadlines);
    const tooLong = tooLongLabel(options);
    if (tooLong) ticket.reject(tooLong);
    else if (this.#closed) ticket.reject(new StoreError('CLOSED', 'the store is closed'));
    else if (options.signal?.aborted) ticket.reject(options.signal.reason);
    return ticket;
  }

  update<T>(write: (tx: Tx) => T, options: UpdateOptions): Promise<T> {
    const ticket = this.ticket<T>(options);
    if (typeof write !== 'function') ticket.reject(new TypeError('update takes a function: update((tx) => …)'));
    this.start(ticket, () => this.#run(ticket, write, options));
    return ticket.promise;
  }

  /** Calls `run` when no other writer has the turn and this member may write; at once when that is now. */
  start(ticket: OpenWrite, run: () => void): void {
    if (ticket.settled) return;
    if (!this.turn.free) {
      ticket.phase = 'waiting';
      this.keep(ticket);
      const leave = this.turn.wait(() => this.start(ticket, run));
      ticket.onSettled(leave);
      return;
    }
    let admitted: Promise<void> | undefined;
    try {
      admitted = this.ledger.proposer?.admit?.();
    } catch (error) {
      ticket.reject(error);
      return;
    }
    if (!admitted) {
      run();
      return;
    }
    ticket.phase = 'electing';
    this.keep(ticket);
    admitted.then(
      () => this.start(ticket, run),
      (error: unknown) => ticket.reject(error),
    );
  }

  /** Makes an id for an object that comes without one. */
  newId(): string {
    return this.#newId();
  }

  newTransaction({ group = false } = {}): WriteTransaction {
    const { pending: base, kinds } = this.ledger;
    return new WriteTransaction({
      base,
      kinds,
      stamp: this.ledger.nextStamp(),
      newId: this.#newId,
      limits: this.limits.kinds,
      group,
    });
  }

  /**
   * Submits the changes of `tx`; the ticket settles with it. Returns the resulting state, unless the transaction was
   * refused at once.
   */
  submit<T>(ticket: Ticket<T>, tx: WriteTransaction, value: T, labels: Labels): StateRoot | undefined {
    ticket.phase = 'proposed';
    const root = this.ledger.submit(
      tx,
      labels,
      () => ticket.resolve(value),
      (error) => ticket.reject(error),
    );
    this.keep(ticket);
    return root;
  }

  /** Settles the ticket once what it rests on is certain. */
  whenCertain(ticket: OpenWrite, settle: () => void): void {
    if (!this.ledger.proposer) {
      settle();
      return;
    }
    ticket.phase = 'electing';
    this.keep(ticket);
    this.ledger.certain().then(settle, (error: unknown) => ticket.reject(error));
  }

  /** Rejects open writes. Proposed ones may still commit, but this member will not know. */
  close(): void {
    this.#closed = true;
    for (const ticket of [...this.#open]) {
      ticket.reject(
        new StoreError(
          'CLOSED',
          ticket.phase === 'proposed' ? 'the store was closed; the change may still commit' : 'the store was closed',
        ),
      );
    }
  }

  get closed(): boolean {
    return this.#closed;
  }

  #run<T>(ticket: Ticket<T>, write: (tx: Tx) => T, options: UpdateOptions): void {
    if (this.repeats(ticket, options)) return;
    const tx = this.newTransaction();
    this.turn.take();
    try {
      const value = write(tx);
      refuseAsync(value);
      tx.close();
      if (this.#closed) {
        ticket.reject(new StoreError('CLOSED', 'the callback closed the store; nothing was proposed'));
        return;
      }
      if (tx.changes.length === 0) {
        this.whenCertain(ticket, () => ticket.resolve(value));
      } else {
        this.#checkSize(tx);
        this.submit(ticket, tx, value, options);
      }
    } catch (error) {
      this.whenCertain(ticket, () => ticket.reject(error));
    } finally {
      tx.close();
      this.turn.release();
    }
  }

  /** True for a repeated request, which does nothing: its ticket settles with the first one, without a value. */
  repeats<T>(ticket: Ticket<T>, { requestId }: UpdateOptions): boolean {
    const first = requestId === undefined ? undefined : this.ledger.repeated(requestId);
    if (!first) return false;
    ticket.phase = 'proposed';
    this.keep(ticket);
    first.then(
      () => ticket.resolve(undefined as T),
      (error: unknown) => ticket.reject(error),
    );
    return true;
  }

  #checkSize(tx: WriteTransaction): void {
    let bytes = 0;
    for (const change of tx.changes) bytes += this.ledger.sizeOf(change);
    if (bytes > this.limits.transactionBytes) throw tooLarge(bytes, this.limits.transactionBytes);
    this.ledger.checkLimits(tx);
  }

  /** Watches over a ticket that could not be settled at once. */
  keep(ticket: OpenWrite): void {
    if (ticket.settled || this.#open.has(ticket)) return;
    this.#open.add(ticket);
    ticket.watch();
    ticket.onSettled(() => this.#open.delete(ticket));
  }
}

export function tooLarge(bytes: number, max: number): StoreError {
  return new StoreError(
    'TOO_LARGE',
    `the transaction takes ${bytes} bytes, at most ${max} are allowed: split it, or use batch`,
  );
}
