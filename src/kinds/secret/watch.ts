import { commonChecks } from '../checks.js';
import type { CreateEvent, DeleteEvent, UpdateEvent } from '../events.js';
import { specifiersOf, type CheckFunc } from '../specifiers.js';
import { specParts } from '../annotated.js';

// Checks of what a watcher names against the object that changed.

export type SecretCheckFunc = CheckFunc<'secret'>;

export const {
  id: secretCheckId,
  idPrefix: secretCheckIdPrefix,
  name: secretCheckName,
  namePrefix: secretCheckNamePrefix,
  custom: secretCheckCustom,
  customPrefix: secretCheckCustomPrefix,
} = commonChecks<'secret'>(specParts);

// Specifiers, and the events that they select.

export const {
  create: EventCreateSecret,
  update: EventUpdateSecret,
  delete: EventDeleteSecret,
} = specifiersOf('secret');
export type EventCreateSecret = CreateEvent<'secret'>;
export type EventUpdateSecret = UpdateEvent<'secret'>;
export type EventDeleteSecret = DeleteEvent<'secret'>;
