import { isStoreError, StoreError, type StoreErrorCode } from '../../base/store-error.js';
import { ApiError } from '../answers.js';

const statuses: Readonly<Partial<Record<StoreErrorCode, number>>> = {
  NOT_FOUND: 404,
  NAME_CONFLICT: 409,
  ALREADY_EXISTS: 409,
  SEQUENCE_CONFLICT: 500,
  INVALID_OBJECT: 400,
  IN_USE: 400,
  TOO_LARGE: 400,
  NOT_SUPPORTED: 501,
  LIMIT_EXCEEDED: 507,
  NOT_LEADER: 503,
  QUORUM_LOST: 503,
  OUTCOME_UNKNOWN: 503,
  BUSY: 503,
  CLOSED: 503,
  UNAUTHENTICATED: 401,
  DENIED: 403,
};

/** The words that tools look for when another client has changed the object first. */
const outOfSequence = 'update out of sequence';

/** Refusal of a request for an error of the store; any other error is returned as it is. */
export function refusalOfStore(error: unknown): unknown {
  if (!isStoreError(error)) return error;
  const { code } = error;
  return new ApiError(statuses[code] ?? 500, textOf(error), { cause: error });
}

function textOf({ code, message }: StoreError): string {
  const words = message.slice(`${code}: `.length);
  return code === 'SEQUENCE_CONFLICT' ? `${outOfSequence}: ${words}` : words;
}

/** Refuses an update of a version that is not the current one. */
export function refuseOld(what: string): never {
  throw new ApiError(500, `${outOfSequence}: ${what} has changed since it was read; read it again`);
}

export const unsupported = (message: string) => new ApiError(501, message);
