import { keyCheck, type CheckFunc } from '../specifiers.js';
import { taskName, taskStateOrder } from '../tables/task.js';
import { commonChecks } from './common.js';

export const {
  id: taskCheckId,
  idPrefix: taskCheckIdPrefix,
  name: taskCheckName,
  namePrefix: taskCheckNamePrefix,
  custom: taskCheckCustom,
  customPrefix: taskCheckCustomPrefix,
} = commonChecks<'task'>({
  name: taskName,
  wantedName: (wanted) => wanted.annotations?.name,
  indices: (task) => task.annotations.indices,
  wantedIndices: (wanted) => wanted.annotations?.indices,
});

/** The changed task is on the node that the literal names. */
export const taskCheckNodeId = keyCheck<'task'>({ wanted: (wanted) => wanted.nodeId, changed: (task) => task.nodeId });
export const taskCheckServiceId = keyCheck<'task'>({
  wanted: (wanted) => wanted.serviceId,
  changed: (task) => task.serviceId,
});
/** The changed task is the replica that the literal's `serviceId` and `slot` name. */
export const taskCheckSlot = keyCheck<'task'>({
  wanted: ({ serviceId, slot }) => (serviceId === undefined || slot === undefined ? undefined : `${slot} ${serviceId}`),
  changed: ({ serviceId, slot }) => (serviceId === undefined ? undefined : `${slot} ${serviceId}`),
});
export const taskCheckDesiredState = keyCheck<'task'>({
  wanted: (wanted) => wanted.desiredState,
  changed: (task) => task.desiredState,
});
/** The changed task has gone further than the state that the literal's `status.state` names. */
export const taskCheckStateGreaterThan: CheckFunc<'task'> = (wanted, changed) =>
  wanted.status?.state !== undefined && taskStateOrder(changed.status.state) > taskStateOrder(wanted.status.state);
