import type { GenericResource, Task } from '../../kinds/index.js';
import { type NamedRule, rulesOf, rulesPassed } from '../judge.js';
import { Branch, levelsOf } from './branch.js';
import { candidateOf } from './candidate.js';
import { taskFilters } from './filters/index.js';
import { chosenPieces, piecesOf } from './generic.js';
import { type Group, groupsOf } from './groups.js';
import type { TaskNodeView } from './node-view.js';
import { refusalsText, waitingText } from './refusals.js';
import type { TaskNodes } from './task-nodes.js';
import { type DriverOfNetwork, wantedOf, type WantedTask } from './wanted.js';

/** Tasks that wait for a node, and the cluster that they may go to. */
export interface PlaceTasks {
  /** Tasks that wait; one whose `nodeId` is given (of a global service) goes to that node or waits. */
  readonly tasks: readonly Task[];
  /** The nodes. They count every placement at once. */
  readonly view: TaskNodes;
  /** Time, ms since the epoch: failures that are older than some minutes are forgotten. */
  readonly now: number;
  /** Finds drivers of networks that must be plug-ins of the node; without it, networks need none. */
  readonly driverOfNetwork?: DriverOfNetwork | undefined;
}

/** A node for a task, and the pieces of resources that users define which the task receives there, if any. */
export interface Assignment {
  readonly taskId: string;
  readonly nodeId: string;
  readonly generic?: readonly GenericResource[];
}

export interface Placements {
  readonly assigned: readonly Assignment[];
  /** Tasks that still wait, with the reason for `status.err`. */
  readonly pending: readonly { readonly taskId: string; readonly text: string }[];
}

type Rules = readonly NamedRule<TaskNodeView>[];

/**
 * Places tasks on nodes. The same tasks, nodes and time lead to the same placements, in whatever order they come.
 *
 * The view counts the placements as if they were written: `setTask` confirms one, and `removeTask` takes back one that was
 * not written.
 */
export function placeTasks({ tasks, view, now, driverOfNetwork }: PlaceTasks): Placements {
  const placed = { assigned: [] as Assignment[], pending: [] as Placements['pending'][number][] };
  const groups = groupsOf(tasks).map((group) => readGroup(group, view, driverOfNetwork));
  for (const group of groups) confirm(group, view, placed);
  for (const group of groups) spread(group, view, now, placed);
  return placed;
}

/** Says what {@link placeTasks} would do, for a plan: the view is as before afterwards. */
export function tryPlacing(options: PlaceTasks): Placements {
  const placements = placeTasks(options);
  for (const { taskId } of placements.assigned) options.view.removeTask(taskId);
  return placements;
}

interface ReadGroup {
  readonly wanted: WantedTask;
  readonly rules: Rules;
  /** Tasks whose node is given, and tasks that may go to any. */
  readonly bound: readonly Task[];
  readonly free: readonly Task[];
}

function readGroup(group: Group, view: TaskNodes, driverOfNetwork: DriverOfNetwork | undefined): ReadGroup {
  const wanted = wantedOf(group[0], driverOfNetwork);
  return {
    wanted,
    rules: rulesOf(wanted, view.all, taskFilters),
    bound: group.filter(({ nodeId }) => nodeId !== undefined),
    free: group.filter(({ nodeId }) => nodeId === undefined),
  };
}

interface Placed {
  readonly assigned: Assignment[];
  readonly pending: Placements['pending'][number][];
}

/** Lets tasks whose node is given have it, or says why they wait. */
function confirm({ bound, rules, wanted }: ReadGroup, view: TaskNodes, { assigned, pending }: Placed): void {
  for (const { id: taskId, nodeId = '' } of bound) {
    const node = view.get(nodeId);
    const text = node ? refusalsText(rules, [node]) : 'the assigned node does not exist';
    if (text === '') {
      assigned.push(claim(view, taskId, nodeId, wanted));
    } else pending.push({ taskId, text });
  }
}

/** Lets a task take its share of a node, with particular pieces where the node has names for them. */
function claim(view: TaskNodes, taskId: string, nodeId: string, wanted: WantedTask): Assignment {
  const node = view.get(nodeId);
  if (!node || wanted.pieces.size === 0) {
    view.claim(taskId, nodeId, wanted);
    return { taskId, nodeId };
  }
  const generic = chosenPieces(wanted.pieces, node.facts.pieces, node.piecesInUse);
  view.claim(taskId, nodeId, { ...wanted, pieces: piecesOf(generic) });
  return { taskId, nodeId, generic };
}

/** Gives each task the node that is best at its moment: one pass over the nodes, then a heap. */
function spread({ free, rules, wanted }: ReadGroup, view: TaskNodes, now: number, { assigned, pending }: Placed): void {
  if (free.length === 0) return;
  const root = rank(rules, wanted, view.all, now, free.length);
  let text: string | undefined;
  for (const { id: taskId } of free) {
    const { best } = root;
    if (!best) {
      pending.push({ taskId, text: (text ??= waitingText(refusalsText(rules, view.all))) });
      continue;
    }
    assigned.push(claim(view, taskId, best.node.facts.id, wanted));
    best.ofService++;
    best.ofAll++;
    root.take(passesAll(rules, best.node));
  }
}

/** Brings the nodes that fit in the order in which at most so many tasks take them. */
export function rank(
  rules: Rules,
  wanted: WantedTask,
  nodes: readonly TaskNodeView[],
  now: number,
  most: number,
): Branch {
  const fits = (node: TaskNodeView) => passesAll(rules, node);
  const root = new Branch({ levels: levelsOf(wanted.spreads), most, fits });
  let order = 0;
  for (const node of nodes) root.add(candidateOf(node, order++, wanted, now));
  root.order();
  return root;
}

function passesAll(rules: Rules, node: TaskNodeView): boolean {
  return rulesPassed(rules, node, false) === rules.length;
}
