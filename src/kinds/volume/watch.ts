import { specParts } from '../annotated.js';
import { type By, byIndex } from '../by.js';
import { commonChecks } from '../checks.js';
import type { CreateEvent, DeleteEvent, UpdateEvent } from '../events.js';
import { type CheckFunc, type SpecifierFunction, specifiersOf } from '../specifiers.js';

// Lookups.

/** Volumes of a group. */
export const byVolumeGroup = (group: string): By<'volume'> => byIndex('group', [group]);

// Checks of what a watcher names against the object that changed.

/** Compares a literal with a changed volume. */
export type VolumeCheckFunc = CheckFunc<'volume'>;

const checks = commonChecks<'volume'>(specParts);

/** The changed volume has the literal's id. */
export const volumeCheckId: VolumeCheckFunc = checks.id;
/** The changed volume's id begins with the literal's. */
export const volumeCheckIdPrefix: VolumeCheckFunc = checks.idPrefix;
/** The changed volume has the literal's name, compared without case. */
export const volumeCheckName: VolumeCheckFunc = checks.name;
/** The changed volume's name begins with the literal's, compared without case. */
export const volumeCheckNamePrefix: VolumeCheckFunc = checks.namePrefix;
/** The changed volume has the one index entry that the literal names. */
export const volumeCheckCustom: VolumeCheckFunc = checks.custom;
/** The changed volume has an index entry with the literal's key, and a value that begins with the literal's. */
export const volumeCheckCustomPrefix: VolumeCheckFunc = checks.customPrefix;

// Specifiers, and the events that they select.

const specifiers = specifiersOf('volume');

/** Specifies creates of volumes: an optional literal, then checks. */
export const EventCreateVolume: SpecifierFunction<'volume', EventCreateVolume> = specifiers.create;
/** Specifies updates of volumes: an optional literal, then checks. */
export const EventUpdateVolume: SpecifierFunction<'volume', EventUpdateVolume> = specifiers.update;
/** Specifies deletes of volumes: an optional literal, then checks. */
export const EventDeleteVolume: SpecifierFunction<'volume', EventDeleteVolume> = specifiers.delete;
/** A committed create of a volume. */
export type EventCreateVolume = CreateEvent<'volume'>;
/** A committed update of a volume. */
export type EventUpdateVolume = UpdateEvent<'volume'>;
/** A committed delete of a volume. */
export type EventDeleteVolume = DeleteEvent<'volume'>;
