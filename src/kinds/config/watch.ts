import { specParts } from '../annotated.js';
import { commonChecks } from '../checks.js';
import type { CreateEvent, DeleteEvent, UpdateEvent } from '../events.js';
import { type CheckFunc, type SpecifierFunction, specifiersOf } from '../specifiers.js';

// Checks of what a watcher names against the object that changed.

/** Compares a literal with a changed config. */
export type ConfigCheckFunc = CheckFunc<'config'>;

const checks = commonChecks<'config'>(specParts);

/** The changed config has the literal's id. */
export const configCheckId: ConfigCheckFunc = checks.id;
/** The changed config's id begins with the literal's. */
export const configCheckIdPrefix: ConfigCheckFunc = checks.idPrefix;
/** The changed config has the literal's name, compared without case. */
export const configCheckName: ConfigCheckFunc = checks.name;
/** The changed config's name begins with the literal's, compared without case. */
export const configCheckNamePrefix: ConfigCheckFunc = checks.namePrefix;
/** The changed config has the one index entry that the literal names. */
export const configCheckCustom: ConfigCheckFunc = checks.custom;
/** The changed config has an index entry with the literal's key, and a value that begins with the literal's. */
export const configCheckCustomPrefix: ConfigCheckFunc = checks.customPrefix;

// Specifiers, and the events that they select.

const specifiers = specifiersOf('config');

/** Specifies creates of configs: an optional literal, then checks. */
export const EventCreateConfig: SpecifierFunction<'config', EventCreateConfig> = specifiers.create;
/** Specifies updates of configs: an optional literal, then checks. */
export const EventUpdateConfig: SpecifierFunction<'config', EventUpdateConfig> = specifiers.update;
/** Specifies deletes of configs: an optional literal, then checks. */
export const EventDeleteConfig: SpecifierFunction<'config', EventDeleteConfig> = specifiers.delete;
/** A committed create of a config. */
export type EventCreateConfig = CreateEvent<'config'>;
/** A committed update of a config. */
export type EventUpdateConfig = UpdateEvent<'config'>;
/** A committed delete of a config. */
export type EventDeleteConfig = DeleteEvent<'config'>;
