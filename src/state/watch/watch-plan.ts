import type { Logger } from '../../base/log.js';
import { StoreError } from '../../base/store-error.js';
import type { MatchMode, Specifier } from '../../kinds/specifiers.js';
import type { History, TransactionRecord } from '../history/history.js';
import type { WatchQueue } from './queue.js';

/** Source of a watch's transactions. */
export interface WatchSource {
  readonly queue: WatchQueue;
  readonly history: History;
  readonly logger: Logger;
  /** The newest committed version. */
  version(): number;
  /** Everything up to this version was replaced at once by an installed snapshot; 0 for never. */
  resyncVersion(): number;
  /** Returns the transactions after `version` that are older than the history, where another place still has them. */
  hasOlder(version: number): boolean;
  older(version: number): Promise<readonly TransactionRecord[]> | undefined;
}

/** Definition of one watch: the same for each of its subscribers and iterators. */
export interface WatchPlan {
  readonly source: WatchSource;
  readonly specifiers: readonly Specifier[];
  readonly match: MatchMode;
  /** Behaviour when `after` is not here yet. */
  readonly ahead: 'refuse' | 'wait';
  readonly limit: number;
  readonly limitBytes: number;
  readonly signal: AbortSignal | undefined;
  /** Begin after this version; `undefined`: begin with the next transaction. */
  readonly after: number | undefined;
}

/** Refuses a start that history does not reach. */
export function startError({ source, ahead }: WatchPlan, after: number): StoreError | undefined {
  const newest = source.version();
  if (after > newest && ahead === 'wait') return undefined;
  if (after > newest)
    return new StoreError('VERSION_AHEAD', `version ${after} is not here yet; the newest is ${newest}`, {
      version: newest,
    });
  const oldest = source.history.reachesBackTo(newest);
  if (after < oldest && !source.hasOlder(after)) {
    return new StoreError(
      'VERSION_COMPACTED',
      `history begins after version ${oldest}: read the state again and watch from there`,
      { version: oldest },
    );
  }
  return undefined;
}

/** Like {@link startError}, once older records have been fetched: a partial history would be worse than none. */
export function errorAfterFetch(plan: WatchPlan, after: number): StoreError | undefined {
  const refused = startError(plan, after);
  return refused && after < plan.source.resyncVersion() ? lostError(plan.source, after) : refused;
}

/** A watch came to a version that history has given up while it was catching up. */
export function lostError(source: WatchSource, after: number): StoreError {
  const newest = source.version();
  return after < source.resyncVersion()
    ? new StoreError(
        'RESYNC',
        `a snapshot replaced everything up to version ${source.resyncVersion()}: read the state again`,
        { version: newest },
      )
    : new StoreError('WATCH_OVERFLOW', 'the reader fell behind: read the state again and open a new watch', {
        version: newest,
      });
}
