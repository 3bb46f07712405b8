import type { Clock } from '../../base/clock.js';
import { messageOf } from '../../base/errors.js';
import type { Logger } from '../../base/log.js';
import { orAborted } from '../../base/waiting.js';

/** Settings of {@link Orphans}. */
export interface OrphansOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly logger: Logger;
  readonly confirmGone: (taskIds: readonly string[]) => Promise<ReadonlySet<string>>;
  /** Called with each task that exists no more. */
  readonly onGone: (taskId: string) => void;
}

/** Time in which questions are collected: many tasks are removed at once. */
const collectMs = 20;

/**
 * Asks about containers whose task the store of this member does not have. That store may lag behind, and the task may be
 * new: only a read that sees everything committed tells. What is not answered is asked again after the next list.
 */
export class Orphans {
  readonly #options: OrphansOptions;
  readonly #asked = new Set<string>();
  #waiting: string[] = [];

  constructor(options: OrphansOptions) {
    this.#options = options;
  }

  /** Asks about a task, unless the question is under way. */
  ask(taskId: string): void {
    if (this.#asked.has(taskId)) return;
    this.#asked.add(taskId);
    this.#waiting.push(taskId);
    if (this.#waiting.length === 1) this.#options.clock.schedule(collectMs, () => void this.#askAll());
  }

  async #askAll(): Promise<void> {
    const { signal, logger, confirmGone, onGone } = this.#options;
    const ids = this.#waiting;
    this.#waiting = [];
    if (signal.aborted) return;
    let gone: ReadonlySet<string> = new Set();
    try {
      gone = await orAborted(confirmGone(ids), signal);
    } catch (error) {
      if (!signal.aborted) logger.debug(`tasks without an object were not looked up: ${messageOf(error)}`);
    }
    for (const id of ids) this.#asked.delete(id);
    if (signal.aborted) return;
    for (const id of ids) if (gone.has(id)) onGone(id);
  }
}
