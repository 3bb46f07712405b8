import { DamageError } from '../base/damage.js';
import { DirectoryError } from '../base/directory-error.js';
import { directoryCodes, errorCodes } from '../base/error-codes.js';
import { type ExitName, exits } from '../base/exits.js';
import { StoreError } from '../base/store-error.js';
import { ComposeError } from '../compose/errors.js';
import { DiscoveryError, type DiscoveryErrorCode } from '../discovery/errors.js';
import { EngineError, type EngineErrorCode } from '../fleet/engine/errors.js';

/** Exit codes of every command. */
export const exitCodes = Object.fromEntries(Object.entries(exits).map(([name, { code }]) => [name, code])) as {
  readonly [Name in ExitName]: (typeof exits)[Name]['code'];
};

/** Exit codes of commands that wait for services, beside those: ends that are no errors of a request. */
export const waitExits = {
  /** An update was paused or rolled back, or a task failed for good. */
  stopped: 3,
  /** The time is over, or tasks fit on no node. */
  unfinished: 4,
} as const;

/** The command line cannot be right, whichever member answers it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const byDiscoveryCode: Record<DiscoveryErrorCode, number> = {
  NOT_SUPPORTED: exitCodes.usage,
  INVALID_OPTION: exitCodes.usage,
  INVALID_ADDRESS: exitCodes.invalid,
  NOT_IMPLEMENTED: exitCodes.invalid,
  REFUSED: exitCodes.invalid,
  DAMAGED: exitCodes.invalid,
  NOT_FOUND: exitCodes.notFound,
  UNAVAILABLE: exitCodes.unavailable,
  ALREADY_REGISTERED: exitCodes.failed,
};

const byEngineCode: Partial<Record<EngineErrorCode, number>> = {
  UNREACHABLE: exitCodes.unavailable,
  TIMEOUT: exitCodes.timeout,
  NOT_FOUND: exitCodes.notFound,
  CONFLICT: exitCodes.conflict,
  BAD_REQUEST: exitCodes.invalid,
  UNAUTHORIZED: exitCodes.denied,
  FORBIDDEN: exitCodes.denied,
};

/** gRPC's own numbers, for errors that no store made. */
const deadlineExceeded = 4;
const byStatus: Readonly<Record<number, number>> = {
  [deadlineExceeded]: exitCodes.timeout,
  7: exitCodes.denied,
  14: exitCodes.unavailable,
  16: exitCodes.denied,
};

export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return exitCodes.usage;
  if (error instanceof DiscoveryError) return byDiscoveryCode[error.code];
  if (error instanceof EngineError) return byEngineCode[error.code] ?? exitCodes.failed;
  // What the cluster would refuse has the code of that refusal: a port that is taken is no mistake of the file.
  if (error instanceof ComposeError)
    return error.cause instanceof StoreError ? exitCodeOf(error.cause) : exitCodes.invalid;
  if (error instanceof DamageError) return exitCodes[errorCodes[error.code].exit];
  if (error instanceof DirectoryError) return exitCodes[directoryCodes[error.code].exit];
  if (error instanceof StoreError)
    return wasSilence(error) ? exitCodes.timeout : exitCodes[errorCodes[error.code].exit];
  const { code } = Object(error) as { code?: unknown };
  return typeof code === 'number' ? (byStatus[code] ?? exitCodes.failed) : exitCodes.failed;
}

/** A member is there and does not answer in time: another thing than no member being there. */
function wasSilence({ cause }: StoreError): boolean {
  return !(cause instanceof StoreError) && (cause as { code?: unknown } | undefined)?.code === deadlineExceeded;
}
