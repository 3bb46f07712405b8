import type { TaskNodeView } from '../node-view.js';
import type { WantedTask } from '../wanted.js';
import { taskConstraintFilter } from './constraint.js';
import type { TaskFilter } from './filter.js';
import { hostPortFilter } from './host-port.js';
import { maxReplicasFilter } from './max-replicas.js';
import { platformFilter } from './platform.js';
import { pluginFilter } from './plugin.js';
import { readyFilter } from './ready.js';
import { taskResourcesFilter } from './resources.js';

/** All filters for tasks, in the order of SwarmKit: the first that refuses a node is the reason. */
export const taskFilters: readonly TaskFilter<WantedTask, TaskNodeView>[] = [
  readyFilter,
  taskResourcesFilter,
  pluginFilter,
  taskConstraintFilter,
  platformFilter,
  hostPortFilter,
  maxReplicasFilter,
];
