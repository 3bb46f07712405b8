import { specParts } from '../annotated.js';
import { commonChecks } from '../checks.js';
import type { CreateEvent, DeleteEvent, UpdateEvent } from '../events.js';
import { type CheckFunc, specifiersOf } from '../specifiers.js';

// Checks of what a watcher names against the object that changed.

/** Compares a literal with a changed cluster. */
export type ClusterCheckFunc = CheckFunc<'cluster'>;

/** Checks of the id, name or index entry of a cluster against the literal; names without case. */
export const {
  id: clusterCheckId,
  idPrefix: clusterCheckIdPrefix,
  name: clusterCheckName,
  namePrefix: clusterCheckNamePrefix,
  custom: clusterCheckCustom,
  customPrefix: clusterCheckCustomPrefix,
} = commonChecks<'cluster'>(specParts);

// Specifiers, and the events that they select.

/** Specifiers of clusters that were created, updated or deleted: an optional literal, then checks. */
export const {
  create: EventCreateCluster,
  update: EventUpdateCluster,
  delete: EventDeleteCluster,
} = specifiersOf('cluster');
/** A committed create of a cluster. */
export type EventCreateCluster = CreateEvent<'cluster'>;
/** A committed update of a cluster. */
export type EventUpdateCluster = UpdateEvent<'cluster'>;
/** A committed delete of a cluster. */
export type EventDeleteCluster = DeleteEvent<'cluster'>;
