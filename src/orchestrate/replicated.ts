import type { Service, Task } from '../kinds/index.js';
import type { Draft } from './draft.js';
import { moveTasks } from './move.js';
import { mayRestart, restartSlot, startReplacements } from './restart.js';
import { newestOf, type Slot, slotsOf, wantedOf } from './slot.js';
import { createTask, isOver, setDesired } from './task.js';
import { isRollingBack, updateSlots } from './update.js';

/** Brings a service to its number of replicas, and its replicas to its spec. */
export function reconcileReplicated(draft: Draft, service: Service, replicas: number): void {
  for (const slot of slotsOf(draft, service)) restartSlot(draft, service, slot);
  const slots = slotsOf(draft, service);
  const live = slots.filter((slot) => isLive(service, slot));
  const dead = slots.filter((slot) => !live.includes(slot));
  const added = addSlots(draft, service, live, replicas - live.length);
  for (const slot of dead) if (!added.has(slot.key)) removeDead(draft, slot);
  const surplus = new Set(byRemoval(live).slice(replicas));
  for (const slot of surplus) for (const task of slot.tasks) setDesired(draft, task, 'remove');
  const kept = new Set(live.filter((slot) => !surplus.has(slot)).map(({ key }) => key));
  moveTasks(
    draft,
    service,
    live.filter(({ key }) => kept.has(key)),
  );
  updateSlots(
    draft,
    service,
    slotsOf(draft, service).filter(({ key }) => kept.has(key)),
  );
  for (const slot of slotsOf(draft, service)) startReplacements(draft, service, slot);
}

/**
 * Tells whether a slot counts as a replica: it has a wanted task, or one that may not be restarted and therefore rests.
 * A rollback revives resting slots: the spec that exhausted them is given up.
 */
function isLive(service: Service, slot: Slot): boolean {
  if (wantedOf(slot).length > 0) return true;
  const newest = newestOf(slot);
  if (newest === undefined || newest.desiredState === 'remove') return false;
  if (isRollingBack(service) && newest.specVersion !== service.specVersion) return false;
  return !mayRestart(service, slot, newest);
}

/** Makes tasks in the lowest free slot numbers, and tells which those are. */
function addSlots(draft: Draft, service: Service, live: readonly Slot[], count: number): Set<number | string> {
  const taken = new Set(live.map(({ key }) => key));
  const added = new Set<number | string>();
  for (let slot = 1; added.size < count; slot++) {
    if (taken.has(slot)) continue;
    if (!draft.mayCreate()) break;
    createTask(draft, service, { slot, desiredState: 'running' });
    added.add(slot);
  }
  return added;
}

/** Drops the history of a slot that is no longer used. What may still run leaves by way of `remove`. */
function removeDead(draft: Draft, slot: Slot): void {
  for (const task of slot.tasks) {
    if (task.desiredState === 'remove') continue;
    if (isOver(task)) draft.delete(task);
    else setDesired(draft, task, 'remove');
  }
}

/**
 * Slots in the order in which they stay. Running ones come first, then low numbers; each is counted as the nth on its
 * node, and the nth of all nodes come before the next: removing the tail evens out the nodes.
 */
export function byRemoval(slots: readonly Slot[]): Slot[] {
  const running = (slot: Slot) => Number(wantedOf(slot).some(({ status }) => status.state === 'running'));
  const ordered = [...slots].sort((a, b) => running(b) - running(a) || (a.key < b.key ? -1 : 1));
  const onNode = new Map<string, number>();
  const ranked = ordered.map((slot) => {
    const nodeId = onlyTask(slot)?.nodeId;
    if (nodeId === undefined) return { slot, nth: Infinity };
    const nth = (onNode.get(nodeId) ?? 0) + 1;
    onNode.set(nodeId, nth);
    return { slot, nth };
  });
  // Infinity minus itself is no number: equal ranks keep their order.
  return ranked.sort((a, b) => (a.nth === b.nth ? 0 : a.nth - b.nth)).map(({ slot }) => slot);
}

function onlyTask(slot: Slot): Task | undefined {
  const wanted = wantedOf(slot);
  if (wanted.length === 0) return newestOf(slot);
  return wanted.length === 1 ? wanted[0] : undefined;
}
