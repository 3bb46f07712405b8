import { type Clock, sleep } from '../base/clock.js';
import { messageOf } from '../base/errors.js';
import type { Logger } from '../base/log.js';
import { isStoreErrorOf, StoreError } from '../base/store-error.js';
import type { MemberInfo } from '../replica/index.js';
import type { messages } from '../wire/index.js';
import { Channel } from './channel.js';
import { methodOf } from './definitions.js';
import { clearText, type Dialing } from './dialing.js';
import { type Unreached, whyUnreached } from './reach.js';
import { connectionLost, neverSent, timedOut } from './status.js';

/** Shortest time that is worth another question, milliseconds: one that is cut short says nothing. */
const worthMs = 200;

const advice =
  'Is one of them a member that has started? Where no cluster exists yet, start every member with the same list of peers, or the first one without any';

/** Errors that asking again will not change. */
const final = ['NAME_CONFLICT', 'REMOVED', 'INVALID_OBJECT', 'INCOMPATIBLE', 'UNAUTHENTICATED', 'DENIED'] as const;

/**
 * Asks the members at `addrs`, one after another and again, to take `member` in; any of them will do. Repeating it with
 * the same id is harmless.
 * @throws {StoreError} The last answer's code after `timeoutMs`; `OUTCOME_UNKNOWN` when a member was silent, `NOT_LEADER`
 *   when no member was reached.
 */
export async function joinCluster(
  addrs: readonly string[],
  member: MemberInfo,
  options: { timeoutMs: number; clock: Clock; logger: Logger; replaces?: boolean; dialing?: Dialing | undefined },
): Promise<messages.JoinResponse> {
  const { timeoutMs, clock, logger, replaces = false, dialing = clearText } = options;
  const until = clock.monotonic() + timeoutMs;
  let last: unknown;
  let asked = false;
  for (let i = 0; i === 0 || until - clock.monotonic() > worthMs; i++) {
    const channel = new Channel(addrs[i % addrs.length] ?? '', { dialing });
    try {
      return await channel.unary(
        methodOf('membership', 'Join'),
        { member, replaces },
        { timeoutMs: Math.min(5_000, until - clock.monotonic()) },
      );
    } catch (error) {
      if (isStoreErrorOf(error, final)) throw error;
      last = error;
      asked ||= connectionLost(error) && !neverSent(error);
      asked ||= timedOut(error);
      const all = i === addrs.length - 1;
      if (all)
        logger.warn('no member answers yet: asking again', {
          addrs: addrs.join(', '),
          error: neverSent(error) ? 'none is reached' : messageOf(error),
          timeoutMs,
        });
    } finally {
      channel.close();
    }
    await sleep(clock, 200);
  }
  const whys = neverSent(last) ? await Promise.all(addrs.map((addr) => whyUnreached(addr, dialing, last))) : [];
  if (whys.length > 0 && whys.every(({ untrusted }) => untrusted))
    throw new StoreError('UNAUTHENTICATED', whys.map(({ says }) => says).join('; '), { cause: last });
  const why = whys.length > 0 ? saysOf(whys) : messageOf(last);
  const message = `no member at ${addrs.join(', ')} took this one in within ${timeoutMs} ms (${why}). ${advice}`;
  if (last instanceof StoreError && !asked) throw new StoreError(last.code, message, { ...last.details, cause: last });
  // A member that had the question and did not answer may have taken this one in.
  throw new StoreError(asked ? 'OUTCOME_UNKNOWN' : 'NOT_LEADER', message, {
    cause: last,
    ...(!asked && { unreached: addrs }),
  });
}

const saysOf = (whys: readonly Unreached[]) => [...new Set(whys.map(({ says }) => says))].sort().join('; ');
