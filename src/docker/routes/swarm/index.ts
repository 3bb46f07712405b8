import type { Route } from '../../router.js';
import { contentRoutes } from './contents.js';
import { logRoutes } from './logs.js';
import { nodeRoutes } from './nodes.js';
import { serviceRoutes } from './services.js';
import { swarmRoutes } from './swarm.js';
import { taskRoutes } from './tasks.js';

/** Calls about the cluster: every manager answers them from what it has in memory. */
export const clusterRoutes: readonly Route[] = [
  ...logRoutes,
  ...serviceRoutes,
  ...taskRoutes,
  ...nodeRoutes,
  ...contentRoutes,
  ...swarmRoutes,
];
