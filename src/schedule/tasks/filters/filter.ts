import type { Filter } from '../../filter.js';

/** A filter for tasks: it also says for how many nodes it is the reason that a task waits, in the words of SwarmKit. */
export interface TaskFilter<Wanted, Node> extends Filter<Wanted, Node> {
  readonly summary: (nodes: number) => string;
}

/** `1 node`, `2 nodes`. */
export const nodesText = (count: number) => (count === 1 ? '1 node' : `${count} nodes`);
