import { type Clock, Slicer } from '../../base/clock.js';
import type { Tx } from '../../kinds/tx.js';
import type { ObjectChange, WriteTransaction } from './write-transaction.js';
import { noOptions, type Ticket, tooLarge, type UpdateOptions, type Writer } from './writer.js';

/** A callback of a transaction that may pause wherever it yields. Returns its value. */
export type SlicedWrite<T> = (tx: Tx) => Generator<undefined, T>;

/**
 * Runs one transaction of many changes in slices: the event loop goes on in between, while other writers wait. It is as
 * atomic as any other. Nothing of it is proposed before all of it is made.
 */
export function updateInSlices<T>(
  { writer, clock }: { readonly writer: Writer; readonly clock: Clock },
  write: SlicedWrite<T>,
  options: UpdateOptions = noOptions,
): Promise<T | undefined> {
  const ticket = writer.ticket<T | undefined>(options);
  writer.start(ticket, () => {
    if (!writer.repeats(ticket, options)) void run({ writer, slicer: new Slicer(clock), ticket }, write, options);
  });
  return ticket.promise;
}

/** Changes of a transaction that was not made. */
export interface SlicedPlan<T> {
  /** The version of the state that the callback saw. */
  readonly version: number;
  readonly value: T;
  readonly changes: readonly ObjectChange[];
}

/** Runs the steps of a callback to their end, with pauses. */
export type RunSteps = <T>(steps: Generator<undefined, T>) => Promise<T>;

/** Runs a callback on the newest state in slices, and forgets what it did. Others may write, and plan, meanwhile. */
export async function planInSlices<T>(writer: Writer, write: SlicedWrite<T>, run: RunSteps): Promise<SlicedPlan<T>> {
  const tx = writer.newTransaction();
  try {
    const value = await run(write(tx));
    return { version: tx.base.version, value, changes: tx.changes };
  } finally {
    tx.close();
  }
}

interface Running<T> {
  readonly writer: Writer;
  readonly slicer: Slicer;
  readonly ticket: Ticket<T | undefined>;
}

async function run<T>(running: Running<T>, write: SlicedWrite<T>, options: UpdateOptions): Promise<void> {
  const { writer, ticket } = running;
  const tx = writer.newTransaction();
  writer.turn.take();
  ticket.phase = 'writing';
  writer.keep(ticket);
  try {
    const value = await finished(running, write(tx));
    tx.close();
    await checkSize(running, tx);
    if (ticket.settled) return; // too late, aborted or closed: nothing was proposed
    if (tx.changes.length === 0) writer.whenCertain(ticket, () => ticket.resolve(value));
    else {
      writer.ledger.checkLimits(tx);
      writer.submit(ticket, tx, value, options);
    }
  } catch (error) {
    writer.whenCertain(ticket, () => ticket.reject(error));
  } finally {
    tx.close();
    writer.turn.release();
  }
}

/** Runs a callback to its end, or until no caller waits for it. */
async function finished<T>({ slicer, ticket }: Running<T>, steps: Generator<undefined, T>): Promise<T | undefined> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (slicer.due) await slicer.pause();
    if (ticket.settled) return undefined;
  }
}

/** Measuring encodes each object, once. */
async function checkSize<T>({ writer, slicer, ticket }: Running<T>, tx: WriteTransaction): Promise<void> {
  const { transactionBytes } = writer.limits;
  let bytes = 0;
  for (const change of tx.changes) {
    bytes += writer.ledger.sizeOf(change);
    if (slicer.due) await slicer.pause();
    if (ticket.settled) return;
  }
  if (bytes > transactionBytes) throw tooLarge(bytes, transactionBytes);
}
