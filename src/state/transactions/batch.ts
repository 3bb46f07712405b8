import { onAbort } from '../../base/abort.js';
import { deferred } from '../../base/deferred.js';
import { StoreError } from '../../base/store-error.js';
import type { Tx } from '../../kinds/tx.js';
import type { StateRoot } from '../root.js';
import type { Savepoint, WriteTransaction } from './write-transaction.js';
import { refuseAsync, type Ticket, tooLarge, type UpdateOptions, type Writer } from './writer.js';

/** Options of a batch. */
export type BatchOptions = Omit<UpdateOptions, 'requestId'>;

/** Many small writes, committed in groups. */
export interface Batch {
  /**
   * Runs one step in the open group. Resolves when it has run, or, when it fills the group, when the group has
   * committed. A step that throws is undone alone. A step that does not fit into the group moves to the next one, and its
   * objects carry that version.
   */
  update(write: (tx: Tx) => void): Promise<void>;
}

/** A promise that knows whether it has a listener. */
class StepPromise extends Promise<void> {
  handled = false;

  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  override then<A = void, B = never>(
    yes?: ((value: void) => A | PromiseLike<A>) | null,
    no?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.handled = true;
    return super.then(yes, no);
  }
}

interface Step {
  readonly write: (tx: Tx) => void;
  resolve(): void;
  reject(error: unknown): void;
}

/** A batch in progress. Blocks other writers while a group is open. */
export class BatchRun implements Batch {
  readonly #writer: Writer;
  readonly #options: BatchOptions;
  readonly #ticket: Ticket<void>;
  readonly #steps: Step[] = [];
  readonly #stepErrors: { promise: StepPromise; error: unknown }[] = [];
  readonly #cuts: Promise<void>[] = [];
  #group: WriteTransaction | undefined;
  #groupBytes = 0;
  #asking = false;
  #over = false;
  #running = false;
  #failure: { error: unknown } | undefined;
  #idle: (() => void) | undefined;

  constructor(writer: Writer, options: BatchOptions) {
    if ('requestId' in options && options.requestId !== undefined) {
      throw new TypeError('batch takes no requestId: it may be several transactions. Give each update its own');
    }
    this.#writer = writer;
    this.#options = options;
    this.#ticket = writer.ticket<void>(options);
  }

