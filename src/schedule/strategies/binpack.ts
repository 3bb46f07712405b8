import { resourcesFilter } from '../filters/resources.js';
import type { Strategy } from './strategy.js';
import { byWeight } from './weight.js';

/** Prefers the fullest node that has room, so that others stay free for what is large. */
export const binpackStrategy: Strategy = {
  name: 'binpack',
  needs: resourcesFilter,
  rank: (wanted, nodes) => byWeight(wanted, nodes, -1),
};
