import type { Node, NodeState } from '../../kinds/index.js';
import type { Verdict } from './verdict.js';

/** Time within which nodes go silent together, ms. */
export const togetherMs = 30_000;
/** Fewest nodes for which silence of most of them says something about the network. */
const nodesLeast = 3;

/** Message of a node that is held. */
export const heldMessage =
  'most nodes are silent at once: its tasks stay until it answers, or until "skep fleet resume"';

/** A node with the conclusion about its engine. */
export interface Judged {
  readonly node: Pick<Node, 'status'>;
  readonly verdict: Verdict;
}

/**
 * Tells whether nodes that would go down now are held back: more than half of at least three nodes are silent within 30 s.
 * The network of the managers is then the likelier culprit, and moving the tasks would only add load. Nodes that have been
 * down for longer do not count, neither way.
 */
export function isBraked(judged: readonly Judged[], now: number): boolean {
  const counted = judged.filter(({ node }) => !isLongDown(node, now));
  const silent = counted.filter((one) => isSilent(one));
  return counted.length >= nodesLeast && silent.length * 2 > counted.length;
}

/**
 * Time until which nodes that are held stay so although most answer again. A network that is mended lets nodes through one
 * after the other: the first to answer must not be the reason to give up the others.
 */
export function recoveringUntil(judged: readonly Judged[], now: number): number {
  const answering = judged.filter(({ verdict }) => verdict.is === 'ready');
  const since = answering.map(({ node: { status } }) => (isUp(status.state) ? status.timestamp : now));
  return Math.max(0, ...since) + togetherMs;
}

/** Tells whether a node is up, with or without new tasks. */
const isUp = (state: NodeState) => state === 'ready' || state === 'disconnected';

function isLongDown({ status }: Pick<Node, 'status'>, now: number): boolean {
  return status.state === 'down' && status.timestamp <= now - togetherMs;
}

function isSilent({ node, verdict }: Judged): boolean {
  if (verdict.is === 'ready') return false;
  return verdict.is === 'down' || node.status.state === 'down' || verdict.troubled;
}
