import { isStoreError, StoreError } from '../base/store-error.js';
import { connectionLost, neverSent, notServed, timedOut, type Unreached } from '../rpc/index.js';

/** The meaning of a failed attempt: `final` is an answer, `unsent` did nothing, `unknown` may have been carried out. */
export function failureOf(error: unknown): 'final' | 'unsent' | 'unknown' {
  if (neverSent(error) || notServed(error) || isStoreError(error, 'NOT_LEADER')) return 'unsent';
  if (connectionLost(error) || timedOut(error)) return 'unknown';
  return isStoreError(error, 'OUTCOME_UNKNOWN') || isStoreError(error, 'CLOSED') ? 'unknown' : 'final';
}

interface Attempts {
  /** May one of them have been carried out? */
  readonly unknown: boolean;
  readonly hosts: readonly string[];
  /** Reasons for which hosts were not reached. */
  readonly unreached: readonly Unreached[];
  readonly timeoutMs: number;
}

/** The last failure in words that say what to do. */
export function explained(error: unknown, { unknown, hosts, unreached, timeoutMs }: Attempts): unknown {
  const where = hosts.join(', ');
  if (unknown && !isStoreError(error, 'OUTCOME_UNKNOWN')) {
    const message = `no answer from ${where} within ${timeoutMs} ms: the change may still commit. Read before writing again`;
    return new StoreError('OUTCOME_UNKNOWN', message, { cause: error });
  }
  if (error instanceof StoreError) return error;
  if (neverSent(error)) {
    const whys = [...new Set(unreached.map(({ says }) => says))].sort().join('; ');
    if (unreached.length > 0 && unreached.every(({ untrusted }) => untrusted))
      return new StoreError('UNAUTHENTICATED', whys, { cause: error });
    return notLeader(`no member answers at ${where}: ${whys}`, error, hosts);
  }
  if (notServed(error))
    return notLeader(`the member at ${where} does not serve this: is it still starting, or of another version?`, error);
  if (resolving(error))
    return notLeader(`no answer from ${where} within ${timeoutMs} ms: DNS does not answer for its name`, error);
  return notLeader(`no answer from ${where} within ${timeoutMs} ms`, error);
}

/** @param unreached Addresses at which no member answers, when that is why. */
export function notLeader(message: string, cause: unknown, unreached?: readonly string[]): StoreError {
  return new StoreError('NOT_LEADER', message, { cause, ...(unreached && { unreached }) });
}

/** The deadline passed while a name was being looked up. */
function resolving(error: unknown): boolean {
  return timedOut(error) && /waiting for name resolution/.test((error as { details?: string }).details ?? '');
}
