import { specParts } from '../annotated.js';
import { type By, byIndex } from '../by.js';
import { commonChecks } from '../checks.js';
import type { CreateEvent, DeleteEvent, UpdateEvent } from '../events.js';
import { type CheckFunc, specifiersOf } from '../specifiers.js';

// Lookups.

/** Services and tasks that use a network. */
export const byReferencedNetworkId = (networkId: string): By<'service' | 'task'> =>
  byIndex('referencedNetwork', [networkId]);
/** Services and tasks whose containers get a secret. */
export const byReferencedSecretId = (secretId: string): By<'service' | 'task'> =>
  byIndex('referencedSecret', [secretId]);
/** Services and tasks whose containers get a config. */
export const byReferencedConfigId = (configId: string): By<'service' | 'task'> =>
  byIndex('referencedConfig', [configId]);

// Checks of what a watcher names against the object that changed.

/** Compares a literal with a changed service. */
export type ServiceCheckFunc = CheckFunc<'service'>;

/** Checks of the id, name or index entry of a service against the literal; names without case. */
export const {
  id: serviceCheckId,
  idPrefix: serviceCheckIdPrefix,
  name: serviceCheckName,
  namePrefix: serviceCheckNamePrefix,
  custom: serviceCheckCustom,
  customPrefix: serviceCheckCustomPrefix,
} = commonChecks<'service'>(specParts);

// Specifiers, and the events that they select.

/** Specifiers of services that were created, updated or deleted: an optional literal, then checks. */
export const {
  create: EventCreateService,
  update: EventUpdateService,
  delete: EventDeleteService,
} = specifiersOf('service');
/** A committed create of a service. */
export type EventCreateService = CreateEvent<'service'>;
/** A committed update of a service. */
export type EventUpdateService = UpdateEvent<'service'>;
/** A committed delete of a service. */
export type EventDeleteService = DeleteEvent<'service'>;
