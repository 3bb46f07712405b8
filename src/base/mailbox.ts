import { onAbort } from './abort.js';
import type { Cancel } from './clock.js';
import { type Deferred, deferred } from './deferred.js';

/** Items, and their bytes, at which the sender is asked to pause, and at which it may go on. */
const fullAt = { items: 256, bytes: 1024 * 1024 };
const roomAt = { items: 64, bytes: 256 * 1024 };

/** Sender of a mailbox: told when its reader is slow, and when it has caught up. */
export interface Flow {
  pause(): void;
  resume(): void;
}

/** The end of a mailbox where items are put in. */
export interface Inbox<T> {
  /** Adds an item, however full it is. What is put in after the end is dropped. */
  push(item: T, bytes: number): void;
  /** Names the one who is to pause when the mailbox is full: at once, if it is. */
  flow(sender: Flow | undefined): void;
}

type Result<T> = IteratorResult<T, void>;
const done: IteratorReturnResult<void> = Object.freeze({ done: true, value: undefined });

/**
 * Iterator over items that another side puts in, with one promise for each item. It ends within a turn, whatever it waits
 * for: on `return`, `throw`, `break`, and quietly when `signal` aborts.
 *
 * `run` puts items in, from the first call of `next` on. Its end is the end of the items, and so is its error. Its signal
 * aborts when the iterator ends early.
 */
export class Mailbox<T> implements AsyncGenerator<T, void>, Inbox<T> {
  readonly #run: (inbox: Inbox<T>, signal: AbortSignal) => Promise<void>;
  readonly #stop = new AbortController();
  readonly #forget: Cancel | undefined;
  #begun = false;
  #items: { readonly item: T; readonly bytes: number }[] = [];
  /** Position of the first item that was not read. */
  #first = 0;
  #bytes = 0;
  #waiting: Deferred<Result<T>>[] = [];
  #end: { readonly error?: unknown } | undefined;
  #sender: Flow | undefined;
  #paused = false;

  constructor(run: (inbox: Inbox<T>, signal: AbortSignal) => Promise<void>, signal?: AbortSignal) {
    this.#run = run;
    this.#forget = signal && onAbort(signal, () => this.#leave());
  }

  push(item: T, bytes: number): void {
    if (this.#end) return;
    const waiter = this.#waiting.shift();
    if (waiter) {
      waiter.resolve({ done: false, value: item });
      return;
    }
    this.#items.push({ item, bytes });
    this.#bytes += bytes;
    if (this.#paused || (this.#count < fullAt.items && this.#bytes < fullAt.bytes)) return;
    this.#paused = true;
    this.#sender?.pause();
  }

  flow(sender: Flow | undefined): void {
    this.#sender = sender;
    if (this.#paused) sender?.pause();
  }

  next(): Promise<Result<T>> {
    if (!this.#begun) this.#begin();
    if (this.#count > 0) return Promise.resolve({ done: false, value: this.#take() });
    if (this.#end) return this.#over();
    const waiter = deferred<Result<T>>();
    this.#waiting.push(waiter);
    return waiter.promise;
  }

  return(): Promise<Result<T>> {
    this.#leave();
    return Promise.resolve(done);
  }

  throw(error: unknown): Promise<Result<T>> {
    this.#leave();
    return Promise.reject(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  get #count(): number {
    return this.#items.length - this.#first;
  }

  #begin(): void {
    this.#begun = true;
    if (this.#end) return;
    this.#run(this, this.#stop.signal).then(
      () => this.#finish({}),
      (error: unknown) => this.#finish({ error }),
    );
  }

  #take(): T {
    const { item, bytes } = this.#items[this.#first] as { item: T; bytes: number };
    this.#items[this.#first++] = undefined as never; // lets go of it
    this.#bytes -= bytes;
    if (this.#first === this.#items.length || this.#first >= 1_024) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    if (this.#paused && this.#count <= roomAt.items && this.#bytes <= roomAt.bytes) {
      this.#paused = false;
      this.#sender?.resume();
    }
    return item;
  }

  /** Ends a call of `next` after the last item: the first one with the error, if there is one. */
  #over(): Promise<Result<T>> {
    const end = this.#end;
    this.#end = {};
    return end && 'error' in end ? Promise.reject(end.error) : Promise.resolve(done);
  }

  #finish(end: { readonly error?: unknown }): void {
    if (this.#end) return;
    this.#end = end;
    this.#forget?.();
    this.#sender = undefined;
    const [first, ...others] = this.#waiting.splice(0);
    if (!first) return;
    this.#over().then(first.resolve, first.reject);
    for (const { resolve } of others) resolve(done);
  }

  /** The reader has gone. */
  #leave(): void {
    const waiting = this.#waiting.splice(0);
    this.#items = [];
    this.#first = this.#bytes = 0;
    this.#finish({});
    this.#end = {};
    for (const { resolve } of waiting) resolve(done);
    this.#stop.abort();
  }
}
