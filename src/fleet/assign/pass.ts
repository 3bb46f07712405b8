import { plainEqual } from '../../base/plain.js';
import {
  byNodeId,
  type DriverBody,
  drivers,
  type EngineBody,
  engines,
  isHeld,
  type Node,
  type NodeStatus,
  type ReadTx,
  type Stored,
  type Tx,
} from '../../kinds/index.js';
import { heldMessage, isBraked, type Judged, recoveringUntil } from './brake.js';
import { type ManagerMember, managerOn } from './place.js';
import { type Verdict, verdictOf } from './verdict.js';
import { wantedDriver } from './want.js';

/** Longest time between two looks at the members, ms. */
const membersMs = 15_000;

type Engine = Stored<EngineBody>;
type Driver = Stored<DriverBody>;

/** One write of a pass. Objects keep their `meta`: the store refuses a write when they have changed since. */
export type FleetChange =
  | { readonly do: 'update'; readonly kind: 'engines'; readonly object: Engine }
  | { readonly do: 'delete'; readonly kind: 'engines'; readonly object: Engine }
  | { readonly do: 'update'; readonly kind: 'node'; readonly object: Node };

/** Result of one pass. */
export interface FleetPass {
  readonly changes: readonly FleetChange[];
  /** Time at which there is something to do although nothing changed, ms since the epoch; absent: never. */
  readonly wakeAt?: number;
}

/** A node that stands for an engine, with that engine where it is known. */
interface Driven extends Judged {
  readonly node: Node;
  readonly engine: Engine | undefined;
}

/**
 * One look of the leader at engines and their drivers: which driver each engine should have, and the state of each node that
 * stands for an engine. It remembers nothing: a new leader goes on where the one before stopped.
 *
 * @param members Members of the cluster, to know on which nodes managers run.
 */
export function fleetPass(view: ReadTx, now: number, members: readonly ManagerMember[]): FleetPass {
  const live = view.kind(drivers).find();
  const nodes = view.nodes().find().filter(({ engine }) => engine !== undefined); // prettier-ignore
  const known = new Map(nodes.map((node) => [node.id, node]));
  const kept: Engine[] = [];
  const changes: FleetChange[] = [];
  for (const engine of view.kind(engines).find()) {
    if (isForgotten(view, engine, known)) {
      changes.push({ do: 'delete', kind: 'engines', object: engine });
      continue;
    }
    const next = withWant(engine, live, now);
    kept.push(next);
    if (next !== engine) changes.push({ do: 'update', kind: 'engines', object: next });
  }
  const byNode = new Map(kept.map((engine) => [engine.nodeId, engine]));
  const driven = nodes.map((node) => judged(node, byNode.get(node.id), live, now));
  const brake = { braked: isBraked(driven, now), recovering: recoveringUntil(driven, now) };
  for (const one of driven) {
    const next = withManager(settled(one, brake, now), members, live);
    if (!plainEqual(next, one.node)) changes.push({ do: 'update', kind: 'node', object: next });
  }
  return { changes, ...wakeFor(driven, brake, now) };
}

/** Writes the changes of a pass. @throws {StoreError} `SEQUENCE_CONFLICT`, `NOT_FOUND`: look again. */
export function applyFleetChange(tx: Tx, change: FleetChange): void {
  if (change.kind === 'node') tx.nodes().update(change.object);
  else if (change.do === 'update') tx.kind(engines).update(change.object);
  else tx.kind(engines).delete(change.object.id);
}

/**
 * Tells whether nothing is left of an engine that discovery names no more: it never answered, its node was removed, or it is
 * down and has no tasks.
 */
function isForgotten(view: ReadTx, { listed, nodeId }: Engine, known: ReadonlyMap<string, Node>): boolean {
  if (listed) return false;
  const node = known.get(nodeId);
  return node === undefined || (node.status.state === 'down' && view.tasks().count(byNodeId(node.id)) === 0);
}

function withWant(engine: Engine, live: readonly Driver[], now: number): Engine {
  const want = wantedDriver(engine, live);
  return want === engine.want ? engine : { ...engine, want, wantAt: now };
}

function judged(node: Node, engine: Engine | undefined, live: readonly Driver[], now: number): Driven {
  const gone: Verdict = { is: 'down', message: 'no engine of this id is known any more' };
  return { node, engine, verdict: engine ? verdictOf(engine, live.length > 0, now) : gone };
}

interface Brake {
  readonly braked: boolean;
  /** Time until which nodes that are held stay so, because others have come back only now. */
  readonly recovering: number;
}

/** The node with the state that follows. One that is down already stays so until its engine answers. */
function settled({ node, engine, verdict }: Driven, { braked, recovering }: Brake, now: number): Node {
  if (verdict.is === 'open') return node;
  if (verdict.is === 'ready') return withState(node, engine?.listed === false ? unlisted : ready, now);
  if (node.status.state === 'down') return node;
  // An engine that is another one now, or was removed, is no sign of a broken network.
  if (engine && (braked || (isHeld(node) && now < recovering)))
    return withState(node, { state: 'unknown', message: heldMessage }, now);
  return withState(node, { state: 'down', message: verdict.message }, now);
}

const ready = { state: 'ready', message: '' } as const;
const unlisted = {
  state: 'disconnected',
  message: 'discovery does not name the engine: it takes no new tasks',
} as const;

function withState(node: Node, next: Pick<NodeStatus, 'state' | 'message'>, now: number): Node {
  const { status } = node;
  if (status.state === next.state && status.message === next.message) return node;
  return { ...node, status: { ...status, ...next, timestamp: status.state === next.state ? status.timestamp : now } };
}

/** The node with its role, which follows from where managers run. */
function withManager(node: Node, members: readonly ManagerMember[], live: readonly Driver[]): Node {
  const managerStatus = managerOn(node, members, live);
  const role = managerStatus ? 'manager' : 'worker';
  if (role === node.role && plainEqual(managerStatus, node.managerStatus)) return node;
  const { managerStatus: _before, ...rest } = node;
  const spec = role === node.role ? node.spec : { ...node.spec, desiredRole: role };
  return { ...rest, role, spec, ...(managerStatus && { managerStatus }) } as Node;
}

function wakeFor(driven: readonly Driven[], { recovering }: Brake, now: number): { readonly wakeAt?: number } {
  if (driven.length === 0) return {};
  const times = driven.flatMap(({ node, verdict }) => {
    if (verdict.is === 'open') return verdict.until ?? [];
    return isHeld(node) && recovering > now ? recovering : [];
  });
  return { wakeAt: Math.min(now + membersMs, ...times) };
}
