import type { CheckFunc } from '../specifiers.js';
import type { Kind } from '../tables/index.js';
import { clusterCheckId } from './cluster.js';
import { networkCheckId } from './network.js';
import { nodeCheckId } from './node.js';
import { serviceCheckId } from './service.js';
import { taskCheckId } from './task.js';

export * from './cluster.js';
export * from './network.js';
export * from './node.js';
export * from './service.js';
export * from './task.js';

const idChecks = {
  node: nodeCheckId,
  service: serviceCheckId,
  task: taskCheckId,
  network: networkCheckId,
  cluster: clusterCheckId,
};

/** The check by id of a kind that is only known at run time. */
export function idCheck(kind: Kind): CheckFunc<Kind> {
  return idChecks[kind] as CheckFunc<Kind>;
}
