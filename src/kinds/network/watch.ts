import { specParts } from '../annotated.js';
import { commonChecks } from '../checks.js';
import type { CreateEvent, DeleteEvent, UpdateEvent } from '../events.js';
import { type CheckFunc, type SpecifierFunction, specifiersOf } from '../specifiers.js';

// Checks of what a watcher names against the object that changed.

/** Compares a literal with a changed network. */
export type NetworkCheckFunc = CheckFunc<'network'>;

const checks = commonChecks<'network'>(specParts);

/** The changed network has the literal's id. */
export const networkCheckId: NetworkCheckFunc = checks.id;
/** The changed network's id begins with the literal's. */
export const networkCheckIdPrefix: NetworkCheckFunc = checks.idPrefix;
/** The changed network has the literal's name, compared without case. */
export const networkCheckName: NetworkCheckFunc = checks.name;
/** The changed network's name begins with the literal's, compared without case. */
export const networkCheckNamePrefix: NetworkCheckFunc = checks.namePrefix;
/** The changed network has the one index entry that the literal names. */
export const networkCheckCustom: NetworkCheckFunc = checks.custom;
/** The changed network has an index entry with the literal's key, and a value that begins with the literal's. */
export const networkCheckCustomPrefix: NetworkCheckFunc = checks.customPrefix;

// Specifiers, and the events that they select.

const specifiers = specifiersOf('network');

/** Specifies creates of networks: an optional literal, then checks. */
export const EventCreateNetwork: SpecifierFunction<'network', EventCreateNetwork> = specifiers.create;
/** Specifies updates of networks: an optional literal, then checks. */
export const EventUpdateNetwork: SpecifierFunction<'network', EventUpdateNetwork> = specifiers.update;
/** Specifies deletes of networks: an optional literal, then checks. */
export const EventDeleteNetwork: SpecifierFunction<'network', EventDeleteNetwork> = specifiers.delete;
/** A committed create of a network. */
export type EventCreateNetwork = CreateEvent<'network'>;
/** A committed update of a network. */
export type EventUpdateNetwork = UpdateEvent<'network'>;
/** A committed delete of a network. */
export type EventDeleteNetwork = DeleteEvent<'network'>;
