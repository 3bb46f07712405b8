import { type Clock, sleep } from '../base/clock.js';
import { messageOf } from '../base/errors.js';
import type { Logger } from '../base/log.js';
import { isStoreError } from '../base/store-error.js';
import type { MemberInfo } from '../replica/index.js';
import type { messages } from '../wire/index.js';
import { Channel } from './channel.js';
import { methodOf } from './definitions.js';

const advice =
  'Is one of them a member that has started? Where no cluster exists yet, start every member with the same list of peers, or the first one without any';

/** Errors that asking again will not change. */
const final = ['NAME_CONFLICT', 'NOT_SUPPORTED', 'INVALID_OBJECT'] as const;

/**
 * Asks the members at `addrs`, one after another and again, to take `member` in; any of them will do. Repeating it with
 * the same id is harmless.
 */
export async function joinCluster(
  addrs: readonly string[],
  member: MemberInfo,
  options: { timeoutMs: number; clock: Clock; logger: Logger; replaces?: boolean },
): Promise<messages.JoinResponse> {
  const { timeoutMs, clock, logger, replaces = false } = options;
  const until = clock.monotonic() + timeoutMs;
  let last: unknown;
  for (let i = 0; clock.monotonic() < until; i++) {
    const channel = new Channel(addrs[i % addrs.length] ?? '');
    try {
      return await channel.unary(
        methodOf('membership', 'Join'),
        { member, replaces },
        { timeoutMs: Math.min(5_000, until - clock.monotonic()) },
      );
    } catch (error) {
      if (final.some((code) => isStoreError(error, code))) throw error;
      last = error;
      const all = i === addrs.length - 1;
      if (all)
        logger.warn('no member answers yet: asking again', {
          addrs: addrs.join(', '),
          error: messageOf(error),
          timeoutMs,
        });
    } finally {
      channel.close();
    }
    await sleep(clock, 200);
  }
  throw new Error(
    `no member at ${addrs.join(', ')} took this one in within ${timeoutMs} ms: ${messageOf(last)}. ${advice}`,
    {
      cause: last,
    },
  );
}
