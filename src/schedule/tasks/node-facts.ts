import { type EnginePlugin, isHeld, type Node } from '../../kinds/index.js';
import { type Pieces, piecesOf } from './generic.js';

/** The facts about a node that rules about tasks read: all of it that does not depend on the tasks there. */
export interface NodeFacts {
  readonly id: string;
  /** Host name; the id of a node without one. */
  readonly name: string;
  readonly hostname: string;
  /** Address from which the node was last seen, without a port. */
  readonly ip: string;
  readonly role: Node['role'];
  readonly state: Node['status']['state'];
  /** True: it is `unknown` because most nodes went silent at once. */
  readonly held: boolean;
  readonly availability: Node['spec']['availability'];
  readonly membership: Node['spec']['membership'];
  readonly os: string;
  readonly arch: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly engineLabels: Readonly<Record<string, string>>;
  /** Plug-ins of the engine; `undefined` when the node has not reported its engine. */
  readonly plugins: readonly EnginePlugin[] | undefined;
  readonly nanoCpus: number;
  readonly memoryBytes: number;
  readonly pieces: Pieces;
}

export function factsOf(node: Node): NodeFacts {
  const { id, spec, description, status, role } = node;
  const { hostname = '', platform, resources, engine } = description ?? {};
  return {
    id,
    name: hostname === '' ? id : hostname,
    hostname,
    ip: withoutPort(status.addr),
    role,
    state: status.state,
    held: isHeld(node),
    availability: spec.availability,
    membership: spec.membership,
    os: platform?.os ?? '',
    arch: platform?.architecture ?? '',
    labels: spec.annotations.labels,
    engineLabels: engine?.labels ?? {},
    plugins: engine?.plugins,
    nanoCpus: resources?.nanoCpus ?? 0,
    memoryBytes: resources?.memoryBytes ?? 0,
    pieces: piecesOf(resources?.generic ?? []),
  };
}

/** `10.0.0.1` of `10.0.0.1:2375`, and `fd00::1` of `[fd00::1]:2375`. */
function withoutPort(address: string): string {
  const [, inBrackets, plain] = /^(?:\[(.+)\](?::\d+)?|([^:]+):\d+)$/.exec(address) ?? [];
  return inBrackets ?? plain ?? address;
}
