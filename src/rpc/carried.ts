import { Metadata, type ServiceError, status, type StatusObject } from '@grpc/grpc-js';
import type { messages } from '../wire/index.js';

// Statuses inside the messages of a stream that carries many calls.

/** Converts a status, as it would end a call of its own. */
export function carriedError({
  code = status.UNKNOWN,
  details = '',
  metadata,
}: Partial<StatusObject>): messages.CallError {
  const trailers = Object.fromEntries(
    Object.entries(metadata?.getMap() ?? {}).map(([key, value]) => [key, String(value)]),
  );
  return { status: code, message: details, trailers };
}

/** A call that ended without an answer, in the form of gRPC. */
export class CallFailure extends Error implements ServiceError {
  readonly code: status;
  readonly details: string;
  readonly metadata: Metadata;

  constructor(code: status, details: string, metadata = new Metadata()) {
    super(`${code} ${status[code]}: ${details}`);
    this.code = code;
    this.details = details;
    this.metadata = metadata;
  }
}

/** A member may say anything: what cannot be a trailer is left out. */
export function errorCarried({ status: code, message, trailers }: messages.CallError): ServiceError {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(trailers))
    try {
      metadata.set(key, value);
    } catch {
      continue;
    }
  return new CallFailure(code in status ? code : status.UNKNOWN, message, metadata);
}
