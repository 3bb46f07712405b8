import type { Node } from '../../kinds/index.js';
import { type Json, timeText, withoutEmpty } from '../convert/object.js';
import { metaJson } from '../convert/service-object.js';
import type { SwarmBackend, SwarmCluster, SwarmMember } from './backend.js';
import { memberNodeId } from './node-ids.js';

/** A node as clients see it: a machine with an engine, or a manager without one. */
export interface SwarmNode {
  readonly id: string;
  readonly name: string;
  readonly json: Json;
  readonly role: 'worker' | 'manager';
  readonly membership: string;
  /** Labels that users gave it. */
  readonly labels: Readonly<Record<string, string>>;
  readonly engineLabels: Readonly<Record<string, string>>;
  /** The node of the store; absent for a manager without an engine. */
  readonly node: Node | undefined;
}

/** Returns the nodes of the store, and the managers that none of them stands for. */
export function swarmNodes(backend: SwarmBackend): SwarmNode[] {
  const cluster = backend.cluster();
  const nodes = backend.view((tx) => tx.nodes().find());
  const shown = nodes.map((node) => storedNode(node, memberOf(node, cluster)));
  const taken = new Set(nodes.map(({ managerStatus }) => managerStatus?.memberId));
  return [...shown, ...cluster.members.filter(({ id }) => !taken.has(id)).map((one) => bareManager(one, cluster))];
}

/** Returns one node; `undefined` when there is none of that id. */
export function swarmNode(backend: SwarmBackend, id: string): SwarmNode | undefined {
  const cluster = backend.cluster();
  const node = backend.view((tx) => tx.nodes().get(id));
  if (node) return storedNode(node, memberOf(node, cluster));
  const member = cluster.members.find((one) => memberNodeId(cluster.id, one.id) === id);
  return member && bareManager(member, cluster);
}

/** Id of the node that stands for this manager. */
export function selfNodeId(backend: SwarmBackend): string {
  return nodeIdOf(backend, backend.cluster().self);
}

/** Id of the node that stands for a manager. */
export function nodeIdOf(backend: SwarmBackend, memberId: string): string {
  const where = ({ managerStatus }: Node) => managerStatus?.memberId === memberId;
  const [node] = backend.view((tx) => tx.nodes().find(undefined, { limit: 1, where }));
  return node?.id ?? memberNodeId(backend.cluster().id, memberId);
}

const memberOf = ({ managerStatus }: Node, { members }: SwarmCluster) =>
  managerStatus && members.find(({ id }) => id === managerStatus.memberId);

function storedNode(node: Node, member: SwarmMember | undefined): SwarmNode {
  const { spec, description, status, role } = node;
  const engine = description?.engine;
  return {
    id: node.id,
    name: description?.hostname ?? '',
    role,
    membership: spec.membership,
    labels: spec.annotations.labels,
    engineLabels: engine?.labels ?? {},
    node,
    json: {
      ...metaJson(node),
      Spec: {
        ...withoutEmpty({ Name: spec.annotations.name }),
        Labels: spec.annotations.labels,
        Role: spec.desiredRole,
        Availability: spec.availability,
      },
      Description: descriptionJson(description),
      Status: { State: status.state, ...withoutEmpty({ Message: status.message }), Addr: status.addr },
      ...(member && { ManagerStatus: managerStatusJson(member) }),
    },
  };
}

function descriptionJson(description: Node['description']): Json {
  const { hostname = '', platform, resources, engine } = description ?? {};
  return {
    Hostname: hostname,
    Platform: withoutEmpty({ Architecture: platform?.architecture, OS: platform?.os }),
    Resources: {
      ...withoutEmpty({ NanoCPUs: resources?.nanoCpus, MemoryBytes: resources?.memoryBytes }),
      ...withoutEmpty({
        GenericResources: resources?.generic.map(({ kind, named, discrete }) =>
          named === undefined
            ? { DiscreteResourceSpec: { Kind: kind, Value: discrete ?? 0 } }
            : { NamedResourceSpec: { Kind: kind, Value: named } },
        ),
      }),
    },
    Engine: {
      EngineVersion: engine?.engineVersion ?? '',
      ...withoutEmpty({
        Labels: engine?.labels,
        Plugins: engine?.plugins.map(({ type, name }) => ({ Type: type, Name: name })),
      }),
    },
    TLSInfo: {},
  };
}

function managerStatusJson({ leader, reachable, addr }: SwarmMember): Json {
  return { ...withoutEmpty({ Leader: leader }), Reachability: reachable ? 'reachable' : 'unreachable', Addr: addr };
}

/** Makes a node of a manager that runs no tasks: clients look for the leader among nodes, and for the node they talk to. */
function bareManager(member: SwarmMember, { id: clusterId }: SwarmCluster): SwarmNode {
  const id = memberNodeId(clusterId, member.id);
  const host = member.addr.replace(/:\d+$/, '');
  return {
    ...{ id, name: member.name, role: 'manager', membership: 'accepted', labels: {}, engineLabels: {} },
    node: undefined,
    json: {
      ID: id,
      Version: { Index: 0 },
      CreatedAt: timeText(undefined),
      UpdatedAt: timeText(undefined),
      Spec: { Labels: {}, Role: 'manager', Availability: 'drain' },
      Description: { ...descriptionJson(undefined), Hostname: member.name },
      Status: { State: member.reachable ? 'ready' : 'down', Addr: host },
      ManagerStatus: managerStatusJson(member),
    },
  };
}
