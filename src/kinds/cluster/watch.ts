import { specParts } from '../annotated.js';
import { commonChecks } from '../checks.js';
import type { CreateEvent, DeleteEvent, UpdateEvent } from '../events.js';
import { type CheckFunc, type SpecifierFunction, specifiersOf } from '../specifiers.js';

// Checks of what a watcher names against the object that changed.

/** Compares a literal with a changed cluster. */
export type ClusterCheckFunc = CheckFunc<'cluster'>;

const checks = commonChecks<'cluster'>(specParts);

/** The changed cluster has the literal's id. */
export const clusterCheckId: ClusterCheckFunc = checks.id;
/** The changed cluster's id begins with the literal's. */
export const clusterCheckIdPrefix: ClusterCheckFunc = checks.idPrefix;
/** The changed cluster has the literal's name, compared without case. */
export const clusterCheckName: ClusterCheckFunc = checks.name;
/** The changed cluster's name begins with the literal's, compared without case. */
export const clusterCheckNamePrefix: ClusterCheckFunc = checks.namePrefix;
/** The changed cluster has the one index entry that the literal names. */
export const clusterCheckCustom: ClusterCheckFunc = checks.custom;
/** The changed cluster has an index entry with the literal's key, and a value that begins with the literal's. */
export const clusterCheckCustomPrefix: ClusterCheckFunc = checks.customPrefix;

// Specifiers, and the events that they select.

const specifiers = specifiersOf('cluster');

/** Specifies creates of clusters: an optional literal, then checks. */
export const EventCreateCluster: SpecifierFunction<'cluster', EventCreateCluster> = specifiers.create;
/** Specifies updates of clusters: an optional literal, then checks. */
export const EventUpdateCluster: SpecifierFunction<'cluster', EventUpdateCluster> = specifiers.update;
/** Specifies deletes of clusters: an optional literal, then checks. */
export const EventDeleteCluster: SpecifierFunction<'cluster', EventDeleteCluster> = specifiers.delete;
/** A committed create of a cluster. */
export type EventCreateCluster = CreateEvent<'cluster'>;
/** A committed update of a cluster. */
export type EventUpdateCluster = UpdateEvent<'cluster'>;
/** A committed delete of a cluster. */
export type EventDeleteCluster = DeleteEvent<'cluster'>;
