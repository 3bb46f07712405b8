import type { Draft } from './draft.js';
import { isOver, isUnassigned } from './task.js';

/** Time after which a node without a confirmation is down, ms. */
const unconfirmedMaxMs = 30_000;
/** Time after which the tasks of a node that is down are given up, ms: a day. */
const orphanAfterMs = 86_400_000;

/**
 * Draws the conclusions from the states of nodes. A node that stays `unknown` is down, save one whose engine managers drive:
 * they judge it, and `unknown` then holds its tasks. Tasks of a node that is gone, or down for a day, are orphaned: no report
 * about them will come.
 */
export function settleNodes(draft: Draft): void {
  for (const node of draft.ownNodes()) {
    const { state, timestamp } = node.status;
    if (node.engine || state !== 'unknown' || timestamp === 0 || !draft.due(timestamp + unconfirmedMaxMs)) continue;
    const status = { ...node.status, state: 'down' as const, message: 'heartbeat failure', timestamp: draft.now };
    draft.updateNode({ ...node, status });
  }
  for (const task of draft.tasks()) {
    if (task.nodeId === undefined || isUnassigned(task) || isOver(task)) continue;
    if (!isLost(draft, task.nodeId)) continue;
    const message = 'node is gone: no manager can report about the task';
    draft.update({ ...task, status: { ...task.status, timestamp: draft.now, state: 'orphaned', message } });
  }
}

function isLost(draft: Draft, nodeId: string): boolean {
  const status = draft.node(nodeId)?.status;
  if (status === undefined) return true;
  return status.state === 'down' && status.timestamp > 0 && draft.due(status.timestamp + orphanAfterMs);
}
