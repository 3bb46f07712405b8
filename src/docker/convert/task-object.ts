import { isPredefinedNetwork, type Network, type Task } from '../../kinds/index.js';
import { networkObjectJson } from './network-object.js';
import { type Json, timeText, withoutEmpty } from './object.js';
import { portJson, taskSpecJson } from './service.js';
import { metaJson } from './service-object.js';

/** Facts about a task that stand in other objects. */
export interface TaskContext {
  readonly network: (id: string) => Network | undefined;
  /** Number of the run of its service, when that is a job and the task is part of the run. */
  readonly jobIteration?: number | undefined;
}

/** Task in Docker's JSON. */
export function taskJson(task: Task, { network, jobIteration }: TaskContext): Json {
  const { status, annotations } = task;
  const { container } = status;
  const attachments = task.networks.flatMap(({ networkId, addresses }) => {
    const found = network(networkId);
    if (!found && isPredefinedNetwork(networkId)) return [];
    return [{ ...(found && { Network: networkObjectJson(found) }), ...withoutEmpty({ Addresses: addresses }) }];
  });
  return {
    ...metaJson(task),
    ...withoutEmpty({ Name: annotations.name }),
    Labels: annotations.labels,
    Spec: taskSpecJson(task.spec),
    ...withoutEmpty({ ServiceID: task.serviceId, Slot: task.slot, NodeID: task.nodeId }),
    Status: {
      Timestamp: timeText(status.timestamp),
      State: status.state,
      ...withoutEmpty({ Message: status.message, Err: status.err }),
      ...(container && {
        ContainerStatus: { ContainerID: container.containerId, PID: container.pid, ExitCode: container.exitCode },
      }),
      PortStatus: withoutEmpty({ Ports: status.ports.map(portJson) }),
    },
    DesiredState: task.desiredState,
    ...withoutEmpty({ NetworksAttachments: attachments }),
    ...(jobIteration !== undefined && { JobIteration: { Index: jobIteration } }),
  };
}
