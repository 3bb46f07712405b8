import type { Random } from '../../base/random.js';
import type { ContainerFilter } from '../filters/index.js';
import type { NodeView, Wanted } from '../node-view.js';

/** An order of the nodes that may take a container: the best first. */
export interface Strategy {
  readonly name: string;
  /** Rule of its own that nodes must pass before it ranks them. */
  readonly needs?: ContainerFilter;
  readonly rank: (wanted: Wanted, nodes: readonly NodeView[], random: Random) => NodeView[];
}
