import { splitHostPort } from '../../base/host-port.js';
import {
  byServiceId,
  type Node,
  type PortConfig,
  type ReadTx,
  type Service,
  type Task,
  taskStateOrder,
} from '../../kinds/index.js';

/** A task that takes connections: the address of its node, and the port that the engine there publishes. */
export interface Target {
  readonly taskId: string;
  readonly host: string;
  readonly port: number;
}

/** A port that a service publishes in the mode `ingress`, and the tasks behind it. */
export interface IngressPort {
  /** Name of the service. */
  readonly service: string;
  readonly serviceId: string;
  readonly port: number;
  readonly protocol: PortConfig['protocol'];
  readonly targets: readonly Target[];
}

/** Finds all ingress ports of a store with their targets, in the order of the ports. */
export function ingressPorts(tx: Pick<ReadTx, 'services' | 'tasks' | 'nodes'>): IngressPort[] {
  const nodes = new Map<string, string | undefined>();
  const hostOf = (nodeId: string) => {
    if (!nodes.has(nodeId)) nodes.set(nodeId, hostOfNode(tx.nodes().get(nodeId)));
    return nodes.get(nodeId);
  };
  const all = tx.services().find(undefined, { where: (service) => publishedPorts(service).length > 0 });
  const ports = all.flatMap((service) => {
    const tasks = tx.tasks().find(byServiceId(service.id), { where: takesConnections });
    return publishedPorts(service).map((port): IngressPort => ({
      service: service.spec.annotations.name,
      serviceId: service.id,
      port: port.publishedPort,
      protocol: port.protocol,
      targets: tasks.flatMap((task) => targetsOf(task, port, hostOf(task.nodeId ?? ''))),
    }));
  });
  return ports.sort((a, b) => a.port - b.port);
}

/** Returns the ingress ports of a service with the numbers that the cluster has given. */
export function publishedPorts({ endpoint, spec }: Service): readonly PortConfig[] {
  const ports = endpoint?.ports ?? spec.endpoint?.ports ?? [];
  return ports.filter(({ publishMode, publishedPort }) => publishMode === 'ingress' && publishedPort !== 0);
}

/** Tells whether a task runs and shall go on: one that is about to stop takes no new connections. */
function takesConnections({ status, desiredState }: Task): boolean {
  return status.state === 'running' && taskStateOrder(desiredState) <= taskStateOrder('complete');
}

function targetsOf(task: Task, { targetPort, protocol }: PortConfig, host: string | undefined): Target[] {
  const published = task.status.ports.find(
    (port) => port.publishMode === 'ingress' && port.targetPort === targetPort && port.protocol === protocol,
  );
  if (host === undefined || !published || published.publishedPort === 0) return [];
  return [{ taskId: task.id, host, port: published.publishedPort }];
}

/** Returns the host of the engine; without one, the address from which the node was seen. */
function hostOfNode(node: Node | undefined): string | undefined {
  const addr = node?.engine?.addr || node?.status.addr || '';
  try {
    return splitHostPort(addr).host || undefined;
  } catch {
    return addr || undefined;
  }
}
