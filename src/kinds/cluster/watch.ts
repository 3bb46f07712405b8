import { commonChecks } from '../checks.js';
import type { CreateEvent, DeleteEvent, UpdateEvent } from '../events.js';
import { specifiersOf, type CheckFunc } from '../specifiers.js';
import { specParts } from '../annotated.js';

// Checks of what a watcher names against the object that changed.

export type ClusterCheckFunc = CheckFunc<'cluster'>;

export const {
  id: clusterCheckId,
  idPrefix: clusterCheckIdPrefix,
  name: clusterCheckName,
  namePrefix: clusterCheckNamePrefix,
  custom: clusterCheckCustom,
  customPrefix: clusterCheckCustomPrefix,
} = commonChecks<'cluster'>(specParts);

// Specifiers, and the events that they select.

export const {
  create: EventCreateCluster,
  update: EventUpdateCluster,
  delete: EventDeleteCluster,
} = specifiersOf('cluster');
export type EventCreateCluster = CreateEvent<'cluster'>;
export type EventUpdateCluster = UpdateEvent<'cluster'>;
export type EventDeleteCluster = DeleteEvent<'cluster'>;
