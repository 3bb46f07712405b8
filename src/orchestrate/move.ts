import type { Node, Service, Task } from '../kinds/index.js';
import type { Draft } from './draft.js';
import { type Slot, wantedOf } from './slot.js';
import { createTask, isDirty, isInvalid, isOver, isUnassigned, isWanted, setDesired } from './task.js';
import { currentStatus, isPaused, isUpdating } from './update-status.js';

/**
 * Label of a task that should go on elsewhere: the id of the node. Its replacement starts there first, and only when that
 * runs is the task shut down.
 */
export const moveToLabel = 'skep.move-to';

/** A slot whose task moves, and the task that takes its place. */
export interface Move {
  readonly old: Task;
  readonly target: string;
  /** Task on the target, in whatever state; absent before there is one. */
  readonly next: Task | undefined;
}

/** Finds the move of a slot: that of a task that runs, equals the spec, and has the label. */
export function moveOf(draft: Draft, service: Service, slot: Slot): Move | undefined {
  const wanted = wantedOf(slot).filter((task) => !isOver(task) && !isDirty(draft, service, task));
  const old = wanted.find((task) => targetOf(task) !== undefined && targetOf(task) !== task.nodeId);
  const target = old && targetOf(old);
  if (!old || target === undefined) return undefined;
  const next = slot.tasks.findLast(
    (task) => task.nodeId === target && task.id !== old.id && task.meta.createdAt >= old.meta.createdAt,
  );
  return { old, target, next };
}

const targetOf = ({ annotations }: Task) => annotations.labels[moveToLabel];

/**
 * Moves tasks of a service with replicas to the nodes that their labels name: as many at a time as an update replaces.
 * The new task starts first. A move is given up when its node takes no tasks, has no room, or the new task ends there.
 */
export function moveTasks(draft: Draft, service: Service, slots: readonly Slot[]): void {
  const moves = slots.flatMap((slot) => moveOf(draft, service, slot) ?? []);
  if (moves.length === 0) return;
  for (const move of moves) if (isHopeless(draft, service, move)) giveUp(draft, move);
  const open = moves.filter((move) => !isHopeless(draft, service, move));
  for (const { old, next } of open) if (next?.status.state === 'running') setDesired(draft, old, 'shutdown');
  // An update replaces the tasks anyway: moves wait for its end.
  if (currentStatus(service) && (isUpdating(service) || isPaused(service))) return;
  const atOnce = service.spec.update?.parallelism ?? 1;
  const begun = open.filter(({ next }) => next !== undefined).length + stoppingMoves(slots);
  const waiting = open.filter(({ old, next }) => next === undefined && old.status.state === 'running');
  const room = atOnce === 0 ? waiting.length : Math.max(0, atOnce - begun);
  for (const { old, target } of waiting.slice(0, room))
    createTask(draft, service, { slot: old.slot, nodeId: target, desiredState: 'running' });
}

/** Old tasks of moves that still stop count as under way. */
function stoppingMoves(slots: readonly Slot[]): number {
  const stopping = (task: Task) => targetOf(task) !== undefined && !isWanted(task) && !isOver(task);
  return slots.filter(({ tasks }) => tasks.some(stopping)).length;
}

function isHopeless(draft: Draft, service: Service, { target, next }: Move): boolean {
  if (next && (isOver(next) || !isWanted(next) || next.status.state === 'pending')) return true;
  return !takesTasks(draft, service, draft.node(target));
}

function takesTasks(draft: Draft, { spec }: Service, node: Node | undefined): boolean {
  if (!node || isInvalid(node) || node.spec.availability !== 'active') return false;
  return node.status.state === 'ready' && draft.ports.meets(node, spec.task.placement);
}

/** Lets the old task stay, and ends the new one. */
function giveUp(draft: Draft, { old, next }: Move): void {
  const { [moveToLabel]: _target, ...labels } = old.annotations.labels;
  draft.update({ ...(draft.task(old.id) ?? old), annotations: { ...old.annotations, labels } });
  if (next && isWanted(next) && (isUnassigned(next) || next.status.state !== 'running'))
    setDesired(draft, next, 'shutdown');
}
