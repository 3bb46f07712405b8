import type { DeepPartial, Node, Task, TaskSpec } from '../../../src/kinds/index.js';
import { nodeBody } from '../../../src/kinds/node/schema.js';
import { taskBody } from '../../../src/kinds/task/schema.js';
import { explainTask, placeTasks, TaskNodes } from '../../../src/schedule/index.js';

export const gib = 2 ** 30;
export const now = 1_000_000_000;

const meta = { version: 1, createdAt: 0, updatedAt: 0 };

/** Facts of a node that tests give. */
export interface NodeGiven {
  readonly labels?: Readonly<Record<string, string>>;
  readonly description?: DeepPartial<Node['description']>;
  readonly availability?: Node['spec']['availability'];
  readonly state?: Node['status']['state'];
  readonly membership?: Node['spec']['membership'];
  readonly role?: Node['role'];
  readonly addr?: string;
  readonly cpus?: number;
  readonly memoryBytes?: number;
  readonly generic?: readonly { kind: string; named?: string; discrete?: number }[];
}

/** A node that is ready, with 4 CPUs and 4 GiB. Its id is `NAME-id`. */
export function node(name: string, given: NodeGiven = {}): Node {
  const { cpus = 4, memoryBytes = 4 * gib, generic = [] } = given;
  const resources = { nanoCpus: cpus * 1e9, memoryBytes, generic };
  return {
    id: `${name}-id`,
    meta,
    ...nodeBody.canonical({
      spec: {
        annotations: { labels: given.labels ?? {} },
        availability: given.availability ?? 'active',
        membership: given.membership ?? 'accepted',
      },
      description: { hostname: name, resources, ...given.description },
      status: { state: given.state ?? 'ready', addr: given.addr ?? '' },
      role: given.role ?? 'worker',
    }),
  };
}

export interface TaskGiven {
  readonly service?: string;
  readonly slot?: number;
  readonly specVersion?: number;
  readonly nodeId?: string;
  readonly state?: Task['status']['state'];
  readonly desired?: Task['desiredState'];
  readonly at?: number;
  readonly err?: string;
  readonly createdAt?: number;
  readonly spec?: DeepPartial<TaskSpec>;
  readonly hostPorts?: readonly (number | string)[];
  readonly endpoint?: DeepPartial<Task['endpoint']>;
}

/** A task of the service `web` that waits for a node. */
export function task(id: string, given: TaskGiven = {}): Task {
  const ports = given.hostPorts?.map((one) => {
    const [port, protocol = 'tcp'] = String(one).split('/');
    return { publishedPort: Number(port), targetPort: 80, protocol, publishMode: 'host' };
  });
  return {
    id,
    meta: { ...meta, createdAt: given.createdAt ?? 0 },
    ...taskBody.canonical({
      spec: given.spec ?? {},
      specVersion: given.specVersion ?? 1,
      serviceId: given.service === '' ? undefined : (given.service ?? 'web'),
      slot: given.slot ?? 0,
      nodeId: given.nodeId,
      status: { state: given.state ?? 'pending', timestamp: given.at ?? 0 },
      desiredState: given.desired ?? 'running',
      ...(ports ? { endpoint: { ports } } : {}),
      ...(given.endpoint ? { endpoint: given.endpoint } : {}),
    }),
  };
}

export const tasks = (count: number, given: TaskGiven = {}, prefix = given.service ?? 'web'): Task[] =>
  Array.from({ length: count }, (_, i) => task(`${prefix}-${i + 1}`, { slot: i + 1, ...given }));

/** A task that runs on a node. */
export const running = (id: string, on: string, given: TaskGiven = {}): Task =>
  task(id, { state: 'running', nodeId: `${on}-id`, ...given });

export const reserving = (given: { cpus?: number; memoryBytes?: number; generic?: NodeGiven['generic'] }) => ({
  resources: {
    reservations: {
      nanoCpus: (given.cpus ?? 0) * 1e9,
      memoryBytes: given.memoryBytes ?? 0,
      generic: given.generic ?? [],
    },
  },
});

export const view = (nodes: readonly Node[], existing: readonly Task[] = []) => TaskNodes.of(nodes, existing);

/** Places tasks, and tells for each node how many it took, and the texts of the others. */
export function place(wanted: readonly Task[], on: TaskNodes, more: { driverOfNetwork?: (id: string) => string } = {}) {
  const { assigned, pending } = placeTasks({ tasks: wanted, view: on, now, ...more });
  const counts: Record<string, number> = {};
  for (const { nodeId } of assigned) {
    const name = nodeId.replace(/-id$/, '');
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return { counts, texts: [...new Set(pending.map(({ text }) => text))], waiting: pending.length, assigned, pending };
}

/** An explanation as lines. */
export function explained(one: Task, on: TaskNodes, more: { driverOfNetwork?: (id: string) => string } = {}) {
  const { nodes, text, help } = explainTask(one, { view: on, now, ...more });
  const lines = nodes.map((each) =>
    each.fits ? `${each.node.name} ${each.rank}` : `${each.node.name} ${each.filter}: ${each.text}`,
  );
  return { lines, text, help };
}
