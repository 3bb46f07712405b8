import { specParts } from '../annotated.js';
import { type By, byIndex } from '../by.js';
import { commonChecks } from '../checks.js';
import type { CreateEvent, DeleteEvent, UpdateEvent } from '../events.js';
import { type CheckFunc, specifiersOf } from '../specifiers.js';

// Lookups.

/** Volumes of a group. */
export const byVolumeGroup = (group: string): By<'volume'> => byIndex('group', [group]);

// Checks of what a watcher names against the object that changed.

/** Compares a literal with a changed volume. */
export type VolumeCheckFunc = CheckFunc<'volume'>;

/** Checks of the id, name or index entry of a volume against the literal; names without case. */
export const {
  id: volumeCheckId,
  idPrefix: volumeCheckIdPrefix,
  name: volumeCheckName,
  namePrefix: volumeCheckNamePrefix,
  custom: volumeCheckCustom,
  customPrefix: volumeCheckCustomPrefix,
} = commonChecks<'volume'>(specParts);

// Specifiers, and the events that they select.

/** Specifiers of volumes that were created, updated or deleted: an optional literal, then checks. */
export const {
  create: EventCreateVolume,
  update: EventUpdateVolume,
  delete: EventDeleteVolume,
} = specifiersOf('volume');
/** A committed create of a volume. */
export type EventCreateVolume = CreateEvent<'volume'>;
/** A committed update of a volume. */
export type EventUpdateVolume = UpdateEvent<'volume'>;
/** A committed delete of a volume. */
export type EventDeleteVolume = DeleteEvent<'volume'>;
