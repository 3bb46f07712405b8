import { type GenericResource, type Node, type Resources, type Task, taskStateOrder } from '../kinds/index.js';
import type { Draft } from './draft.js';
import { isDirty, isOver, isUnassigned, isWanted } from './task.js';

/**
 * Rejects tasks whose active node no longer fits them: it does not meet the constraints of the service as they are now,
 * or has less than its tasks reserve.
 */
export function enforce(draft: Draft): void {
  const byNode = draft.tasksByNode();
  for (const node of draft.ownNodes()) {
    if (node.spec.availability !== 'active' || node.status.state === 'down') continue;
    const held = (byNode.get(node.id) ?? []).filter((task) => !isUnassigned(task) && !isOver(task));
    const fitting = held.filter((task) => !isMisplaced(draft, node, task));
    const { resources } = node.description ?? {};
    const short = resources ? beyond(resources, fitting) : [];
    for (const task of held)
      if (isWanted(task) && (!fitting.includes(task) || short.includes(task))) reject(draft, task);
  }
}

/** The tasks that go first stay longest: those that are not wanted hold their share until they end. */
function byUse(a: Task, b: Task): number {
  const wanted = Number(isWanted(a)) - Number(isWanted(b));
  return wanted || taskStateOrder(b.status.state) - taskStateOrder(a.status.state) || (a.id < b.id ? -1 : 1);
}

/** An outdated task is held to its own placement: the update will do the rest. */
function isMisplaced(draft: Draft, node: Node, task: Task): boolean {
  const service = draft.service(task.serviceId ?? '');
  const { placement } = service && !isDirty(draft, service, task) ? service.spec.task : task.spec;
  return !draft.ports.meets(node, placement);
}

/** The tasks that a node has no room for, when those before them are served first. */
function beyond(resources: Resources, tasks: readonly Task[]): Task[] {
  const free = { ...amountsOf(resources) };
  return [...tasks].sort(byUse).filter((task) => {
    const asked = amountsHeld(task);
    if (Object.entries(asked).some(([name, amount]) => amount > (free[name] ?? 0))) return true;
    for (const [name, amount] of Object.entries(asked)) free[name] = (free[name] ?? 0) - amount;
    return false;
  });
}

/** Amounts that a task reserves: with the pieces that it was given, once it has been. */
function amountsHeld({ spec, assignedGeneric }: Task): Record<string, number> {
  const reserved = spec.resources?.reservations;
  return amountsOf(reserved && assignedGeneric.length > 0 ? { ...reserved, generic: assignedGeneric } : reserved);
}

/**
 * Amounts by name: a named piece of a generic resource is one of its kind, and one by its name. Nothing asked is not
 * listed.
 */
function amountsOf(resources: Resources | undefined): Record<string, number> {
  if (resources === undefined) return {};
  const amounts: Record<string, number> = { cpu: resources.nanoCpus, memory: resources.memoryBytes };
  for (const piece of resources.generic) {
    amounts[`generic ${piece.kind}`] = (amounts[`generic ${piece.kind}`] ?? 0) + piecesOf(piece);
    if (piece.named !== undefined) amounts[`generic ${piece.kind}/${piece.named}`] = 1;
  }
  return Object.fromEntries(Object.entries(amounts).filter(([, amount]) => amount > 0));
}

const piecesOf = ({ named, discrete }: GenericResource) => (named === undefined ? (discrete ?? 0) : 1);

function reject(draft: Draft, task: Task): void {
  const message = 'task rejected by constraint enforcer';
  const err = 'assigned node no longer meets constraints';
  draft.update({ ...task, status: { ...task.status, timestamp: draft.now, state: 'rejected', message, err } });
}
