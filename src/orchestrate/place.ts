import { assert } from '../base/assert.js';
import type { Task, TaskState } from '../kinds/index.js';
import { taskStateOrder } from '../kinds/index.js';
import { needsEndpoint } from './allocate.js';
import type { Draft } from './draft.js';
import { isAllocated, isUnassigned, isWanted } from './task.js';

/**
 * Gives nodes to the tasks that have none, in the pass that made them. A task that fits nowhere is pending, with the
 * reason. A task that was given up before it had a node has ended with that.
 */
export function placeTasks(draft: Draft): void {
  const waiting: Task[] = [];
  for (const task of draft.tasks()) {
    if (!isUnassigned(task)) continue;
    if (isWanted(task)) {
      const ready = withEndpoint(draft, task);
      if (ready) waiting.push(ready);
    } else if (task.desiredState !== 'remove') {
      setState(draft, task, 'shutdown', 'shut down before it was assigned to a node');
    }
  }
  if (waiting.length === 0) return;
  const byId = new Map(waiting.map((task) => [task.id, task]));
  const { assigned, pending } = draft.place(waiting);
  for (const { taskId, nodeId, generic = [] } of assigned) {
    const task = byId.get(taskId);
    assert(task !== undefined && byId.delete(taskId), 'a task is placed once, and only when it waits');
    assign(draft, { ...task, assignedGeneric: generic }, nodeId);
  }
  for (const { taskId, text } of pending) {
    const task = byId.get(taskId);
    assert(task !== undefined, 'only tasks that wait are pending');
    if (task.status.state !== 'pending' || task.status.err !== text)
      setState(draft, task, 'pending', 'pending task scheduling', text);
  }
}

/** The task with the ports of its service; `undefined` while it waits for them, or is not wanted yet. */
function withEndpoint(draft: Draft, task: Task): Task | undefined {
  if (taskStateOrder(task.desiredState) < taskStateOrder('ready')) return undefined;
  const service = draft.service(task.serviceId ?? '');
  if (service === undefined || !needsEndpoint(service, task)) return task;
  if (!isAllocated(service)) return undefined;
  return service.endpoint ? draft.update({ ...task, endpoint: service.endpoint }) : task;
}

/** Writes the node of a task: once, for good. */
function assign(draft: Draft, task: Task, nodeId: string): void {
  assert(task.nodeId === undefined || task.nodeId === nodeId, 'a task keeps the node that it was given');
  const message =
    task.nodeId === undefined
      ? 'scheduler assigned task to node'
      : 'scheduler confirmed task can run on preassigned node';
  setState(draft, { ...task, nodeId }, 'assigned', message);
}

function setState(draft: Draft, task: Task, state: TaskState, message: string, err = ''): void {
  draft.update({ ...task, status: { ...task.status, timestamp: draft.now, state, message, err } });
}
