import type { TaskNodeView } from '../node-view.js';
import type { WantedTask } from '../wanted.js';
import type { TaskFilter } from './filter.js';

type Asked = Pick<WantedTask, 'maxReplicas' | 'serviceId'>;

/** Refuses nodes that have as many tasks of the service as one node may have. */
export const maxReplicasFilter: TaskFilter<Asked, Pick<TaskNodeView, 'name' | 'activeTasksOf'>> = {
  name: 'max-replicas',
  summary: () => 'max replicas per node limit exceed',
  rule: ({ maxReplicas, serviceId }) => {
    if (maxReplicas <= 0) return undefined;
    return {
      asks: [`fewer than ${maxReplicas} tasks of the service`],
      soft: false,
      refusal: (node) => {
        const has = node.activeTasksOf(serviceId);
        if (has < maxReplicas) return undefined;
        return {
          missing: (has + 1 - maxReplicas) / maxReplicas,
          text: () => `it has ${has} of at most ${maxReplicas} tasks of the service`,
          help: () => `allow ${has + 1} tasks of the service on a node such as ${node.name}`,
        };
      },
    };
  },
};
