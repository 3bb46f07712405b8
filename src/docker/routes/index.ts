import type { Route } from '../router.js';
import { containerRoutes } from './containers.js';
import { createRoutes } from './create.js';
import { eventRoutes } from './events.js';
import { execRoutes } from './exec.js';
import { imageChangeRoutes } from './image-changes.js';
import { imageRoutes } from './images.js';
import { networkRoutes } from './networks.js';
import { pruneRoutes } from './prune.js';
import { systemRoutes } from './system.js';
import { unsupportedRoutes } from './unsupported.js';
import { volumeRoutes } from './volumes.js';

/** The table of the API. The first line that fits a request counts. */
export const routes: readonly Route[] = [
  ...systemRoutes,
  ...eventRoutes,
  ...createRoutes,
  ...pruneRoutes,
  ...containerRoutes,
  ...execRoutes,
  ...imageChangeRoutes,
  ...imageRoutes,
  ...networkRoutes,
  ...volumeRoutes,
  ...unsupportedRoutes,
];
