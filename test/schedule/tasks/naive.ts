import type { GenericResource, Node, Task } from '../../../src/kinds/index.js';

/**
 * Placement without any index, sum or heap: every question is answered from the nodes and tasks, each time anew. It knows
 * the constraints `KEY==VALUE` and `KEY!=VALUE` of node labels, as far as the generated services use them.
 */

const order = [
  'new', 'pending', 'assigned', 'accepted', 'preparing', 'ready', 'starting', 'running',
  'complete', 'shutdown', 'failed', 'rejected', 'remove', 'orphaned',
]; // prettier-ignore

const holds = ({ status }: Task) => order.indexOf(status.state) >= 2 && order.indexOf(status.state) <= 7;
const isActive = (task: Task) => holds(task) && order.indexOf(task.desiredState) <= 8;

/** Reasons in the order of the filters. */
export const reasons = [
  'not available',
  'insufficient resources',
  'constraints',
  'platform',
  'host-mode port',
  'max replicas',
] as const;
export type Reason = (typeof reasons)[number];

/** The first reason for which a node does not take the task; `undefined` when it does. */
export function reasonAgainst(node: Node, task: Task, all: readonly Task[]): Reason | undefined {
  const here = all.filter((one) => one.nodeId === node.id && one.id !== task.id && holds(one));
  const { placement } = task.spec;
  if (node.status.state !== 'ready' || node.spec.availability !== 'active') return 'not available';
  if (!hasRoom(node, task, here)) return 'insufficient resources';
  if (!(placement?.constraints ?? []).every((one) => meets(node, one))) return 'constraints';
  const platforms = placement?.platforms ?? [];
  const { os, architecture } = node.description?.platform ?? { os: '', architecture: '' };
  if (platforms.length > 0 && !platforms.some((one) => one.os === os && one.architecture === architecture)) {
    return 'platform';
  }
  if (portsOf(task).some((port) => here.some((one) => portsOf(one).includes(port)))) return 'host-mode port';
  const ofService = here.filter((one) => one.serviceId === task.serviceId && isActive(one)).length;
  if (placement && placement.maxReplicas > 0 && ofService >= placement.maxReplicas) return 'max replicas';
  return undefined;
}

function hasRoom(node: Node, task: Task, here: readonly Task[]): boolean {
  const total = node.description?.resources;
  const asked = task.spec.resources?.reservations;
  if (!asked) return true;
  const sum = (amount: (task: Task) => number) => here.reduce((all, one) => all + amount(one), 0);
  const cpus = sum((one) => one.spec.resources?.reservations?.nanoCpus ?? 0);
  const memory = sum((one) => one.spec.resources?.reservations?.memoryBytes ?? 0);
  if (asked.nanoCpus > 0 && cpus + asked.nanoCpus > (total?.nanoCpus ?? 0)) return false;
  if (asked.memoryBytes > 0 && memory + asked.memoryBytes > (total?.memoryBytes ?? 0)) return false;
  const gpus = (list: readonly { named?: string; discrete?: number }[]) =>
    list.reduce((count, { named, discrete = 0 }) => count + (named === undefined ? discrete : 1), 0);
  const wanted = gpus(asked.generic);
  const taken = sum((one) => gpus(one.spec.resources?.reservations?.generic ?? []));
  return wanted === 0 || taken + wanted <= gpus(total?.generic ?? []);
}

const portsOf = ({ endpoint }: Task) =>
  (endpoint?.ports ?? []).filter(({ publishMode }) => publishMode === 'host').map(({ publishedPort }) => publishedPort);

function meets(node: Node, text: string): boolean {
  const wanted = text.includes('==');
  const [key = '', value] = text.split(wanted ? '==' : '!=');
  const has = node.spec.annotations.labels[key.replace('node.labels.', '')] ?? '';
  return (has === value) === wanted;
}

