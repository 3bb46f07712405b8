import { onAbort } from '../../base/abort.js';
import type { Cancel } from '../../base/clock.js';
import { StoreError } from '../../base/store-error.js';
import type { Event } from '../../kinds/events.js';
import type { TransactionRecord } from '../history/history.js';
import { eventsFor, type Listener } from './queue.js';
import { errorAfterFetch, lostError, startError, type WatchPlan } from './watch-plan.js';

/** Matching events of one transaction, as far as they have not been read. */
interface Group {
  readonly events: readonly Event[];
  /** Encoded bytes of the transaction, as history counts them. */
  readonly bytes: number;
}

/** Events of one transaction that match, in order. */
export type TransactionEvents = readonly Event[];

/** Options of an iterator for readers inside this program. */
export interface IteratorOptions {
  /**
   * Transactions of which the commit event is given, where it is asked for. `history`: only those from before the beginning,
   * so that a new transaction costs nothing when no other event matches; {@link WatchIterator.upToDate} tells how far it is.
   */
  readonly commits?: 'all' | 'history';
}

/** A reader that waits: for one event, or for all those of a transaction. */
type Waiter = { reject(error: unknown): void } & (
  | { readonly whole: false; resolve(result: IteratorResult<Event, undefined>): void }
  | { readonly whole: true; resolve(result: IteratorResult<TransactionEvents, undefined>): void }
);

/**
 * Reads a watch with backpressure. Events from before its beginning come out of the history one transaction at
 * a time, without a buffer. New events wait in a buffer of at most `limit` events and `limitBytes`, which takes whole
 * transactions only. A reader that falls behind first gets the buffered events, then `WATCH_OVERFLOW`.
 */
export class WatchIterator implements AsyncIterableIterator<Event, undefined> {
  readonly #plan: WatchPlan;
  readonly #listener: Listener;
  #groups: Group[] = [];
  /** Events of the first group that have been read. */
  #read = 0;
  #keptEvents = 0;
  #keptBytes = 0;
  readonly #waiters: Waiter[] = [];
  /** Catching up: the next transaction to take from the history is the one after this. `undefined`: live. */
  #behind: number | undefined;
  /** Records from elsewhere, older than the history. */
  #older: TransactionRecord[] = [];
  #fetching = false;
  #end: { error: unknown } | 'done' | undefined;
  readonly #forgetSignal: Cancel | undefined;

