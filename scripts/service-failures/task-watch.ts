import { messageOf } from '../../src/base/errors.js';
import type { Client } from '../../src/client/index.js';
import { type Task, taskStateOrder } from '../../src/kinds/index.js';

/** Every task that there ever was, and the rules that no change of one may break. */
export class TaskWatch {
  readonly #ended = new AbortController();
  readonly #done: Promise<void>;
  readonly #tasks = new Map<string, Task>();
  /** Rules that were broken, in words. */
  readonly broken: string[] = [];

  constructor(client: Client) {
    this.#done = this.#follow(client);
  }

  /** The last that was seen of each task, those that are gone too. */
  get all(): readonly Task[] {
    return [...this.#tasks.values()];
  }

  async close(): Promise<void> {
    this.#ended.abort();
    await this.#done;
  }

  async #follow(client: Client): Promise<void> {
    const { signal } = this.#ended;
    try {
      for await (const { events } of client.watch({ selectors: [{ kind: 'task' }], from: 0, signal }))
        for (const event of events) if ('object' in event) this.#take(event.object as Task);
    } catch (error) {
      if (!signal.aborted) this.broken.push(`the watch ended: ${messageOf(error)}`);
    }
  }

  #take(task: Task): void {
    const before = this.#tasks.get(task.id);
    this.#tasks.set(task.id, task);
    if (before) this.broken.push(...brokenRules(before, task));
  }
}

/** Returns the rules that a change of a task breaks. */
export function brokenRules(before: Task, after: Task): string[] {
  const broken: string[] = [];
  const [from, to] = [before.status.state, after.status.state];
  if (taskStateOrder(to) < taskStateOrder(from)) broken.push(`task ${after.id} went back from ${from} to ${to}`);
  if (taskStateOrder(after.desiredState) < taskStateOrder(before.desiredState))
    broken.push(`task ${after.id} is desired ${after.desiredState} after ${before.desiredState}`);
  if (before.nodeId !== undefined && after.nodeId !== before.nodeId)
    broken.push(`task ${after.id} moved from node ${before.nodeId} to ${after.nodeId ?? 'none'}`);
  const [was, is] = [before.status.container?.containerId, after.status.container?.containerId];
  if (was && is && was !== is) broken.push(`task ${after.id} has container ${is} after ${was}`);
  return broken;
}
