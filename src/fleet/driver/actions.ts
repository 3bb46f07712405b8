import type { Task } from '../../kinds/index.js';
import { type Action, decide, taskFacts } from './decide.js';
import type { Observed } from './observed.js';
import type { Observer } from './observer.js';
import type { Preparation } from './preparation.js';
import type { Reports } from './reports.js';
import { ended, gone, reached, type ReportedStatus, running } from './status.js';
import type { Steps } from './steps.js';

/** Settings of {@link Actions}. */
export interface ActionsOptions {
  readonly nodeId: string;
  readonly now: () => number;
  readonly task: (id: string) => Task | undefined;
  readonly observer: Observer;
  readonly reports: Reports;
  readonly preparation: Preparation;
  readonly steps: Steps;
}

/** Actions on a container that is there. */
type ContainerAction = Exclude<Action, 'nothing' | 'ask' | 'remove' | 'prepare' | 'report-gone' | 'report-shutdown'>;

/** Decides and carries out actions. Each reads task and container anew, because time has passed since it was chosen. */
export class Actions {
  readonly #options: ActionsOptions;

  constructor(options: ActionsOptions) {
    this.#options = options;
  }

  /** Returns what is to be done about a task now. */
  next(taskId: string): Action {
    const { nodeId, task: taskOf, observer, reports } = this.#options;
    const task = taskOf(taskId);
    const facts = task && taskFacts(task, nodeId, reports.reported(taskId));
    return decide(facts, observer.ofTask(taskId));
  }

  /** Carries out an action. @param cancelled Aborts when the task is not wanted any more. */
  async perform(taskId: string, action: Action, cancelled: AbortSignal): Promise<void> {
    if (action === 'remove') return this.#remove(taskId);
    const { task: taskOf, observer } = this.#options;
    const [task, container] = [taskOf(taskId), observer.ofTask(taskId)];
    if (!task) return;
    switch (action) {
      case 'nothing':
      case 'ask':
        return;
      case 'prepare':
        return this.#prepare(task, cancelled);
      case 'report-gone':
        return this.#reportGone(task, container);
      case 'report-shutdown':
        return this.#put(task, reached('shutdown', this.#now, container));
      default:
        if (container) await this.#performOn(container, task, action);
    }
  }

  async #performOn(container: Observed, task: Task, action: ContainerAction): Promise<void> {
    const { preparation, steps } = this.#options;
    const graceMs = task.spec.container?.stopGracePeriodMs;
    switch (action) {
      case 'finish':
        await preparation.finish(task, container);
        return this.#put(task, reached('ready', this.#now, container));
      case 'start':
        return this.#start(task, container);
      case 'stop':
        return steps.stop(container, graceMs);
      case 'stop-unhealthy':
        return steps.stopUnhealthy(container, graceMs);
      case 'report-starting':
        return this.#put(task, reached('starting', this.#now, container));
      case 'report-running':
        return this.#reportRunning(task, container);
      case 'report-ended':
        return this.#reportEnded(task, container);
    }
  }

  async #prepare(task: Task, cancelled: AbortSignal): Promise<void> {
    this.#put(task, reached('preparing', this.#now));
    await this.#options.preparation.prepare(task, cancelled);
    this.#put(task, reached('ready', this.#now, this.#options.observer.ofTask(task.id)));
  }

  async #start(task: Task, container: Observed): Promise<void> {
    this.#put(task, reached('starting', this.#now, container));
    // Asked right before the call: a task that is not wanted by then must not run, not even for a moment.
    const failure = await this.#options.steps.start(container, () => this.next(task.id) === 'start');
    if (failure) this.#put(task, failure(this.#now));
  }

  async #reportGone(task: Task, container: Observed | undefined): Promise<void> {
    // One that was made again by hand is not the container of the task; else the engine is asked once more.
    if (container?.state !== 'created' && (await this.#options.steps.isThere(task))) return;
    this.#put(task, gone(this.#now));
  }

  async #reportRunning(task: Task, container: Observed): Promise<void> {
    const seen = await this.#options.steps.detailed(container);
    if (seen?.state === 'running' || seen?.state === 'paused') this.#put(task, running(task, seen, this.#now));
  }

  async #reportEnded(task: Task, container: Observed): Promise<void> {
    const { steps } = this.#options;
    const seen = await steps.detailed(container);
    if (seen?.state === 'exited' || seen?.state === 'dead')
      this.#put(task, ended(seen, this.#now, steps.wasUnhealthy(container)));
  }

  async #remove(taskId: string): Promise<void> {
    for (const container of this.#options.observer.allOfTask(taskId)) await this.#options.steps.remove(container);
  }

  get #now(): number {
    return this.#options.now();
  }

  #put({ id }: Task, status: ReportedStatus): void {
    this.#options.reports.put(id, status);
  }
}
