import { plainEqual } from '../../base/plain.js';
import { byName, byServiceId, type Node, type ReadTx, type Service, type Task } from '../../kinds/index.js';
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

/** Tells whether a task is what its service would make now. A new placement that its node meets makes no difference. */
export function isCurrent({ spec, specVersion }: Service, task: Task, node: Node | undefined): boolean {
  if (task.specVersion === specVersion) return true;
  if (!plainEqual(spec.endpoint, task.endpoint?.spec)) return false;
  if (plainEqual(spec.task, task.spec)) return true;
  const { placement: wantedPlacement, ...wanted } = spec.task;
  const { placement: _given, ...given } = task.spec;
  return plainEqual(wanted, given) && node !== undefined && meetsPlacement(node, wantedPlacement);
}
