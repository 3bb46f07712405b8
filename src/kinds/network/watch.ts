import { commonChecks } from '../checks.js';
import type { CreateEvent, DeleteEvent, UpdateEvent } from '../events.js';
import { specifiersOf, type CheckFunc } from '../specifiers.js';
import { specParts } from '../annotated.js';

// Checks of what a watcher names against the object that changed.

export type NetworkCheckFunc = CheckFunc<'network'>;

export const {
  id: networkCheckId,
  idPrefix: networkCheckIdPrefix,
  name: networkCheckName,
  namePrefix: networkCheckNamePrefix,
  custom: networkCheckCustom,
  customPrefix: networkCheckCustomPrefix,
} = commonChecks<'network'>(specParts);

// Specifiers, and the events that they select.

export const {
  create: EventCreateNetwork,
  update: EventUpdateNetwork,
  delete: EventDeleteNetwork,
} = specifiersOf('network');
export type EventCreateNetwork = CreateEvent<'network'>;
export type EventUpdateNetwork = UpdateEvent<'network'>;
export type EventDeleteNetwork = DeleteEvent<'network'>;
