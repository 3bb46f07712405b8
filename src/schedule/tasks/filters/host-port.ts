import type { TaskNodeView } from '../node-view.js';
import type { WantedTask } from '../wanted.js';
import { nodesText, type TaskFilter } from './filter.js';

type Place = Pick<TaskNodeView, 'name' | 'holdersOfPort'>;

/** Refuses nodes on which another task holds a port that this one publishes in `host` mode. */
export const hostPortFilter: TaskFilter<Pick<WantedTask, 'ports'>, Place> = {
  name: 'host-port',
  summary: (count) => `host-mode port already in use on ${nodesText(count)}`,
  rule: ({ ports }) => {
    if (ports.length === 0) return undefined;
    return {
      asks: ports.map((port) => `port ${port}`),
      soft: false,
      refusal: (node) => {
        const taken = ports.filter((port) => node.holdersOfPort(port).length > 0);
        if (taken.length === 0) return undefined;
        return {
          missing: taken.length,
          text: () =>
            taken.map((port) => `port ${port} is held by task ${node.holdersOfPort(port).join(', ')}`).join('; '),
          help: () => `free port ${taken.join(', ')} on ${node.name}`,
        };
      },
    };
  },
};
