import { specParts } from '../annotated.js';
import { commonChecks } from '../checks.js';
import type { CreateEvent, DeleteEvent, UpdateEvent } from '../events.js';
import { type CheckFunc, type SpecifierFunction, specifiersOf } from '../specifiers.js';

// Checks of what a watcher names against the object that changed.

/** Compares a literal with a changed secret. */
export type SecretCheckFunc = CheckFunc<'secret'>;

const checks = commonChecks<'secret'>(specParts);

/** The changed secret has the literal's id. */
export const secretCheckId: SecretCheckFunc = checks.id;
/** The changed secret's id begins with the literal's. */
export const secretCheckIdPrefix: SecretCheckFunc = checks.idPrefix;
/** The changed secret has the literal's name, compared without case. */
export const secretCheckName: SecretCheckFunc = checks.name;
/** The changed secret's name begins with the literal's, compared without case. */
export const secretCheckNamePrefix: SecretCheckFunc = checks.namePrefix;
/** The changed secret has the one index entry that the literal names. */
export const secretCheckCustom: SecretCheckFunc = checks.custom;
/** The changed secret has an index entry with the literal's key, and a value that begins with the literal's. */
export const secretCheckCustomPrefix: SecretCheckFunc = checks.customPrefix;

// Specifiers, and the events that they select.

const specifiers = specifiersOf('secret');

/** Specifies creates of secrets: an optional literal, then checks. */
export const EventCreateSecret: SpecifierFunction<'secret', EventCreateSecret> = specifiers.create;
/** Specifies updates of secrets: an optional literal, then checks. */
export const EventUpdateSecret: SpecifierFunction<'secret', EventUpdateSecret> = specifiers.update;
/** Specifies deletes of secrets: an optional literal, then checks. */
export const EventDeleteSecret: SpecifierFunction<'secret', EventDeleteSecret> = specifiers.delete;
/** A committed create of a secret. */
export type EventCreateSecret = CreateEvent<'secret'>;
/** A committed update of a secret. */
export type EventUpdateSecret = UpdateEvent<'secret'>;
/** A committed delete of a secret. */
export type EventDeleteSecret = DeleteEvent<'secret'>;
