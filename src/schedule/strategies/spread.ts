import { resourcesFilter } from '../filters/resources.js';
import type { Strategy } from './strategy.js';
import { byWeight } from './weight.js';

/** Prefers the emptiest node. */
export const spreadStrategy: Strategy = {
  name: 'spread',
  needs: resourcesFilter,
  rank: (wanted, nodes) => byWeight(wanted, nodes, 1),
};
