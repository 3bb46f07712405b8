import { byIndex, type By } from '../by.js';
import { commonChecks } from '../checks.js';
import type { CreateEvent, DeleteEvent, UpdateEvent } from '../events.js';
import { specifiersOf, type CheckFunc } from '../specifiers.js';
import { specParts } from '../annotated.js';

// Lookups.

/** Services and tasks that use a network. */
export const byReferencedNetworkId = (networkId: string): By => byIndex('referencedNetwork', [networkId]);
/** Services and tasks whose containers get a secret. */
export const byReferencedSecretId = (secretId: string): By => byIndex('referencedSecret', [secretId]);
/** Services and tasks whose containers get a config. */
export const byReferencedConfigId = (configId: string): By => byIndex('referencedConfig', [configId]);

// Checks of what a watcher names against the object that changed.

export type ServiceCheckFunc = CheckFunc<'service'>;

export const {
  id: serviceCheckId,
  idPrefix: serviceCheckIdPrefix,
  name: serviceCheckName,
  namePrefix: serviceCheckNamePrefix,
  custom: serviceCheckCustom,
  customPrefix: serviceCheckCustomPrefix,
} = commonChecks<'service'>(specParts);

// Specifiers, and the events that they select.

export const {
  create: EventCreateService,
  update: EventUpdateService,
  delete: EventDeleteService,
} = specifiersOf('service');
export type EventCreateService = CreateEvent<'service'>;
export type EventUpdateService = UpdateEvent<'service'>;
export type EventDeleteService = DeleteEvent<'service'>;
