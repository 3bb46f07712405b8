import { specParts } from '../annotated.js';
import { type By, byIndex } from '../by.js';
import { commonChecks } from '../checks.js';
import type { CreateEvent, DeleteEvent, UpdateEvent } from '../events.js';
import { type CheckFunc, type SpecifierFunction, specifiersOf } from '../specifiers.js';

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

const checks = commonChecks<'service'>(specParts);

/** The changed service has the literal's id. */
export const serviceCheckId: ServiceCheckFunc = checks.id;
/** The changed service's id begins with the literal's. */
export const serviceCheckIdPrefix: ServiceCheckFunc = checks.idPrefix;
/** The changed service has the literal's name, compared without case. */
export const serviceCheckName: ServiceCheckFunc = checks.name;
/** The changed service's name begins with the literal's, compared without case. */
export const serviceCheckNamePrefix: ServiceCheckFunc = checks.namePrefix;
/** The changed service has the one index entry that the literal names. */
export const serviceCheckCustom: ServiceCheckFunc = checks.custom;
/** The changed service has an index entry with the literal's key, and a value that begins with the literal's. */
export const serviceCheckCustomPrefix: ServiceCheckFunc = checks.customPrefix;

// Specifiers, and the events that they select.

const specifiers = specifiersOf('service');

/** Specifies creates of services: an optional literal, then checks. */
export const EventCreateService: SpecifierFunction<'service', EventCreateService> = specifiers.create;
/** Specifies updates of services: an optional literal, then checks. */
export const EventUpdateService: SpecifierFunction<'service', EventUpdateService> = specifiers.update;
/** Specifies deletes of services: an optional literal, then checks. */
export const EventDeleteService: SpecifierFunction<'service', EventDeleteService> = specifiers.delete;
/** A committed create of a service. */
export type EventCreateService = CreateEvent<'service'>;
/** A committed update of a service. */
export type EventUpdateService = UpdateEvent<'service'>;
/** A committed delete of a service. */
export type EventDeleteService = DeleteEvent<'service'>;
