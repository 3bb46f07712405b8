import { messageOf } from '../base/errors.js';
import { EngineError, type EngineErrorCode } from '../fleet/engine/errors.js';
import { FleetError, type FleetErrorCode } from '../fleet/index.js';
import { SchedulingError } from '../schedule/index.js';

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
  /** True for what was not expected: it belongs in the log. */
  readonly unexpected: boolean;
}

const statusOf = {
  NOT_FOUND: 404,
  AMBIGUOUS: 400,
  CONFLICT: 409,
  INVALID: 400,
  NO_ENGINE: 500,
  NO_IMAGE: 404,
  UNHEALTHY: 500,
  NOT_LEADER: 503,
  FAILED: 500,
  OUTCOME_UNKNOWN: 504,
} as const satisfies Record<FleetErrorCode, number>;

/** Status for a call of an engine that had no answer. */
const statusWithoutAnswer: Readonly<Partial<Record<EngineErrorCode, number>>> = {
  TIMEOUT: 504,
  BAD_REQUEST: 400,
  CLOSED: 503,
};

/** Status and words for whatever a handler threw. An engine's own status and words stay as they are. */
export function refusalOf(error: unknown): Refusal {
  const message = messageOf(error);
  if (error instanceof ApiError) return { status: error.status, message, unexpected: false };
  if (error instanceof FleetError) return { status: statusOf[error.code], message, unexpected: false };
  if (error instanceof SchedulingError) {
    return { status: error.code === 'INVALID' ? 400 : 500, message, unexpected: false };
  }
  if (error instanceof EngineError) return refusalOfEngine(error);
  return { status: 500, message, unexpected: true };
}

function refusalOfEngine({ status, engineMessage, code, message, outcomeUnknown }: EngineError): Refusal {
  if (status !== undefined && status >= 400) {
    return { status, message: engineMessage === '' ? message : (engineMessage ?? message), unexpected: false };
  }
  return { status: outcomeUnknown ? 504 : (statusWithoutAnswer[code] ?? 502), message, unexpected: false };
}

export const notFound = (what: string, name: string) => new ApiError(404, `No such ${what}: ${name}`);
