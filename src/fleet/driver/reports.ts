import type { Clock } from '../../base/clock.js';
import { pause } from '../../base/waiting.js';
import { type TaskState, taskStateOrder } from '../../kinds/index.js';
import type { TaskReport } from './options.js';
import type { ReportedStatus } from './status.js';

/** Settings of {@link Reports}. */
export interface ReportsOptions {
  readonly report: (update: TaskReport) => void;
  /** State of a task in the store of this member; `undefined` when it is not there. */
  readonly stored: (taskId: string) => TaskState | undefined;
  readonly clock: Clock;
  readonly againMs: number;
}

interface Pending {
  readonly status: ReportedStatus;
  /** Monotonic time, milliseconds. */
  sentAt: number;
}

/** States that were handed over and that the store does not show yet. They are handed over again, so none is lost. */
export class Reports {
  readonly #options: ReportsOptions;
  readonly #pending = new Map<string, Pending>();

  constructor(options: ReportsOptions) {
    this.#options = options;
  }

  /** The furthest state that was reported for a task and that the store does not show; `undefined` for none. */
  reported(taskId: string): TaskState | undefined {
    this.#settle(taskId);
    return this.#pending.get(taskId)?.status.state;
  }

  /** Reports a status, unless the task has come that far already: a task never goes back. */
  put(id: string, status: ReportedStatus): void {
    const reached = this.reported(id) ?? this.#options.stored(id);
    if (reached === undefined || taskStateOrder(status.state) <= taskStateOrder(reached)) return;
    this.#pending.set(id, { status, sentAt: this.#options.clock.monotonic() });
    this.#options.report({ id, status });
  }

  /** Reports again what the store does not show, from time to time, until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, againMs } = this.#options;
    for (;;) {
      await pause(clock, againMs, signal);
      if (signal.aborted) return;
      for (const [id, pending] of this.#pending) this.#again(id, pending);
    }
  }

  #again(id: string, pending: Pending): void {
    const { clock, againMs, report } = this.#options;
    this.#settle(id);
    if (!this.#pending.has(id) || clock.monotonic() - pending.sentAt < againMs) return;
    pending.sentAt = clock.monotonic();
    report({ id, status: pending.status });
  }

  /** Forgets what the store shows, and the tasks that are not there any more. */
  #settle(id: string): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    const stored = this.#options.stored(id);
    if (stored === undefined || taskStateOrder(stored) >= taskStateOrder(pending.status.state))
      this.#pending.delete(id);
  }
}
