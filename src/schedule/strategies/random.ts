import type { NodeView } from '../node-view.js';
import type { Strategy } from './strategy.js';

/** Takes any node, each as likely. It looks at neither CPUs nor memory. */
export const randomStrategy: Strategy = {
  name: 'random',
  rank: (_wanted, nodes, random) => {
    const order = [...nodes];
    for (let i = order.length - 1; i > 0; i--) {
      const j = random(i + 1);
      [order[i], order[j]] = [order[j] as NodeView, order[i] as NodeView];
    }
    return order;
  },
};
