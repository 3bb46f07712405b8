import type { Clock } from '../../base/clock.js';
import { messageOf } from '../../base/errors.js';
import type { Logger } from '../../base/log.js';
import { pause } from '../../base/waiting.js';
import type { Action } from './decide.js';

/** Settings of a {@link Workbench}. */
export interface WorkbenchOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly logger: Logger;
  readonly retryMs: number;
  /** Returns what is to be done about a task now. */
  readonly next: (taskId: string) => Action;
  /** Carries out an action. */
  readonly perform: (taskId: string, action: Action, cancelled: AbortSignal) => Promise<void>;
  /** Takes the error of an action that says something about the task. False: the action is to be repeated. */
  readonly failed: (taskId: string, action: Action, error: unknown) => boolean;
  /** False until anything may be decided. */
  readonly isReady: () => boolean;
  /** Asks whether a task exists. */
  readonly ask: (taskId: string) => void;
}

interface Work {
  readonly action: Action;
  readonly cancel: AbortController;
}

interface Trouble {
  readonly action: Action;
  /** Times in a row that the action has failed, or has led to itself again. */
  readonly times: number;
}

const waitStepsMax = 10;

/**
 * Work for many tasks at a time, one piece for each. Whatever changes calls {@link lookSoon}; that compares what is wanted
 * with what is there, and begins the next piece of work. A piece that ends is followed by another look.
 */
export class Workbench {
  readonly #options: WorkbenchOptions;
  readonly #work = new Map<string, Work>();
  readonly #pieces = new Set<Promise<void>>();
  readonly #troubles = new Map<string, Trouble>();
  /** Tasks whose last action is repeated after a while. */
  readonly #waiting = new Set<string>();
  readonly #due = new Set<string>();
  #scheduled = false;

  constructor(options: WorkbenchOptions) {
    this.#options = options;
  }

  /** Looks at a task once, however many changes come in one turn; never while a store delivers them. */
  lookSoon(taskId: string): void {
    this.#due.add(taskId);
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#options.clock.schedule(0, () => {
      this.#scheduled = false;
      const due = [...this.#due];
      this.#due.clear();
      for (const id of due) this.#look(id);
    });
  }

  /** Begins a piece of work, unless one for that task is under way. */
  begin(taskId: string, action: Action): void {
    if (this.#options.signal.aborted || this.#work.has(taskId)) return;
    const work: Work = { action, cancel: new AbortController() };
    this.#work.set(taskId, work);
    const piece = this.#do(taskId, work).finally(() => {
      this.#pieces.delete(piece);
      this.#work.delete(taskId);
      this.lookSoon(taskId);
    });
    this.#pieces.add(piece);
  }

  /** Resolves when no piece of work is under way. */
  async settled(): Promise<void> {
    await Promise.all([...this.#pieces]);
  }

  #look(taskId: string): void {
    const { signal, isReady, next, ask } = this.#options;
    if (signal.aborted || !isReady()) return;
    const action = next(taskId);
    const work = this.#work.get(taskId);
    if (work) {
      // A preparation may wait for minutes. It goes on only while it leads to what is wanted.
      if (action !== work.action && action !== 'finish') work.cancel.abort();
      return;
    }
    if (action === 'ask') return ask(taskId);
    const trouble = this.#troubles.get(taskId);
    if (trouble?.action === action) this.#repeatLater(taskId, trouble);
    else {
      this.#troubles.delete(taskId);
      if (action !== 'nothing') this.begin(taskId, action);
    }
  }

  async #do(taskId: string, { action, cancel }: Work): Promise<void> {
    const { signal, logger, perform, failed } = this.#options;
    try {
      await perform(taskId, action, cancel.signal);
    } catch (error) {
      if (signal.aborted || (action === 'prepare' && cancel.signal.aborted)) return;
      if (failed(taskId, action, error)) return;
      logger.debug(`a step for a task failed and is repeated: ${messageOf(error)}`, { taskId, action });
    }
    // An action that leads to itself again has changed nothing: it waits as after a failure.
    const before = this.#troubles.get(taskId);
    this.#troubles.set(taskId, { action, times: before?.action === action ? before.times + 1 : 1 });
  }

  /** Repeats an action after a while, which grows with the times in a row; unless something else is to be done by then. */
  #repeatLater(taskId: string, { action, times }: Trouble): void {
    if (this.#waiting.has(taskId)) return;
    this.#waiting.add(taskId);
    const { clock, signal, retryMs, next } = this.#options;
    void pause(clock, Math.min(times, waitStepsMax) * retryMs, signal).then(() => {
      this.#waiting.delete(taskId);
      if (next(taskId) === action) this.begin(taskId, action);
      else this.#look(taskId);
    });
  }
}
