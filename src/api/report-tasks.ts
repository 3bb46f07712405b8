import { plainEqual } from '../base/plain.js';
import { type Task, type TaskState, taskStateOrder, type TaskStatus, type Tx } from '../kinds/index.js';
import { hasEnded } from '../kinds/task/schema.js';
import type { messages } from '../wire/index.js';

/** States that a driver may report. The others are decisions of the leader. */
const reportable: ReadonlySet<TaskState> = new Set([
  'accepted',
  'preparing',
  'ready',
  'starting',
  'running',
  'complete',
  'shutdown',
  'failed',
  'rejected',
]);

/** Stores the status of one task of a node as its driver reports it. Returns the reason when it is left out. */
export function reportTask(
  tx: Tx,
  { id, status }: messages.TaskReport,
  { nodeId, now }: { readonly nodeId: string; readonly now: number },
): messages.ReportRefusal | undefined {
  const task = tx.tasks().get(id);
  if (task === undefined) return 'gone';
  if (nodeId === '' || task.nodeId !== nodeId) return 'otherNode';
  if (!reportable.has(status.state)) return 'notReportable';
  const next = stamped(task, status, now);
  if (plainEqual(next, task.status)) return 'same';
  if (hasEnded(task.status.state) || taskStateOrder(status.state) < taskStateOrder(task.status.state)) return 'behind';
  tx.tasks().update({ ...task, status: next });
  return undefined;
}

/** The status with the times of the leader: that of the state, and that at which the task began to run. */
function stamped({ status: stored }: Task, reported: messages.TaskStatus, now: number): TaskStatus {
  const { timestamp: _theirs, runningAt: _too, ...status } = reported;
  const runningAt = stored.runningAt ?? (status.state === 'running' ? now : undefined);
  return {
    ...status,
    timestamp: status.state === stored.state ? stored.timestamp : now,
    ...(runningAt !== undefined && { runningAt }),
  };
}
