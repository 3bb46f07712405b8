import type { CheckFunc } from '../specifiers.js';
import type { Kind } from '../tables/index.js';
import { clusterCheckId } from './cluster.js';
import { configCheckId } from './config.js';
import { networkCheckId } from './network.js';
import { nodeCheckId } from './node.js';
import { secretCheckId } from './secret.js';
import { serviceCheckId } from './service.js';
import { taskCheckId } from './task.js';
import { volumeCheckId } from './volume.js';

export * from './cluster.js';
export * from './config.js';
export * from './network.js';
export * from './node.js';
export * from './secret.js';
export * from './service.js';
export * from './task.js';
export * from './volume.js';

const idChecks = {
  node: nodeCheckId,
  service: serviceCheckId,
  task: taskCheckId,
  network: networkCheckId,
  cluster: clusterCheckId,
  secret: secretCheckId,
  config: configCheckId,
  volume: volumeCheckId,
};

/** The check by id of a kind that is only known at run time. */
export function idCheck(kind: Kind): CheckFunc<Kind> {
  return idChecks[kind] as CheckFunc<Kind>;
}
