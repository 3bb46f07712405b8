import { messageOf } from '../base/errors.js';
import { FleetError, type FleetErrorCode } from '../fleet/index.js';

/** Refusal of a request by the API itself. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

/** Status and words of an answer that is no success. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  /** True for what nobody expected: it belongs in the log. */
  readonly unexpected: boolean;
}

const statusOf = {
  NOT_FOUND: 404,
  AMBIGUOUS: 400,
  CONFLICT: 409,
  INVALID: 400,
  NO_ENGINE: 500,
  UNHEALTHY: 500,
  NOT_LEADER: 503,
  OUTCOME_UNKNOWN: 504,
} as const satisfies Record<FleetErrorCode, number>;

/** Status and words for whatever a handler threw. An engine's own status and words stay as they are. */
export function refusalOf(error: unknown): Refusal {
  const message = messageOf(error);
  if (error instanceof ApiError) return { status: error.status, message, unexpected: false };
  if (error instanceof FleetError) return { status: statusOf[error.code], message, unexpected: false };
  return { status: 500, message, unexpected: true };
}

export const notFound = (what: string, name: string) => new ApiError(404, `No such ${what}: ${name}`);
