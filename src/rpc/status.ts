import { Metadata, type ServiceError, status, type StatusObject } from '@grpc/grpc-js';
import { errorCodes, grpcStatuses } from '../base/error-codes.js';
import { messageOf } from '../base/errors.js';
import { StoreError, type StoreErrorCode, storeErrorCodes } from '../base/store-error.js';
import { readDetails, sayable, writeDetails } from './error-details.js';

/** The gRPC status of a store error. */
export function statusOf(code: StoreErrorCode): status {
  return grpcStatuses[errorCodes[code].status];
}

/** The trailer that carries the store's own code. Its details have trailers of their own. */
const codeKey = 'skep-error-code';

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
  writeDetails(error.details, metadata);
  return { code: statusOf(error.code), details: sayable(error.message), metadata };
}

/** Refusals that carry no code of the store: of gRPC itself, or of a proxy in between. */
const refusals: Readonly<Partial<Record<status, StoreErrorCode>>> = {
  [status.UNAUTHENTICATED]: 'UNAUTHENTICATED',
  [status.PERMISSION_DENIED]: 'DENIED',
};

/** The store error that a server answered, or the gRPC error as it is. */
export function fromStatus(error: ServiceError): Error {
  const [code] = error.metadata?.get(codeKey) ?? [];
  const known = storeErrorCodes.find((name) => name === code) ?? refusals[error.code];
  if (!known) return error;
  const prefix = `${known}: `;
  const message = error.details.startsWith(prefix) ? error.details.slice(prefix.length) : error.details;
  return new StoreError(known, message, { cause: error, ...readDetails(error.metadata) });
}

/**
 * Texts of grpc-js for a request that no method has seen. There was no connection, or it was closing: a server that
 * drains refuses new streams, and a connection that has just closed takes none. grpc-js has no code for it.
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
