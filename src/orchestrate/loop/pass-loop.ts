import { onAbort } from '../../base/abort.js';
import type { Clock } from '../../base/clock.js';
import { messageOf } from '../../base/errors.js';
import type { Logger } from '../../base/log.js';
import { StoreError } from '../../base/store-error.js';
import { Turns } from '../../base/turns.js';
import { pause } from '../../base/waiting.js';
import { Waker } from '../../base/waker.js';
import type { Event, ReadTx, Specifier, Tx } from '../../kinds/index.js';
import { watch, type WatchableStore } from '../../state/index.js';
import { type LeadershipSource, Terms } from './terms.js';
import { Writes } from './writes.js';

/** Quiet time after a change before a pass looks at it, and the longest wait after the first change, ms. */
const quietMs = 20;
const quietMostMs = 200;
/** Longest sleep, ms: a wall clock that was set forward is noticed then. */
const sleepMostMs = 60_000;
/** Pause before the work begins anew while this member still leads, ms: the first, and the longest. */
const againMs = 100;
const againMostMs = 10_000;

/** The part of a store that a loop needs. */
export type LoopStore = Pick<WatchableStore, 'view' | 'update' | 'queue'>;

/** Result of one pass over the store. */
export interface Pass<C> {
  /** Changes to write, in this order. */
  readonly changes: readonly C[];
  /** Time at which there is something to do although nothing changed, ms since the epoch; absent: never. */
  readonly wakeAt?: number | undefined;
  /** True when the pass stopped early: the next one follows at once. */
  readonly more?: boolean;
}

/** Work of a leader: passes over the store that say what to change. */
export interface PassWork<C> {
  /** Name for the log and for the author of the changes. */
  readonly name: string;
  /** Events after which a pass is due. */
  readonly events: readonly Specifier[];
  /** Looks at the store and says what to change. Called in one piece with the state of one version. */
  readonly pass: (view: ReadTx, now: number) => Pass<C>;
  /** Makes one change. What it throws is the refusal of that change. */
  readonly apply: (tx: Tx, change: C) => void;
  /**
   * Names the changes that rest on each other: a refused one takes those of its unit along that would follow. By default
   * all changes are one unit.
   */
  readonly unitOf?: (change: C) => string;
  /** Forgets everything: the next pass is the first of a leader. */
  readonly begin?: () => void;
  /** Notes an event that a view of the store from now on contains. It must be quick, and must not write. */
  readonly onEvent?: (event: Event) => void;
  /** Notes changes of a pass that were not made. The next pass may ask for them again. */
  readonly onDropped?: (changes: readonly C[], view: ReadTx) => void;
  /** Notes that nothing of the changes of a pass is on its way any more: each is in the store, or was dropped. */
  readonly onSettled?: (changes: readonly C[]) => void;
  /**
   * Most passes whose changes are on their way at a time. Default 1: each pass sees the changes of the one before. With
   * more, a pass must leave alone what rests on changes that are on their way.
   */
  readonly ahead?: number;
}

export interface PassLoopOptions<C> {
  readonly work: PassWork<C>;
  readonly store: LoopStore;
  readonly leadership: LeadershipSource;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Runs passes for as long as this member leads: after changes, and when the last pass asked for it.
 *
 * Changes within 20 ms are one reason for a pass, which comes at most 200 ms after the first. Passes follow each other
 * until one has nothing to change. A refused change is tried again later, and later each time; others are not kept waiting.
 * When this member may not write, or does not know what became of a write, everything is forgotten: the work begins
 * anew from the store, once that is certain and this member leads.
 */
export class PassLoop<C> {
  readonly #options: PassLoopOptions<C>;
  #againMs = againMs;

  constructor(options: PassLoopOptions<C>) {
    this.#options = options;
  }

  /** Works until `signal` aborts or the member ends. Leaves no timer, and never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { leadership, clock } = this.#options;
    const terms = new Terms(leadership, signal);
    try {
      for (let term = await terms.next(); term; term = await terms.next()) {
        if (!(await this.#lead(term))) return;
        if (term.aborted) continue;
        await pause(clock, this.#againMs, term);
        this.#againMs = Math.min(againMostMs, 2 * this.#againMs);
      }
    } finally {
      terms.close();
    }
  }

  /** Works from the store as it is until something makes that useless. False when the store has ended. */
  async #lead(term: AbortSignal): Promise<boolean> {
    const { work, store, logger } = this.#options;
    const over = new AbortController();
    const forget = onAbort(term, () => over.abort());
    const turn = new LoopTurn(this.#options, over.signal, () => (this.#againMs = againMs));
    const subscription = watch(store.queue, ...work.events).subscribe({
      next: (event) => turn.hear(event),
      error: (error: unknown) => {
        logger.debug(`${work.name}: the watch ended`, { error: messageOf(error) });
        over.abort();
      },
      complete: () => over.abort(),
    });
    try {
      await turn.run();
    } catch (error) {
      this.#report(error, over.signal);
    } finally {
      over.abort();
      subscription.unsubscribe();
      forget();
    }
    return !store.queue.closed;
  }

