import { specParts } from '../annotated.js';
import { commonChecks } from '../checks.js';
import type { CreateEvent, DeleteEvent, UpdateEvent } from '../events.js';
import { type CheckFunc, specifiersOf } from '../specifiers.js';

// Checks of what a watcher names against the object that changed.

/** Compares a literal with a changed config. */
export type ConfigCheckFunc = CheckFunc<'config'>;

/** Checks of the id, name or index entry of a config against the literal; names without case. */
export const {
  id: configCheckId,
  idPrefix: configCheckIdPrefix,
  name: configCheckName,
  namePrefix: configCheckNamePrefix,
  custom: configCheckCustom,
  customPrefix: configCheckCustomPrefix,
} = commonChecks<'config'>(specParts);

// Specifiers, and the events that they select.

/** Specifiers of configs that were created, updated or deleted: an optional literal, then checks. */
export const {
  create: EventCreateConfig,
  update: EventUpdateConfig,
  delete: EventDeleteConfig,
} = specifiersOf('config');
/** A committed create of a config. */
export type EventCreateConfig = CreateEvent<'config'>;
/** A committed update of a config. */
export type EventUpdateConfig = UpdateEvent<'config'>;
/** A committed delete of a config. */
export type EventDeleteConfig = DeleteEvent<'config'>;
