import type { NodeView, Wanted } from '../node-view.js';

/** Weight of health against CPUs and memory: a point of it counts more than all of both. */
const healthFactor = 10;

/** Returns how full a node will be, 0 to 100 each for CPUs and memory. What is not asked for counts as full. */
export function fullness({ cpus, memoryBytes }: Wanted, node: NodeView): number {
  return score(cpus, node.usedCpus, node.cpus) + score(memoryBytes, node.usedMemoryBytes, node.memoryBytes);
}

/** Whole percents, so that nodes that are nearly as full count as equal and the number of containers decides. */
function score(asked: number, used: number, total: number): number {
  return asked > 0 ? Math.floor(((used + asked) * 100) / total + 1e-6) : 100;
}

/**
 * Orders nodes by health, the best first; then by fullness and number of containers, the least first when `direction` is
 * 1 and the most first when it is -1; then by name, so that the order never depends on how nodes arrived.
 */
export function byWeight(wanted: Wanted, nodes: readonly NodeView[], direction: 1 | -1): NodeView[] {
  return nodes
    .map((node) => ({ node, weight: direction * fullness(wanted, node) - healthFactor * node.healthPercent }))
    .sort(
      (a, b) =>
        a.weight - b.weight ||
        direction * (a.node.containers.length - b.node.containers.length) ||
        compareTexts(a.node.name, b.node.name) ||
        compareTexts(a.node.id, b.node.id),
    )
    .map(({ node }) => node);
}

const compareTexts = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
