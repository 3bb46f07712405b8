import { byIndex, type By } from '../by.js';
import { commonChecks } from '../checks.js';
import type { CreateEvent, DeleteEvent, UpdateEvent } from '../events.js';
import { specifiersOf, type CheckFunc } from '../specifiers.js';
import { specParts } from '../annotated.js';

// Lookups.

/** Volumes of a group. */
export const byVolumeGroup = (group: string): By => byIndex('group', [group]);

// Checks of what a watcher names against the object that changed.

export type VolumeCheckFunc = CheckFunc<'volume'>;

export const {
  id: volumeCheckId,
  idPrefix: volumeCheckIdPrefix,
  name: volumeCheckName,
  namePrefix: volumeCheckNamePrefix,
  custom: volumeCheckCustom,
  customPrefix: volumeCheckCustomPrefix,
} = commonChecks<'volume'>(specParts);

// Specifiers, and the events that they select.

export const {
  create: EventCreateVolume,
  update: EventUpdateVolume,
  delete: EventDeleteVolume,
} = specifiersOf('volume');
export type EventCreateVolume = CreateEvent<'volume'>;
export type EventUpdateVolume = UpdateEvent<'volume'>;
export type EventDeleteVolume = DeleteEvent<'volume'>;
