import { StoreError } from '../base/store-error.js';
import type { AnyObject } from '../kinds/index.js';
import { DecodeError, fromAny, type messages } from '../wire/index.js';

/** Returns the object of an answer. @throws {StoreError} `INCOMPATIBLE` when there is none, or one of another kind. */
export function objectIn(kind: string, wrapped: messages.AnyObject | undefined): AnyObject {
  try {
    if (wrapped) return fromAny(kind, wrapped).object;
  } catch (cause) {
    if (!(cause instanceof DecodeError)) throw cause;
    throw new StoreError('INCOMPATIBLE', notOurs(kind, cause.message), { cause });
  }
  throw new StoreError('INCOMPATIBLE', notOurs(kind, 'there is none'));
}

const notOurs = (kind: string, why: string) =>
  `a member answered without the ${kind} that was asked for (${why}): is it a member of skep, of a version that goes with this client?`;
