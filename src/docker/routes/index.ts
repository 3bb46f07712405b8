import type { Route } from '../router.js';
import { containerRoutes } from './containers.js';
import { createRoutes } from './create.js';
import { eventRoutes } from './events.js';
import { execRoutes } from './exec.js';
import { imageChangeRoutes } from './image-changes.js';
import { imageRoutes } from './images.js';
import { networkRoutes } from './networks.js';
import { pruneRoutes } from './prune.js';
import { clusterRoutes } from './swarm/index.js';
import { clusterNetworkRoutes } from './swarm/networks.js';
import { systemRoutes } from './system.js';
import { unsupportedRoutes } from './unsupported.js';
import { volumeRoutes } from './volumes.js';

/** The table of the API in front of engines alone. The first line that fits a request counts. */
export const engineRoutes: readonly Route[] = [
  ...systemRoutes,
  ...eventRoutes,
  ...createRoutes,
  ...pruneRoutes,
  ...containerRoutes,
  ...execRoutes,
  ...imageChangeRoutes,
  ...imageRoutes,
  ...networkRoutes,
  ...clusterNetworkRoutes,
  ...volumeRoutes,
  ...unsupportedRoutes,
];

/** The table of the API in front of a cluster, too. */
export const routes: readonly Route[] = [...clusterRoutes, ...engineRoutes];
