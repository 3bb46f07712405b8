import {
  byName,
  byNodeId,
  byServiceId,
  kindOf,
  or,
  type ReadTx,
  type Service,
  type Task,
  taskStateOrder,
} from '../../../kinds/index.js';
import { ApiError } from '../../answers.js';
import type { Json } from '../../convert/object.js';
import { jobIteration } from '../../convert/service-object.js';
import { taskJson } from '../../convert/task-object.js';
import type { Exchange } from '../../exchange.js';
import { ListFilters } from '../../filters.js';
import type { Route } from '../../router.js';
import type { SwarmBackend } from '../../swarm/backend.js';
import { findIn } from '../../swarm/find.js';
import { selfNodeId } from '../../swarm/nodes.js';
import { swarmRoute } from '../../swarm/requests.js';
import { isCurrent } from '../../swarm/services.js';

const filterNames = ['id', 'name', 'service', 'node', 'label', 'desired-state', 'runtime', '_up-to-date'];
const taskName = (task: Task) => kindOf('task').nameOf(task);

const desiredStates = ['running', 'shutdown', 'accepted'];

/** Finds the task that a client names. @throws {ApiError} 404; 400 when several fit. */
export function taskNamed(tx: ReadTx, name: string): Task {
  const tasks = tx.tasks();
  return findIn(tasks, name, { what: 'task', nameOf: taskName, lookup: (wanted) => tasks.find(byName(wanted)) });
}

/** Shows tasks with what stands in other objects. */
class Shown {
  readonly #tx: ReadTx;

  constructor(tx: ReadTx) {
    this.#tx = tx;
  }

  json(task: Task): Json {
    const service = this.service(task);
    const isJob = service && ('replicatedJob' in service.spec.mode || 'globalJob' in service.spec.mode);
    return taskJson(task, {
      network: (id) => this.#tx.networks().get(id),
      ...(isJob && { jobIteration: this.isCurrent(task) ? jobIteration(service) : task.specVersion }),
    });
  }

  isCurrent(task: Task): boolean {
    const service = this.service(task);
    return service !== undefined && isCurrent(this.#tx, service, task);
  }

  service({ serviceId }: Task): Service | undefined {
    return serviceId === undefined ? undefined : this.#tx.services().get(serviceId);
  }
}

/** `GET /tasks`: of services that are gone, too. Their labels are those that the service had. */
function list(x: Exchange, backend: SwarmBackend): void {
  const filters = ListFilters.parse(x.query.get('filters'), filterNames);
  for (const state of filters.values('desired-state'))
    if (!desiredStates.includes(state)) throw new ApiError(400, `Invalid desired-state filter: '${state}'`);
  const self = selfNodeId(backend);
  const found = backend.view((tx) => {
    const shown = new Shown(tx);
    const tasks = candidates(tx, filters, self);
    return tasks.filter((task) => passes(task, filters, shown)).map((task) => shown.json(task));
  });
  x.send(200, found);
}

/** Looks tasks up by their service and node, where the filters name them: by id or by name. */
function candidates(tx: ReadTx, filters: ListFilters, self: string): Task[] {
  const services = filters.values('service').flatMap((wanted) => [
    wanted,
    ...tx
      .services()
      .find(byName(wanted))
      .map(({ id }) => id),
  ]);
  const nodes = filters.values('node').flatMap((wanted) => [
    wanted === 'self' ? self : wanted,
    ...tx
      .nodes()
      .find(byName(wanted))
      .map(({ id }) => id),
  ]);
  const ofNodes = (task: Task) => !filters.has('node') || nodes.includes(task.nodeId ?? '');
  if (filters.has('service')) return tx.tasks().find(or(...services.map(byServiceId)), { where: ofNodes });
  return filters.has('node') ? tx.tasks().find(or(...nodes.map(byNodeId))) : tx.tasks().find();
}

function passes(task: Task, filters: ListFilters, shown: Shown): boolean {
  return (
    filters.prefix('id', task.id) &&
    filters.labels(task.serviceAnnotations.labels) &&
    filters.exact('runtime', 'container') &&
    (!filters.has('desired-state') || filters.values('desired-state').includes(desiredWord(task))) &&
    (!filters.has('name') || filters.values('name').some((name) => taskName(task).startsWith(name))) &&
    (!filters.values('_up-to-date').includes('true') || shown.isCurrent(task))
  );
}

/** Clients ask for three of the states: tasks that are to run, to be ready, or to stop. */
function desiredWord({ desiredState }: Task): string {
  if (taskStateOrder(desiredState) >= taskStateOrder('shutdown')) return 'shutdown';
  return taskStateOrder(desiredState) >= taskStateOrder('running') ? 'running' : 'accepted';
}

/** `GET /tasks/ID` */
function inspect(x: Exchange, backend: SwarmBackend): void {
  x.send(
    200,
    backend.view((tx) => new Shown(tx).json(taskNamed(tx, x.name))),
  );
}

export const taskRoutes: readonly Route[] = [
  swarmRoute('GET', '/tasks', list),
  swarmRoute('GET', '/tasks/{id}', inspect),
];
