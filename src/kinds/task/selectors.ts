import { selectorField } from '../selector-fields.js';
import { type Task, type TaskState, taskStateOrder } from './schema.js';
import { taskCheckNodeId, taskCheckServiceId } from './watch.js';

interface Slot {
  readonly serviceId: string;
  readonly slot: number;
}

/** By the names of `Selector` in proto/skep/v1/watch.proto. */
export const taskSelectorFields = {
  nodeIds: selectorField<Task, string>(
    (task, nodeId) => task.nodeId === nodeId,
    (nodeId) => ({ wanted: { nodeId }, check: taskCheckNodeId }),
  ),
  serviceIds: selectorField<Task, string>(
    (task, serviceId) => task.serviceId === serviceId,
    (serviceId) => ({ wanted: { serviceId }, check: taskCheckServiceId }),
  ),
  slots: selectorField<Task, Slot>((task, { serviceId, slot }) => task.serviceId === serviceId && task.slot === slot),
  desiredStates: selectorField<Task, TaskState>((task, state) => task.desiredState === state),
  stateGreaterThan: selectorField<Task, TaskState>(
    (task, state) => taskStateOrder(task.status.state) > taskStateOrder(state),
  ),
};