  constructor(plan: WatchPlan, { commits = 'all' }: IteratorOptions = {}) {
    this.#plan = plan;
    const { source, after, signal, specifiers, match } = plan;
    const chosen = commits === 'all' ? specifiers : specifiers.filter(({ kind }) => kind !== 'commit');
    this.#listener = {
      specifiers: chosen.length > 0 ? chosen : specifiers,
      match,
      backlog: () => ({ events: this.#keptEvents, bytes: this.#keptBytes, limit: plan.limit }),
      onTransaction: (record, events) => this.#take(record, events),
      onError: (error) => this.#finish({ error }),
      onClose: () => this.#finish('done'),
    };
    if (signal?.aborted || source.queue.closed) {
      this.#end = 'done';
      return;
    }
    this.#forgetSignal = signal && onAbort(signal, () => void this.return());
    if (after === undefined) source.queue.attach(this.#listener);
    else this.#start(after);
  }

  next(): Promise<IteratorResult<Event, undefined>> {
    return new Promise((resolve, reject) => {
      this.#waiters.push({ whole: false, resolve, reject });
      this.#serve();
    });
  }

  /** Like {@link next} with what is left of a transaction: less work than event by event. */
  nextTransaction(): Promise<IteratorResult<TransactionEvents, undefined>> {
    return new Promise((resolve, reject) => {
      this.#waiters.push({ whole: true, resolve, reject });
      this.#serve();
    });
  }

  return(): Promise<IteratorResult<Event, undefined>> {
    this.#groups = [];
    this.#finish('done');
    this.#end = 'done'; // an unread error is dropped
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Version up to which a reader that waits now has been given everything; `undefined` when it has something to do. */
  get upToDate(): number | undefined {
    const { source, after = 0 } = this.#plan;
    const idle = this.#waiters.length > 0 && this.#behind === undefined && this.#end === undefined;
    return idle ? Math.max(source.queue.version, after) : undefined;
  }

  #start(after: number): void {
    const { source } = this.#plan;
    const refused = startError(this.#plan, after);
    if (refused) {
      this.#finish({ error: refused });
      return;
    }
    this.#behind = after;
    if (after >= source.history.reachesBackTo(source.version())) return;
    this.#fetching = true;
    source
      .older(after)
      ?.then((records) => {
        const gone = errorAfterFetch(this.#plan, after);
        if (gone) throw gone;
        this.#older = [...records];
        this.#fetching = false;
        this.#serve();
      })
      .catch((error: unknown) => this.#finish({ error }));
  }

  #take(record: TransactionRecord, events: readonly Event[]): void {
    if (this.#plan.after !== undefined && record.version <= this.#plan.after) return;
    const { limit, limitBytes } = this.#plan;
    const tooMany = this.#keptEvents + events.length > limit;
    if (this.#keptEvents > 0 && (tooMany || this.#keptBytes + record.bytes > limitBytes)) {
      const what = tooMany ? `more than ${limit} events` : `more than ${limitBytes} bytes of events`;
      const error = new StoreError('WATCH_OVERFLOW', `${what} wait: read the state again and open a new watch`, {
        version: record.version,
      });
      this.#finish({ error });
      return;
    }
    this.#fill(record, events);
    this.#serve();
  }

  #fill({ bytes }: TransactionRecord, events: readonly Event[]): void {
    if (events.length === 0) return;
    this.#groups.push({ events, bytes });
    this.#keptEvents += events.length;
    this.#keptBytes += bytes;
  }

  /** The next event that waits. */
  #shift(): Event | undefined {
    const [group] = this.#groups;
    if (!group) return undefined;
    this.#keptEvents--;
    const event = group.events[this.#read++];
    if (this.#read === group.events.length) this.#drop(group);
    return event;
  }

  /** Takes the rest of the first transaction that waits. */
  #shiftTransaction(): TransactionEvents | undefined {
    const [group] = this.#groups;
    if (!group) return undefined;
    const events = this.#read === 0 ? group.events : group.events.slice(this.#read);
    this.#keptEvents -= events.length;
    this.#drop(group);
    return events;
  }

  #drop({ bytes }: Group): void {
    this.#groups.shift();
    this.#keptBytes -= bytes;
    this.#read = 0;
  }

  /** Gives a reader what it waits for. False when there is nothing. */
  #answer(waiter: Waiter): boolean {
    if (waiter.whole) {
      const value = this.#shiftTransaction();
      if (value !== undefined) waiter.resolve({ done: false, value });
      return value !== undefined;
    }
    const value = this.#shift();
    if (value !== undefined) waiter.resolve({ done: false, value });
    return value !== undefined;
  }

  /** Answers readers for as long as there is something to say. */
  #serve(): void {
    for (let waiter = this.#waiters[0]; waiter; waiter = this.#waiters[0]) {
      if (this.#answer(waiter)) {
        this.#waiters.shift();
      } else if (this.#end !== undefined) {
        this.#answerEnd(this.#waiters.shift() as Waiter);
      } else if (this.#behind === undefined || this.#fetching) {
        return;
      } else {
        this.#catchUp(this.#behind);
      }
    }
  }

  #answerEnd(waiter: Waiter): void {
    const end = this.#end;
    this.#end = 'done';
    if (typeof end === 'object') waiter.reject(end.error);
    else waiter.resolve({ done: true, value: undefined });
  }

  /** Takes one transaction from the history, or goes live when there is none left. */
  #catchUp(behind: number): void {
    const { source, specifiers, match } = this.#plan;
    try {
      if (this.#older.length === 0 && behind >= source.queue.version) {
        this.#behind = undefined;
        source.queue.attach(this.#listener);
        return;
      }
      const record = this.#older.shift() ?? source.history.get(behind + 1);
      if (!record) throw lostError(source, behind);
      this.#behind = record.version;
      this.#fill(record, eventsFor(specifiers, match, record));
    } catch (error) {
      this.#finish({ error });
    }
  }

  #finish(end: { error: unknown } | 'done'): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#older = [];
    this.#plan.source.queue.detach(this.#listener);
    this.#forgetSignal?.();
    this.#serve();
  }
}