/** Numbers that decide between two nodes, the most important first. */
function rankOf(node: Node, task: Task, all: readonly Task[], now: number): [number, number, number, string] {
  const same = (one: Task) => one.serviceId === task.serviceId && one.nodeId === node.id;
  const failures = all.filter(
    (one) =>
      same(one) &&
      one.specVersion === task.specVersion &&
      (one.status.state === 'failed' || one.status.state === 'rejected') &&
      one.status.timestamp > now - 300_000,
  ).length;
  const active = all.filter((one) => one.nodeId === node.id && isActive(one));
  return [
    failures >= 5 ? failures : 0,
    active.filter(same).length,
    active.length,
    `${node.description?.hostname} ${node.id}`,
  ];
}

type Key = readonly (number | string)[];

function less(a: Key, b: Key): boolean {
  const at = a.findIndex((one, i) => one !== b[i]);
  const [one, other] = [a[at], b[at]];
  return one !== undefined && other !== undefined && one < other;
}

const least = <T>(items: readonly T[], key: (item: T) => Key): T | undefined =>
  items.reduce<T | undefined>((best, one) => (best === undefined || less(key(one), key(best)) ? one : best), undefined);

/** Finds the node for the next task: down the tree of preferences, then the best. */
function choose(
  task: Task,
  nodes: readonly Node[],
  all: readonly Task[],
  now: number,
  labels: readonly string[],
): Node | undefined {
  const [label, ...lower] = labels;
  const fitting = nodes.filter((node) => reasonAgainst(node, task, all) === undefined);
  if (label === undefined) return least(fitting, (node) => rankOf(node, task, all, now));
  const valueOf = (node: Node) => node.spec.annotations.labels[label] ?? '';
  const branches = [...new Set(fitting.map(valueOf))].map((value) => {
    const members = nodes.filter((node) => valueOf(node) === value);
    const ids = new Set(members.map(({ id }) => id));
    const tasks = all.filter((one) => one.serviceId === task.serviceId && isActive(one) && ids.has(one.nodeId ?? ''));
    const best = choose(task, members, all, now, lower) as Node;
    const [failures, ...rest] = rankOf(best, task, all, now);
    return { best, key: [failures, tasks.length, failures, ...rest] };
  });
  return least(branches, ({ key }) => key)?.best;
}

export interface NaiveResult {
  readonly assigned: { taskId: string; nodeId: string; generic?: readonly GenericResource[] }[];
  /** For each task that waits, the number of nodes for each reason. */
  readonly pending: { taskId: string; counts: Partial<Record<Reason, number>> }[];
}

/** Places tasks that are in the order in which they are to be placed. */
export function placeNaively(
  tasks: readonly Task[],
  nodes: readonly Node[],
  existing: readonly Task[],
  now: number,
): NaiveResult {
  const all = [...existing];
  const result: NaiveResult = { assigned: [], pending: [] };
  for (const task of tasks) {
    const labels = (task.spec.placement?.preferences ?? []).map(({ spread }) => spread.replace('node.labels.', ''));
    const bound = task.nodeId === undefined ? nodes : nodes.filter(({ id }) => id === task.nodeId);
    const node = choose(task, bound, all, now, labels);
    if (node) {
      all.push({ ...task, nodeId: node.id, status: { ...task.status, state: 'assigned' } });
      // Pieces here have no names: the task receives the numbers that it asks for.
      const generic = task.spec.resources?.reservations?.generic ?? [];
      result.assigned.push({ taskId: task.id, nodeId: node.id, ...(generic.length > 0 && { generic }) });
    } else result.pending.push({ taskId: task.id, counts: countReasons(task, bound, all) });
  }
  return result;
}

function countReasons(task: Task, nodes: readonly Node[], all: readonly Task[]): Partial<Record<Reason, number>> {
  const counts: Partial<Record<Reason, number>> = {};
  for (const node of nodes) {
    const reason = reasonAgainst(node, task, all);
    if (reason) counts[reason] = (counts[reason] ?? 0) + 1;
  }
  return counts;
}
