import { StoreError, type StoreErrorCode, type StoreErrorDetails } from '../base/store-error.js';
import type { StoredObject } from './definition.js';

/** Tells whether a reader may know of an object. */
export type MayRead = (kind: string, object: StoredObject) => boolean;

/** Text of a refusal, for a reader who may know of some objects. */
type Telling = (mayRead: MayRead) => string;

const tellings = new WeakMap<StoreError, Telling>();

/** Makes an error that names objects. Its message is for one who may know of all; {@link toldTo} makes those for others. */
export function naming(code: StoreErrorCode, tell: Telling, details?: StoreErrorDetails): StoreError {
  const error = new StoreError(
    code,
    tell(() => true),
    details,
  );
  tellings.set(error, tell);
  return error;
}

/** Returns an error as one may hear it who may know of some objects: of others it names the kind alone. */
export function toldTo(error: unknown, mayRead: MayRead): unknown {
  const tell = error instanceof StoreError ? tellings.get(error) : undefined;
  if (!tell) return error;
  const { code, details } = error as StoreError;
  return new StoreError(code, tell(mayRead), details);
}
