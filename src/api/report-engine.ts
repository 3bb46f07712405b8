import { plainEqual } from '../base/plain.js';
import { type EngineBody, engines, type Node, type NodeEngine, type Stored, type Tx } from '../kinds/index.js';
import type { messages } from '../wire/index.js';

type Engine = Stored<EngineBody>;

/**
 * Stores the facts of an engine that has answered, and makes or updates its node. Fields that users set are kept; the state of
 * the node follows from that of the engine.
 * @returns The reason why the engine gets no node; empty when it has one.
 */
export function reportEngine(tx: Tx, engine: Engine, facts: messages.EngineFacts, now: number): string {
  const { engineId, nodeId, apiVersion, swarmNode, swarmControl } = facts;
  const answered = { ...engine, engineId, apiVersion, swarmNode, swarmControl, failures: 0, confirmedAt: now };
  const [other] = tx.kind(engines).find(engines.by('node', nodeId));
  if (other && other.id !== engine.id && !isGivenUp(tx, other)) {
    const error = `ID duplicated. ${engineId} shared by this node ${engine.addr} and another node ${other.addr}`;
    write(tx, engine, { ...answered, nodeId: '', state: 'pending', error });
    return error;
  }
  if (other && other.id !== engine.id) letGo(tx, other);
  write(tx, engine, { ...answered, nodeId, state: 'healthy', error: '' });
  reportNode(tx, engine.addr, facts);
  return '';
}

/** Stores that an engine does not answer. */
export function reportMisses(tx: Tx, engine: Engine, misses: messages.EngineMisses, now: number): void {
  const { count, lost, error, silentMs } = misses;
  const answered = engine.nodeId !== '';
  const state = answered && lost ? 'unhealthy' : engine.state;
  const confirmedAt = silentMs > 0 ? Math.max(engine.confirmedAt, now - silentMs) : engine.confirmedAt;
  write(tx, engine, { ...engine, state, failures: count, error, confirmedAt });
}

/** Tells whether the address of an engine is given up, so that the engine may answer at another one. */
function isGivenUp(tx: Tx, { listed, nodeId, state }: Engine): boolean {
  const node = tx.nodes().get(nodeId);
  return !listed || (node ? node.status.state === 'down' : state !== 'healthy');
}

function letGo(tx: Tx, { id, ...engine }: Engine): void {
  if (engine.listed) tx.kind(engines).update({ ...engine, id, nodeId: '', state: 'pending' });
  else tx.kind(engines).delete(id);
}

function write(tx: Tx, before: Engine, after: Engine): void {
  // An engine that goes on as before is confirmed after a change of its driver only: else each report would be a write.
  const confirmed =
    before.confirmedAt > 0 && before.confirmedAt >= before.wantAt && before.failures === 0 && after.failures === 0;
  const next = confirmed ? { ...after, confirmedAt: before.confirmedAt } : after;
  if (!plainEqual(next, before)) tx.kind(engines).update(next);
}

function reportNode(tx: Tx, addr: string, facts: messages.EngineFacts): void {
  const { nodeId, description, apiVersion, swarmNode, swarmControl } = facts;
  const engine: NodeEngine = { addr, apiVersion, swarmNode, swarmControl };
  const node = tx.nodes().get(nodeId);
  if (node === undefined) {
    tx.nodes().create({ id: nodeId, description, engine, status: { addr } });
    return;
  }
  const next: Node = { ...node, description, engine, status: { ...node.status, addr } };
  if (!plainEqual(next, node)) tx.nodes().update(next);
}