  async run(fill: (batch: Batch) => void | Promise<void>): Promise<void> {
    if (this.#ticket.settled) return this.#ticket.promise;
    this.#ticket.promise.catch(() => undefined);
    try {
      await this.#unlessAborted(fill);
      await this.#drained();
      this.#over = true;
      if (this.#group) void this.#cut();
    } catch (error) {
      this.#over = true;
      this.#dropGroup();
      for (const step of this.#steps.splice(0)) step.reject(error);
      const cuts = await Promise.allSettled(this.#cuts);
      const unknown = cuts.find((cut) => cut.status === 'rejected');
      throw this.#options.signal?.aborted && unknown ? unknown.reason : error;
    }
    await Promise.all(this.#cuts);
    if (this.#cuts.length === 0) await this.#settleEmpty();
    const unhandled = this.#stepErrors.find(({ promise }) => !promise.handled);
    if (unhandled) throw unhandled.error;
  }

  /** Ends the batch at an abort, because no other writer can continue while a group is open. */
  async #unlessAborted(fill: (batch: Batch) => void | Promise<void>): Promise<void> {
    const { signal } = this.#options;
    const aborted = deferred<never>({ quiet: true });
    const forget =
      signal &&
      onAbort(signal, () => {
        this.#fail(signal.reason);
        aborted.reject(signal.reason);
      });
    try {
      await Promise.race([fill(this), aborted.promise]);
    } finally {
      forget?.();
    }
  }

  update(write: (tx: Tx) => void): Promise<void> {
    let step!: Step;
    const promise = new StepPromise((resolve, reject) => {
      step = { write, resolve, reject };
    });
    // Bookkeeping must not count as a listener, and must keep a refusal from being an unhandled one.
    void Promise.prototype.then.call(promise, undefined, (error: unknown) => this.#stepErrors.push({ promise, error }));
    if (this.#over) step.reject(new StoreError('TX_CLOSED', 'the batch is over'));
    else if (this.#failure) step.reject(this.#failure.error);
    else {
      this.#steps.push(step);
      this.#advance();
    }
    return promise;
  }

  /** Runs the steps that wait, for as long as there is a group to run them in. */
  #advance(): void {
    if (this.#running) return;
    this.#running = true;
    while (this.#group && this.#steps.length > 0) this.#runStep(this.#group, this.#steps.shift() as Step);
    this.#running = false;
    if (this.#steps.length > 0) this.#ask();
    else this.#idle?.();
  }

  /** Asks for the turn, to open a group. */
  #ask(): void {
    if (this.#asking || this.#group) return;
    this.#asking = true;
    const ticket = this.#writer.ticket<void>(this.#options);
    ticket.promise.catch((error: unknown) => {
      this.#asking = false;
      this.#fail(error);
    });
    this.#writer.start(ticket, () => {
      this.#asking = false;
      ticket.resolve();
      if (this.#over || this.#failure) return;
      this.#open();
      this.#advance();
    });
  }

  #open(): WriteTransaction {
    this.#writer.turn.take();
    this.#group = this.#writer.newTransaction({ group: true });
    this.#group.close();
    this.#groupBytes = 0;
    return this.#group;
  }

  #runStep(group: WriteTransaction, step: Step): void {
    const { limits } = this.#writer;
    const before = this.#groupBytes;
    let savepoint = group.savepoint();
    try {
      const { bytes, moved } = this.#write(group, savepoint, step);
      if (moved) savepoint = this.#splitGroup(group, savepoint);
      group.seal(savepoint);
      this.#writer.ledger.checkLimits(group);
      this.#groupBytes = (moved ? 0 : before) + bytes;
    } catch (error) {
      group.rollback(savepoint);
      step.reject(error);
      return;
    }
    const full =
      (this.#group?.changes.length ?? 0) >= limits.batchChanges || this.#groupBytes >= limits.transactionBytes * 0.75;
    if (full)
      void this.#cut().then(
        () => step.resolve(),
        (error: unknown) => step.reject(error),
      );
    else step.resolve();
  }

  /**
   * Runs a step. At the change with which it no longer fits into the group, the step moves to the next one. Its objects
   * then have the version that will be stored.
   */
  #write(group: WriteTransaction, savepoint: Savepoint, step: Step): { bytes: number; moved: boolean } {
    const { limits, ledger } = this.#writer;
    let [bytes, moved] = [0, false];
    group.onChange = (change) => {
      bytes += ledger.sizeOf(change);
      if (moved || savepoint.changes === 0 || this.#groupBytes + bytes <= limits.transactionBytes) return;
      moved = true;
      group.moveOn(savepoint);
      bytes = group.changes.slice(savepoint.changes).reduce((sum, one) => sum + ledger.sizeOf(one), 0);
    };
    group.reopen();
    const { tx, close } = group.step();
    try {
      refuseAsync(step.write(tx));
      if (bytes > limits.transactionBytes) throw tooLarge(bytes, limits.transactionBytes);
      return { bytes, moved };
    } catch (error) {
      if (moved) group.moveBack();
      throw error;
    } finally {
      group.onChange = undefined;
      close();
      group.close();
    }
  }

  /** Submits the group's content from before the step, which continues in the next group. */
  #splitGroup(group: WriteTransaction, savepoint: Savepoint): Savepoint {
    const { root } = this.#submit(group.splitOff(savepoint));
    if (root) group.standOn(root);
    this.#groupBytes = 0;
    return { ...savepoint, changes: 0 };
  }

  /** Hands in the open group. */
  #cut(): Promise<void> {
    const group = this.#group;
    this.#group = undefined;
    const cut = group && group.changes.length > 0 ? this.#submit(group).cut : Promise.resolve();
    this.#writer.turn.release();
    return cut;
  }

  /** Submits a group. `root` is the state that it makes, unless it was refused at once. */
  #submit(group: WriteTransaction): { readonly cut: Promise<void>; readonly root: StateRoot | undefined } {
    const ticket = this.#writer.ticket<void>(this.#options);
    const root = ticket.settled ? undefined : this.#writer.submit(ticket, group, undefined, this.#options);
    const cut = ticket.promise;
    cut.catch((error: unknown) => this.#fail(error));
    this.#cuts.push(cut);
    return { cut, root };
  }

  #dropGroup(): void {
    if (!this.#group) return;
    this.#group = undefined;
    this.#writer.turn.release();
  }

  /** A cut was refused, or there will be no turn: nothing that comes later can happen. */
  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#dropGroup();
    for (const step of this.#steps.splice(0)) step.reject(error);
    this.#idle?.();
  }

  /** Resolves when no step waits; rejects when they cannot run. */
  async #drained(): Promise<void> {
    while (this.#steps.length > 0 && !this.#failure) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
    }
    if (this.#failure) throw this.#failure.error;
  }

  /** Nothing was written: what the steps saw must still be certain. */
  async #settleEmpty(): Promise<void> {
    if (this.#writer.closed) throw new StoreError('CLOSED', 'the store was closed; nothing was proposed');
    this.#writer.whenCertain(this.#ticket, () => this.#ticket.resolve());
    await this.#ticket.promise;
  }
}
