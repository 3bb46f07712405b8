import { type By, byIndex } from '../by.js';
import { commonChecks } from '../checks.js';
import type { CreateEvent, DeleteEvent, UpdateEvent } from '../events.js';
import { type CheckFunc, keyCheck, specifiersOf } from '../specifiers.js';
import { taskParts, type TaskState, taskStateOrder } from './schema.js';

// Lookups.

/** Tasks of a service. */
export const byServiceId = (serviceId: string): By<'task'> => byIndex('service', [serviceId]);
/** Tasks on a node. */
export const byNodeId = (nodeId: string): By<'task'> => byIndex('node', [nodeId]);
/** Tasks that are this replica of a service. */
export const bySlot = (serviceId: string, slot: number): By<'task'> => byIndex('slot', [serviceId, String(slot)]);
/** Tasks by `desiredState`. */
export const byDesiredState = (state: TaskState): By<'task'> => byIndex('desiredState', [state]);
/** Tasks by `status.state`. */
export const byTaskState = (state: TaskState): By<'task'> => byIndex('state', [state]);

// Checks of what a watcher names against the object that changed.

/** Compares a literal with a changed task. */
export type TaskCheckFunc = CheckFunc<'task'>;

/** Checks of the id, name or index entry of a task against the literal; names without case. */
export const {
  id: taskCheckId,
  idPrefix: taskCheckIdPrefix,
  name: taskCheckName,
  namePrefix: taskCheckNamePrefix,
  custom: taskCheckCustom,
  customPrefix: taskCheckCustomPrefix,
} = commonChecks<'task'>(taskParts);

/** The changed task is on the node that the literal names. */
export const taskCheckNodeId = keyCheck<'task'>({ wanted: (wanted) => wanted.nodeId, changed: (task) => task.nodeId });
/** The changed task belongs to the service that the literal names. */
export const taskCheckServiceId = keyCheck<'task'>({
  wanted: (wanted) => wanted.serviceId,
  changed: (task) => task.serviceId,
});
/** The changed task is the replica that the literal's `serviceId` and `slot` name. */
export const taskCheckSlot = keyCheck<'task'>({
  wanted: ({ serviceId, slot }) => (serviceId === undefined || slot === undefined ? undefined : `${slot} ${serviceId}`),
  changed: ({ serviceId, slot }) => (serviceId === undefined ? undefined : `${slot} ${serviceId}`),
});
/** The changed task shall be in the state that the literal names. */
export const taskCheckDesiredState = keyCheck<'task'>({
  wanted: (wanted) => wanted.desiredState,
  changed: (task) => task.desiredState,
});
/** The changed task has gone further than the state that the literal's `status.state` names. */
export const taskCheckStateGreaterThan: CheckFunc<'task'> = (wanted, changed) =>
  wanted.status?.state !== undefined && taskStateOrder(changed.status.state) > taskStateOrder(wanted.status.state);

// Specifiers, and the events that they select.

/** Specifiers of tasks that were created, updated or deleted: an optional literal, then checks. */
export const { create: EventCreateTask, update: EventUpdateTask, delete: EventDeleteTask } = specifiersOf('task');
/** A committed create of a task. */
export type EventCreateTask = CreateEvent<'task'>;
/** A committed update of a task. */
export type EventUpdateTask = UpdateEvent<'task'>;
/** A committed delete of a task. */
export type EventDeleteTask = DeleteEvent<'task'>;
