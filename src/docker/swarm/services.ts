import { byName, byServiceId, type ReadTx, type Service, type Task } from '../../kinds/index.js';
import { isDirty } from '../../orchestrate/index.js';
import { meetsPlacement } from '../../schedule/index.js';
import { findIn } from './find.js';

/** Finds the service that a client names. @throws {ApiError} 404; 400 when several fit. */
export function serviceNamed(tx: ReadTx, name: string): Service {
  const services = tx.services();
  return findIn(services, name, {
    what: 'service',
    nameOf: ({ spec }) => spec.annotations.name,
    lookup: (wanted) => services.find(byName(wanted)),
  });
}

/** Returns the tasks of a service, those that ended too. */
export const tasksOf = (tx: ReadTx, serviceId: string): Task[] => tx.tasks().find(byServiceId(serviceId));

/** Tells whether a task is what its service would make now, as updates see it. */
export function isCurrent(tx: ReadTx, service: Service, task: Task): boolean {
  const node = (id = '') => tx.nodes().get(id);
  return !isDirty({ node, ports: { meets: meetsPlacement } }, service, task);
}
