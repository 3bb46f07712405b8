import { StoreError } from '../../base/store-error.js';
import { stackLabel } from '../../compose/index.js';
import type { Node, Service, Task } from '../../kinds/index.js';
import { byAge, isWanted } from '../../orchestrate/index.js';
import type { ClusterView } from './view.js';

// Finds services, nodes, stacks and tasks by the names that people use, in what a command has read.

export const stackOf = ({ spec }: Service): string | undefined => spec.annotations.labels[stackLabel];

/** Returns the names of all stacks that have services, sorted. */
export function stackNames(view: ClusterView): string[] {
  return [...new Set([...view.services.values()].flatMap((service) => stackOf(service) ?? []))].sort();
}

export function servicesOfStack(view: ClusterView, stack: string): Service[] {
  return byName([...view.services.values()].filter((service) => stackOf(service) === stack));
}

/** Sorts services by their names. */
export function byName(services: readonly Service[]): Service[] {
  const nameOf = ({ spec }: Service) => spec.annotations.name;
  return [...services].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

/** Finds the service by id, name, name in the file of its stack, or the beginning of its id. */
export function findService(view: ClusterView, given: string): Service | undefined {
  const services = [...view.services.values()];
  const name = given.toLowerCase();
  return (
    view.services.get(given) ??
    services.find(({ spec }) => spec.annotations.name.toLowerCase() === name) ??
    onlyOne('service', given, services.filter((service) => isShort(service, given))) ??
    onlyOne('service', given, given === '' ? [] : services.filter(({ id }) => id.startsWith(given)))
  ); // prettier-ignore
}

/** Tells whether the service has this name in the file of its stack. */
function isShort(service: Service, given: string): boolean {
  const stack = stackOf(service);
  return stack !== undefined && service.spec.annotations.name === `${stack}_${given}`;
}

/** Finds the node by id, host name, or the beginning of its id. */
export function findNode(view: ClusterView, given: string): Node | undefined {
  const nodes = [...view.nodes.values()];
  const name = given.toLowerCase();
  return (
    view.nodes.get(given) ??
    onlyOne('node', given, nodes.filter(({ description }) => description?.hostname.toLowerCase() === name)) ??
    onlyOne('node', given, given === '' ? [] : nodes.filter(({ id }) => id.startsWith(given)))
  ); // prettier-ignore
}

/** As {@link findService}. @throws {StoreError} `NOT_FOUND` */
export function mustFindService(view: ClusterView, given: string): Service {
  const found = findService(view, given);
  if (!found) throw new StoreError('NOT_FOUND', `there is no service "${given}"; skep service ls lists them`);
  return found;
}

/** As {@link findNode}. @throws {StoreError} `NOT_FOUND` */
export function mustFindNode(view: ClusterView, given: string): Node {
  const found = findNode(view, given);
  if (!found) throw new StoreError('NOT_FOUND', `there is no node "${given}"; skep node ls lists them`);
  return found;
}

/** As {@link servicesOfStack}, of a stack that has services. @throws {StoreError} `NOT_FOUND` */
export function mustFindStack(view: ClusterView, given: string): Service[] {
  const services = servicesOfStack(view, given);
  if (services.length === 0)
    throw new StoreError('NOT_FOUND', `there is no stack "${given}"; skep stack ls lists them`);
  return services;
}

/** Finds the task by id, by its name or the short one (`web.3`), or by the beginning of its id. */
export function findTask(view: ClusterView, given: string): Task | undefined {
  const tasks = [...view.tasks.values()];
  return (
    view.tasks.get(given) ??
    currentOf(tasks.filter((task) => isCalled(view, task, given))) ??
    onlyOne('task', given, given === '' ? [] : tasks.filter(({ id }) => id.startsWith(given)))
  );
}

function isCalled(view: ClusterView, task: Task, given: string): boolean {
  const name = view.taskName(task);
  const stack = task.serviceAnnotations.labels[stackLabel];
  return [name, `${name}.${task.id}`].some(
    (one) => one === given || (stack !== undefined && one === `${stack}_${given}`),
  );
}

/** Of all tasks of one slot, the one that is to run; else the newest. */
function currentOf(tasks: readonly Task[]): Task | undefined {
  const ordered = [...tasks].sort(byAge);
  return ordered.findLast(isWanted) ?? ordered.at(-1);
}

function onlyOne<T extends { readonly id: string }>(kind: string, given: string, found: readonly T[]): T | undefined {
  if (found.length > 1)
    throw new StoreError('INVALID_OBJECT', `"${given}" matches more than one ${kind}; give more of the id`);
  return found[0];
}

/** Tasks that one word names: those of a stack, a service or a node. */
export interface Selection {
  readonly kind: 'stack' | 'service' | 'node';
  readonly name: string;
  readonly tasks: readonly Task[];
}

/**
 * Finds the tasks of a stack, service or node. `service/web` names the kind where a name has several.
 * @throws {StoreError} `NOT_FOUND`; `INVALID_OBJECT` when the name has several meanings.
 */
export function selectTasks(view: ClusterView, given: string): Selection {
  const [, kind, word] = /^(stack|service|node)\/(.+)$/s.exec(given) ?? [undefined, undefined, given];
  const found = selections(view, word ?? given).filter((one) => kind === undefined || one.kind === kind);
  const [first, second] = found;
  if (!first) {
    const what = kind ?? 'stack, service or node';
    throw new StoreError(
      'NOT_FOUND',
      `there is no ${what} "${word}"; list them with skep stack ls, service ls, node ls`,
    );
  }
  if (second) {
    const forms = found.map((one) => `${one.kind}/${word}`);
    throw new StoreError('INVALID_OBJECT', `"${given}" has several meanings; give ${forms.join(' or ')}`);
  }
  return first;
}

function selections(view: ClusterView, word: string): Selection[] {
  const tasks = [...view.tasks.values()];
  const found: Selection[] = [];
  const ofStack = tasks.filter(({ serviceAnnotations }) => serviceAnnotations.labels[stackLabel] === word);
  if (ofStack.length > 0 || servicesOfStack(view, word).length > 0)
    found.push({ kind: 'stack', name: word, tasks: ofStack });
  const service = findService(view, word);
  if (service) found.push({ kind: 'service', name: service.spec.annotations.name, tasks: view.tasksOf(service.id) });
  const node = findNode(view, word);
  if (node)
    found.push({ kind: 'node', name: view.nodeName(node.id), tasks: tasks.filter(({ nodeId }) => nodeId === node.id) });
  return found;
}
