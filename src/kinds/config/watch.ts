import { commonChecks } from '../checks.js';
import type { CreateEvent, DeleteEvent, UpdateEvent } from '../events.js';
import { specifiersOf, type CheckFunc } from '../specifiers.js';
import { specParts } from '../annotated.js';

// Checks of what a watcher names against the object that changed.

export type ConfigCheckFunc = CheckFunc<'config'>;

export const {
  id: configCheckId,
  idPrefix: configCheckIdPrefix,
  name: configCheckName,
  namePrefix: configCheckNamePrefix,
  custom: configCheckCustom,
  customPrefix: configCheckCustomPrefix,
} = commonChecks<'config'>(specParts);

// Specifiers, and the events that they select.

export const {
  create: EventCreateConfig,
  update: EventUpdateConfig,
  delete: EventDeleteConfig,
} = specifiersOf('config');
export type EventCreateConfig = CreateEvent<'config'>;
export type EventUpdateConfig = UpdateEvent<'config'>;
export type EventDeleteConfig = DeleteEvent<'config'>;
