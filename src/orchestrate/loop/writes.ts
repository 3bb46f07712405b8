import { type Clock, sleep, Slicer } from '../../base/clock.js';
import { messageOf } from '../../base/errors.js';
import type { Logger } from '../../base/log.js';
import { Repeats } from '../../base/repeats.js';
import { StoreError } from '../../base/store-error.js';
import type { Turns } from '../../base/turns.js';
import type { Tx } from '../../kinds/index.js';
import type { WatchableStore } from '../../state/index.js';
import { Holds, type RetryTimes } from './holds.js';

/** Most changes of one transaction. */
export const batchMax = 200;

/** Someone else wrote the object meanwhile: the next pass sees that. */
const conflictTimes: RetryTimes = { firstMs: 20, mostMs: 1_000 };
/** The store does not take the change as it is: it will hardly do so soon. */
const refusedTimes: RetryTimes = { firstMs: 1_000, mostMs: 60_000 };
const conflicts: ReadonlySet<string> = new Set(['SEQUENCE_CONFLICT', 'NOT_FOUND', 'ALREADY_EXISTS']);
/** Refusals that say nothing about the changes: this member may not write, or does not know what became of them. */
const losses: ReadonlySet<string> = new Set(['NOT_LEADER', 'OUTCOME_UNKNOWN', 'CLOSED', 'BUSY']);

export interface WritesOptions<C> {
  readonly name: string;
  readonly store: Pick<WatchableStore, 'update'>;
  readonly apply: (tx: Tx, change: C) => void;
  readonly unitOf: (change: C) => string;
  readonly turns: Turns;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Result of {@link Writes.write}. */
export interface Written<C> {
  readonly written: number;
  /** Changes that were refused, with those of their units that would have followed. */
  readonly dropped: readonly C[];
}

/**
 * Writes the changes of a pass in transactions that are small in number of changes and in time. A change that is refused
 * takes those of its unit that would follow with it, and no other.
 */
export class Writes<C> {
  readonly holds: Holds;
  readonly #options: WritesOptions<C>;
  readonly #news = new Repeats();

  constructor(options: WritesOptions<C>) {
    this.#options = options;
    this.holds = new Holds(options.clock);
  }

  /**
   * Resolves when all changes are committed or dropped.
   * @throws what the store threw when this member may not write: nothing is known about the changes that were left.
   */
  async write(changes: readonly C[], signal: AbortSignal): Promise<Written<C>> {
    const { unitOf, clock } = this.#options;
    const { holds } = this;
    const dropped: C[] = [];
    const refused = new Set<string>();
    let [rest, size, written] = [changes, batchMax, 0];
    const drop = (given: readonly C[], isOut: (unit: string) => boolean) => {
      dropped.push(...given.filter((change) => isOut(unitOf(change))));
      return given.filter((change) => !isOut(unitOf(change)));
    };
    rest = drop(rest, (unit) => holds.isHeld(unit));
    while (rest.length > 0) {
      signal.throwIfAborted();
      const tried = await this.#try(rest.slice(0, size), signal);
      if (tried.blamed === undefined) {
        for (const change of rest.slice(0, tried.taken))
          if (!refused.has(unitOf(change))) holds.release(unitOf(change));
        rest = rest.slice(tried.taken);
        written += tried.taken;
        size = Math.min(batchMax, 2 * size);
      } else if (tried.blamed === 'all') size = Math.ceil(tried.taken / 2);
      else {
        const at = tried.blamed;
        const unit = unitOf(rest[at] as C);
        refused.add(unit);
        this.#hold(unit, tried.error);
        rest = [...rest.slice(0, at), ...drop(rest.slice(at), (other) => other === unit)];
        size = at > 0 ? at : batchMax;
      }
      // Timers, heartbeats and other writers come in between.
      if (rest.length > 0) await sleep(clock, 0);
    }
    return { written, dropped };
  }

  /**
   * Writes as many of these as there is time for. A change that may not be made is found at once; what is refused
   * together, such as too many bytes, is blamed on all until it is one.
   */
  async #try(batch: readonly C[], signal: AbortSignal): Promise<Tried> {
    const { store, apply, clock, name, turns } = this.#options;
    let [taken, whole] = [0, false];
    try {
      const write = (tx: Tx) => {
        const slicer = new Slicer(clock);
        for (const change of batch) {
          if (taken > 0 && slicer.due) break;
          apply(tx, change);
          taken++;
        }
        whole = true;
      };
      await turns.do(() => store.update(write, { signal, actor: name }));
      return { taken, blamed: undefined };
    } catch (error) {
      if (signal.aborted || (error instanceof StoreError && losses.has(error.code))) throw error;
      return { taken, blamed: !whole ? taken : taken > 1 ? 'all' : 0, error };
    }
  }

  #hold(unit: string, error: unknown): void {
    const { logger, name, clock } = this.#options;
    const code = error instanceof StoreError ? error.code : 'unexpected';
    this.holds.hold(unit, conflicts.has(code) ? conflictTimes : refusedTimes);
    if (conflicts.has(code)) return;
    if (this.#news.isNews(`${unit} ${code}`, clock.monotonic()))
      logger.warn(`${name}: a change was refused; it is tried again later`, { unit, code, error: messageOf(error) });
  }
}

interface Tried {
  /** Changes that were in the transaction. */
  readonly taken: number;
  /** Position of the change that was refused; `all` when it was not one of several; absent when none was. */
  readonly blamed: number | 'all' | undefined;
  readonly error?: unknown;
}
