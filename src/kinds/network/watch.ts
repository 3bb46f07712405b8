import { specParts } from '../annotated.js';
import { commonChecks } from '../checks.js';
import type { CreateEvent, DeleteEvent, UpdateEvent } from '../events.js';
import { type CheckFunc, specifiersOf } from '../specifiers.js';

// Checks of what a watcher names against the object that changed.

/** Compares a literal with a changed network. */
export type NetworkCheckFunc = CheckFunc<'network'>;

/** Checks of the id, name or index entry of a network against the literal; names without case. */
export const {
  id: networkCheckId,
  idPrefix: networkCheckIdPrefix,
  name: networkCheckName,
  namePrefix: networkCheckNamePrefix,
  custom: networkCheckCustom,
  customPrefix: networkCheckCustomPrefix,
} = commonChecks<'network'>(specParts);

// Specifiers, and the events that they select.

/** Specifiers of networks that were created, updated or deleted: an optional literal, then checks. */
export const {
  create: EventCreateNetwork,
  update: EventUpdateNetwork,
  delete: EventDeleteNetwork,
} = specifiersOf('network');
/** A committed create of a network. */
export type EventCreateNetwork = CreateEvent<'network'>;
/** A committed update of a network. */
export type EventUpdateNetwork = UpdateEvent<'network'>;
/** A committed delete of a network. */
export type EventDeleteNetwork = DeleteEvent<'network'>;
