import { Metadata, type ServiceError, status, type StatusObject } from '@grpc/grpc-js';
import { messageOf } from '../base/errors.js';
import { StoreError, type StoreErrorCode, storeErrorCodes } from '../base/store-error.js';
import { shortened } from '../base/text.js';

/** The gRPC status of each store error. A new code does not compile until it is listed. */
export const statusOf = {
  ALREADY_EXISTS: status.ALREADY_EXISTS,
  NOT_FOUND: status.NOT_FOUND,
  NAME_CONFLICT: status.ALREADY_EXISTS,
  SEQUENCE_CONFLICT: status.ABORTED,
  INVALID_FIND_BY: status.INVALID_ARGUMENT,
  INVALID_OBJECT: status.INVALID_ARGUMENT,
  IN_USE: status.FAILED_PRECONDITION,
  CONDITION_FAILED: status.ABORTED,
  LEASE_LOST: status.FAILED_PRECONDITION,
  LIMIT_EXCEEDED: status.RESOURCE_EXHAUSTED,
  TOO_LARGE: status.RESOURCE_EXHAUSTED,
  NOT_LEADER: status.UNAVAILABLE,
  OUTCOME_UNKNOWN: status.DEADLINE_EXCEEDED,
  BUSY: status.ABORTED,
  WATCH_OVERFLOW: status.RESOURCE_EXHAUSTED,
  RESYNC: status.OUT_OF_RANGE,
  VERSION_COMPACTED: status.OUT_OF_RANGE,
  VERSION_AHEAD: status.OUT_OF_RANGE,
  VERSION_GAP: status.INTERNAL,
  ASYNC_CALLBACK: status.INTERNAL,
  TX_CLOSED: status.INTERNAL,
  NOT_SUPPORTED: status.FAILED_PRECONDITION,
  CLOSED: status.UNAVAILABLE,
} as const satisfies Record<StoreErrorCode, status>;

/** The trailer that carries the store's own code. */
const codeKey = 'skep-error-code';
/** … and where in an object the trouble is, percent-encoded. */
const pathKey = 'skep-error-path';

/**
 * Most characters of a text in a status or a header. Errors repeat what they were given, which may be long: a status travels
 * in headers, of which an HTTP/2 connection takes 16 KiB, and a character may take nine bytes there.
 */
export const errorCharactersMax = 256;

/** A text as it can be sent: grpc-js throws, in a place that nobody guards, at one that cannot be encoded. */
export const sayable = (text: string) => shortened(text, errorCharactersMax);

/** Converts an error into the status that a handler answers. */
export function toStatus(error: unknown): Partial<StatusObject> {
  if (!(error instanceof StoreError)) {
    const { code, details } = Object(error) as Partial<ServiceError>;
    if (typeof code === 'number') return { code, details: sayable(details ?? messageOf(error)) };
    // A mistake of ours. Not INTERNAL, which grpc-js says when a connection breaks: asking again would not help.
    return { code: status.UNKNOWN, details: sayable(messageOf(error)) };
  }
  const metadata = new Metadata();
  metadata.set(codeKey, error.code);
  const { path } = error.details;
  if (path !== undefined) metadata.set(pathKey, encodeURIComponent(sayable(path)));
  return { code: statusOf[error.code], details: sayable(error.message), metadata };
}

/** The store error that a server answered, or the gRPC error as it is. */
export function fromStatus(error: ServiceError): Error {
  const [code] = error.metadata?.get(codeKey) ?? [];
  const known = storeErrorCodes.find((name) => name === code);
  if (!known) return error;
  const prefix = `${known}: `;
  const message = error.details.startsWith(prefix) ? error.details.slice(prefix.length) : error.details;
  const [path] = error.metadata?.get(pathKey) ?? [];
  return new StoreError(known, message, {
    cause: error,
    ...(path !== undefined && { path: decoded(String(path)) }),
  });
}

/** As it is, when it is not percent-encoded: a server may say anything. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/**
 * Texts of grpc-js for a request that no method has seen. There was no connection, or it was closing: a server that
 * drains refuses new streams, and a connection that has just closed takes none.
 */
const unsentDetails =
  /no connection established|ECONNREFUSED|name resolution failed|stream refused by server|failed to start HTTP\/2 stream/i;

/** Tells whether the request was never sent: safe to retry, here or elsewhere. */
export function neverSent(error: unknown): boolean {
  const { code, details } = error as Partial<ServiceError>;
  return (code === status.UNAVAILABLE || code === status.INTERNAL) && unsentDetails.test(details ?? '');
}

/** The connection broke: whatever was asked may or may not have happened. */
export function connectionLost(error: unknown): boolean {
  const { code } = error as Partial<ServiceError>;
  return (
    !(error instanceof StoreError) &&
    (code === status.UNAVAILABLE || code === status.CANCELLED || code === status.INTERNAL)
  );
}

/** The method is not served: a member that is still joining serves the other members only. */
export function notServed(error: unknown): boolean {
  return (error as Partial<ServiceError>).code === status.UNIMPLEMENTED;
}

/** The deadline passed without an answer, and no store said why. */
export function timedOut(error: unknown): boolean {
  return !(error instanceof StoreError) && (error as Partial<ServiceError>).code === status.DEADLINE_EXCEEDED;
}
