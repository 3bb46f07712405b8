import { StoreError, type StoreErrorCode } from '../base/store-error.js';
import { ComposeError } from '../compose/index.js';
import { DiscoveryError, type DiscoveryErrorCode } from '../discovery/index.js';

/** Exit codes of every command. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  conflict: 4,
  unavailable: 5,
  denied: 6,
  invalid: 7,
  timeout: 124,
  interrupted: 130,
} as const;

/** The command line cannot be right, whoever answers it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const byStoreCode: Partial<Record<StoreErrorCode, number>> = {
  NOT_FOUND: exitCodes.notFound,
  ALREADY_EXISTS: exitCodes.conflict,
  NAME_CONFLICT: exitCodes.conflict,
  SEQUENCE_CONFLICT: exitCodes.conflict,
  BUSY: exitCodes.conflict,
  IN_USE: exitCodes.conflict,
  CONDITION_FAILED: exitCodes.conflict,
  LEASE_LOST: exitCodes.conflict,
  LIMIT_EXCEEDED: exitCodes.invalid,
  NOT_LEADER: exitCodes.unavailable,
  CLOSED: exitCodes.unavailable,
  INVALID_OBJECT: exitCodes.invalid,
  INVALID_FIND_BY: exitCodes.invalid,
  TOO_LARGE: exitCodes.invalid,
  NOT_SUPPORTED: exitCodes.invalid,
  OUTCOME_UNKNOWN: exitCodes.timeout,
};

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
  if (error instanceof ComposeError) return exitCodes.invalid;
  if (error instanceof StoreError && !wasSilence(error)) return byStoreCode[error.code] ?? exitCodes.failed;
  if (error instanceof StoreError) return exitCodes.timeout;
  const { code } = error as { code?: unknown };
  return typeof code === 'number' ? (byStatus[code] ?? exitCodes.failed) : exitCodes.failed;
}

/** Somebody is there and does not answer in time: another thing than nobody being there. */
function wasSilence({ cause }: StoreError): boolean {
  return !(cause instanceof StoreError) && (cause as { code?: unknown } | undefined)?.code === deadlineExceeded;
}
