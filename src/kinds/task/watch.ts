import { type By, byIndex } from '../by.js';
import { commonChecks } from '../checks.js';
import type { CreateEvent, DeleteEvent, UpdateEvent } from '../events.js';
import { type CheckFunc, keyCheck, type SpecifierFunction, specifiersOf } from '../specifiers.js';
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

const checks = commonChecks<'task'>(taskParts);

/** The changed task has the literal's id. */
export const taskCheckId: TaskCheckFunc = checks.id;
/** The changed task's id begins with the literal's. */
export const taskCheckIdPrefix: TaskCheckFunc = checks.idPrefix;
/** The changed task has the literal's name, compared without case. */
export const taskCheckName: TaskCheckFunc = checks.name;
/** The changed task's name begins with the literal's, compared without case. */
export const taskCheckNamePrefix: TaskCheckFunc = checks.namePrefix;
/** The changed task has the one index entry that the literal names. */
export const taskCheckCustom: TaskCheckFunc = checks.custom;
/** The changed task has an index entry with the literal's key, and a value that begins with the literal's. */
export const taskCheckCustomPrefix: TaskCheckFunc = checks.customPrefix;

/** The changed task is on the node that the literal names. */
export const taskCheckNodeId: TaskCheckFunc = keyCheck<'task'>({
  wanted: (wanted) => wanted.nodeId,
  changed: (task) => task.nodeId,
});
/** The changed task belongs to the service that the literal names. */
export const taskCheckServiceId: TaskCheckFunc = keyCheck<'task'>({
  wanted: (wanted) => wanted.serviceId,
  changed: (task) => task.serviceId,
});
/** The changed task is the replica that the literal's `serviceId` and `slot` name. */
export const taskCheckSlot: TaskCheckFunc = keyCheck<'task'>({
  wanted: ({ serviceId, slot }) => (serviceId === undefined || slot === undefined ? undefined : `${slot} ${serviceId}`),
  changed: ({ serviceId, slot }) => (serviceId === undefined ? undefined : `${slot} ${serviceId}`),
});
/** The changed task shall be in the state that the literal names. */
export const taskCheckDesiredState: TaskCheckFunc = keyCheck<'task'>({
  wanted: (wanted) => wanted.desiredState,
  changed: (task) => task.desiredState,
});
/** The changed task has gone further than the state that the literal's `status.state` names. */
export const taskCheckStateGreaterThan: TaskCheckFunc = (wanted, changed) =>
  wanted.status?.state !== undefined && taskStateOrder(changed.status.state) > taskStateOrder(wanted.status.state);

// Specifiers, and the events that they select.

const specifiers = specifiersOf('task');

/** Specifies creates of tasks: an optional literal, then checks. */
export const EventCreateTask: SpecifierFunction<'task', EventCreateTask> = specifiers.create;
/** Specifies updates of tasks: an optional literal, then checks. */
export const EventUpdateTask: SpecifierFunction<'task', EventUpdateTask> = specifiers.update;
/** Specifies deletes of tasks: an optional literal, then checks. */
export const EventDeleteTask: SpecifierFunction<'task', EventDeleteTask> = specifiers.delete;
/** A committed create of a task. */
export type EventCreateTask = CreateEvent<'task'>;
/** A committed update of a task. */
export type EventUpdateTask = UpdateEvent<'task'>;
/** A committed delete of a task. */
export type EventDeleteTask = DeleteEvent<'task'>;