  #report(error: unknown, over: AbortSignal): void {
    const { work, logger } = this.#options;
    const facts = { error: messageOf(error) };
    if (over.aborted) logger.debug(`${work.name}: stopped`, facts);
    else if (error instanceof StoreError) logger.info(`${work.name}: begins anew`, facts);
    else logger.error(`${work.name}: a pass failed; it is tried again`, facts);
  }
}

/** The work of one beginning: from the state of the store until a write is lost. */
class LoopTurn<C> {
  readonly #options: PassLoopOptions<C>;
  /** Aborts with the signal from outside, and when a write was lost. */
  readonly #end = new AbortController();
  readonly #outside: AbortSignal;
  readonly #onProgress: () => void;
  readonly #waker: Waker;
  /** Passes and writes share the turns of the event loop: none does much more than one piece of work. */
  readonly #turns: Turns;
  readonly #writes: Writes<C>;
  readonly #underWay = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;
  /** True when something was heard, or written, after the last view. */
  #heard = false;
  #wrote = false;
  #heardAt = 0;

  constructor(options: PassLoopOptions<C>, outside: AbortSignal, onProgress: () => void) {
    const { work, store, clock, logger } = options;
    this.#options = options;
    this.#outside = outside;
    this.#onProgress = onProgress;
    this.#waker = new Waker(clock);
    this.#turns = new Turns(clock);
    const { name, apply, unitOf = () => '' } = work;
    this.#writes = new Writes({ name, store, apply, unitOf, turns: this.#turns, clock, logger });
  }

  hear(event: Event): void {
    this.#heard = true;
    this.#heardAt = this.#options.clock.monotonic();
    this.#options.work.onEvent?.(event);
    this.#waker.wake();
  }

  /** Runs passes until the signal aborts. @throws what makes it useless to go on. */
  async run(): Promise<void> {
    const { work, store } = this.#options;
    const forget = onAbort(this.#outside, () => {
      this.#end.abort();
      this.#waker.wake();
    });
    try {
      // Resolves when all that was proposed here before is certain: what is not in the view then never will be.
      await store.update(() => undefined, { signal: this.#over });
      work.begin?.();
      while (!this.#over.aborted) await this.#next(work.ahead ?? 1);
    } finally {
      this.#end.abort();
      await Promise.all(this.#underWay);
      forget();
    }
  }

  /** Runs a pass and waits for a reason for another one. */
  async #next(ahead: number): Promise<void> {
    const { wakeAt, more } = await this.#turns.do(() => this.#pass());
    while (this.#underWay.size >= ahead) await Promise.race(this.#underWay);
    this.#mustNotHaveFailed();
    if (more || this.#wrote) await pause(this.#options.clock, 0, this.#over);
    else await this.#rest(wakeAt);
    this.#mustNotHaveFailed();
  }

  #mustNotHaveFailed(): void {
    if (this.#failure) throw this.#failure.error;
  }

  #pass(): { readonly wakeAt: number | undefined; readonly more: boolean } {
    const { work, store, clock } = this.#options;
    this.#heard = this.#wrote = false;
    const { changes, wakeAt, more = false } = store.view((view) => work.pass(view, clock.now()));
    if (changes.length === 0) this.#onProgress();
    else {
      const writing = this.#write(changes).finally(() => this.#underWay.delete(writing));
      this.#underWay.add(writing);
    }
    return { wakeAt, more };
  }

  /** Writes the changes of a pass. Never rejects. */
  async #write(changes: readonly C[]): Promise<void> {
    const { work, store } = this.#options;
    try {
      const { written, dropped } = await this.#writes.write(changes, this.#over);
      if (dropped.length > 0) store.view((view) => work.onDropped?.(dropped, view));
      work.onSettled?.(changes);
      if (written === 0) return;
      this.#wrote = true;
      this.#onProgress();
    } catch (error) {
      this.#failure ??= { error };
    } finally {
      this.#waker.wake();
    }
  }

  /** Waits for a reason for another pass. A pass that wants to be woken in the past is not run without a pause. */
  async #rest(wakeAt = Infinity): Promise<void> {
    const { clock } = this.#options;
    const wake = Math.max(wakeAt, clock.now() + 1);
    const holdsEnd = clock.monotonic() + this.#writes.holds.waitMs;
    while (!this.#heard && !this.#mustGoOn) {
      const waitMs = Math.min(wake - clock.now(), holdsEnd - clock.monotonic());
      if (waitMs <= 0) return;
      await this.#waker.wait(Math.min(waitMs, sleepMostMs));
    }
    await this.#calm();
  }

  /** Lets a burst of changes pass. */
  async #calm(): Promise<void> {
    const { clock } = this.#options;
    const end = clock.monotonic() + quietMostMs;
    while (!this.#mustGoOn) {
      const waitMs = Math.min(this.#heardAt + quietMs, end) - clock.monotonic();
      if (waitMs <= 0) return;
      await pause(clock, waitMs, this.#over);
    }
  }

  get #over(): AbortSignal {
    return this.#end.signal;
  }

  get #mustGoOn(): boolean {
    return this.#wrote || this.#failure !== undefined || this.#over.aborted;
  }
}
