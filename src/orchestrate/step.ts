import type { ReadTx, Service } from '../kinds/index.js';
import { allocatePorts } from './allocate.js';
import { type Content, Draft } from './draft.js';
import { enforce } from './enforce.js';
import { reconcileGlobal } from './global.js';
import { reconcileGlobalJob, reconcileReplicatedJob } from './jobs.js';
import { endMaintenance } from './maintenance.js';
import { settleNodes } from './nodes.js';
import { placeTasks } from './place.js';
import { PortClaims } from './port-claims.js';
import type { Ports, Step } from './ports.js';
import { reap, removeOrphans } from './reap.js';
import { reconcileReplicated } from './replicated.js';

/**
 * One pass of the control loop: reads everything that the store has and returns the writes that bring it nearer to what
 * users want. It remembers nothing. The same content at the same time gives the same writes (ids aside), on any leader.
 *
 * The writes are changes of their own: a loop runs a pass after them as after any other, until one has nothing to do.
 *
 * @param now Time by the clock of the leader, ms since the epoch.
 * @see docs/design/orchestrate.md
 */
export function step(view: ReadTx, now: number, ports: Ports): Step {
  const draft = new Draft(wholeStore(view, ports), now, ports);
  endMaintenance(draft);
  settleNodes(draft);
  enforce(draft);
  settleServices(draft);
  return draft.result();
}

/** Settles a node by itself, with the tasks that are on it. */
export function stepNode(draft: Draft): Step {
  endMaintenance(draft);
  settleNodes(draft);
  enforce(draft);
  return draft.result();
}

/** Settles services by themselves, each with all its tasks; also tasks without a service. */
export function stepServices(draft: Draft): Step {
  settleNodes(draft);
  settleServices(draft);
  return draft.result();
}

function settleServices(draft: Draft): void {
  // Before the tasks are made: they copy the ports of their service.
  allocatePorts(draft);
  removeOrphans(draft);
  for (const service of draft.services()) reconcile(draft, service);
  placeTasks(draft);
  reap(draft);
}

function wholeStore(view: ReadTx, ports: Ports): Content {
  const nodes = view.nodes().find();
  const nodesById = new Map(nodes.map((node) => [node.id, node]));
  const services = view.services().find();
  return {
    nextVersion: view.version + 1,
    cluster: view.clusters().find(undefined, { limit: 1 })[0],
    services,
    tasks: view.tasks().find(),
    ownNodes: nodes,
    nodes: () => nodes,
    node: (id) => nodesById.get(id),
    service: (id) => view.services().get(id),
    claims: PortClaims.of(services),
    place: (tasks, draft) => {
      const byNode = draft.tasksByNode();
      const all = draft.nodes().map((node) => ({ node, tasks: byNode.get(node.id) ?? [] }));
      return ports.place(tasks, all, draft.now);
    },
    createMost: Infinity,
  };
}

function reconcile(draft: Draft, service: Service): void {
  const { mode } = service.spec;
  if ('replicated' in mode) reconcileReplicated(draft, service, mode.replicated.replicas);
  else if ('global' in mode) reconcileGlobal(draft, service);
  else if ('replicatedJob' in mode) reconcileReplicatedJob(draft, service, mode.replicatedJob);
  else reconcileGlobalJob(draft, service);
}
