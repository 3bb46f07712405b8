import { specParts } from '../annotated.js';
import { commonChecks } from '../checks.js';
import type { CreateEvent, DeleteEvent, UpdateEvent } from '../events.js';
import { type CheckFunc, specifiersOf } from '../specifiers.js';

// Checks of what a watcher names against the object that changed.

/** Compares a literal with a changed secret. */
export type SecretCheckFunc = CheckFunc<'secret'>;

/** Checks of the id, name or index entry of a secret against the literal; names without case. */
export const {
  id: secretCheckId,
  idPrefix: secretCheckIdPrefix,
  name: secretCheckName,
  namePrefix: secretCheckNamePrefix,
  custom: secretCheckCustom,
  customPrefix: secretCheckCustomPrefix,
} = commonChecks<'secret'>(specParts);

// Specifiers, and the events that they select.

/** Specifiers of secrets that were created, updated or deleted: an optional literal, then checks. */
export const {
  create: EventCreateSecret,
  update: EventUpdateSecret,
  delete: EventDeleteSecret,
} = specifiersOf('secret');
/** A committed create of a secret. */
export type EventCreateSecret = CreateEvent<'secret'>;
/** A committed update of a secret. */
export type EventUpdateSecret = UpdateEvent<'secret'>;
/** A committed delete of a secret. */
export type EventDeleteSecret = DeleteEvent<'secret'>;
