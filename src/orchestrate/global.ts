import type { Node, Service } from '../kinds/index.js';
import type { Draft } from './draft.js';
import { mayRestart, restartSlot, startReplacements } from './restart.js';
import { newestOf, type Slot, slotsOf, wantedOf } from './slot.js';
import { createTask, isInvalid, isOver, setDesired } from './task.js';
import { isRollingBack, updateSlots } from './update.js';

/** Brings a service to one task on every node that fits, and its tasks to its spec. */
export function reconcileGlobal(draft: Draft, service: Service): void {
  for (const slot of slotsOf(draft, service)) settleSlot(draft, service, slot);
  const slots = new Map(slotsOf(draft, service).map((slot) => [slot.key, slot]));
  for (const node of openNodes(draft, service)) {
    const slot = slots.get(node.id);
    if (slot && (wantedOf(slot).length > 0 || isResting(service, slot))) continue;
    if (!draft.mayCreate()) break;
    createTask(draft, service, { slot: 0, nodeId: node.id, desiredState: 'running' });
  }
  const open = new Set(openNodes(draft, service).map(({ id }) => id));
  updateSlots(
    draft,
    service,
    [...slots.values()].filter(({ key }) => open.has(String(key))),
  );
  for (const slot of slotsOf(draft, service)) startReplacements(draft, service, slot);
}

/** The nodes on which tasks of the service may be made or replaced now. Paused ones keep what they have. */
export function openNodes(draft: Draft, service: Service): Node[] {
  return draft.nodes().filter((node) => isFit(draft, service, node) && node.spec.availability === 'active');
}

/** Tells whether a node is one of those that the service is for. */
function isFit(draft: Draft, { spec }: Service, node: Node): boolean {
  return !isInvalid(node) && node.spec.membership === 'accepted' && draft.ports.meets(node, spec.task.placement);
}

/**
 * Shuts down what a node should no longer have, and restarts what ended on a node that takes tasks. The tasks of a removed
 * node are deleted: no report about them can come.
 */
export function settleSlot(draft: Draft, service: Service, slot: Slot): void {
  const node = draft.node(String(slot.key));
  if (node === undefined) {
    for (const task of slot.tasks) draft.delete(task);
    return;
  }
  const fit = isFit(draft, service, node);
  if (fit && node.spec.availability === 'active') {
    restartSlot(draft, service, slot);
    return;
  }
  for (const task of wantedOf(slot)) {
    const done = isOver(task) && task.status.state === 'complete' && task.desiredState === 'complete';
    if (!done && (!fit || isOver(task))) setDesired(draft, task, 'shutdown');
  }
}

/** Tells whether the last task of a node ended by itself and may not be restarted. A task that was stopped may. */
function isResting(service: Service, slot: Slot): boolean {
  const newest = newestOf(slot);
  if (newest === undefined) return false;
  if (isRollingBack(service) && newest.specVersion !== service.specVersion) return false;
  const ended = ['complete', 'failed', 'rejected'].includes(newest.status.state);
  return ended && newest.desiredState !== 'remove' && !mayRestart(service, slot, newest);
}
