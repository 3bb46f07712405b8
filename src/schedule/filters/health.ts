import type { Filter } from '../filter.js';
import type { NodeView } from '../node-view.js';

export const noHealthyNode = 'No healthy node available in the cluster';

/** Refuses nodes that cannot take work. It asks for nothing: its error is a sentence of its own. */
export const healthFilter: Filter<unknown, Pick<NodeView, 'healthPercent'>> = {
  name: 'health',
  rule: () => ({
    asks: [],
    soft: false,
    refusal: ({ healthPercent }) =>
      healthPercent > 0 ? undefined : { missing: 1, text: () => 'it is not healthy: its engine does not answer' },
  }),
};
