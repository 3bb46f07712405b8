import type { Clock } from '../base/clock.js';
import type { Logger } from '../base/log.js';
import type { RaftConfig } from '../raft/index.js';

/** Least time between two equal messages at the level that raft asks for, milliseconds; in between it is a debug line. */
const sameAgainMs = 60_000;
/** Matches ids of members, which are long random numbers; terms and indexes are seldom so long. */
const id = /\b\d{6,}\b/g;

/**
 * Logs messages of raft, with names in place of ids. Without a quorum a member asks for an election every second or two and says
 * so each time: once a minute is enough.
 */
export function raftLogger(
  logger: Logger,
  nameOf: (id: number) => string | undefined,
  clock: Clock,
): NonNullable<RaftConfig['logger']> {
  const said = new Map<string, number>();
  return {
    log(level, text) {
      const message = text.replace(id, (digits) => nameOf(Number(digits)) ?? digits);
      const now = clock.monotonic();
      for (const [old, time] of said) if (now - time >= sameAgainMs) said.delete(old);
      if (said.has(message)) {
        logger.debug(message);
        return;
      }
      said.set(message, now);
      logger[level](message);
    },
  };
}
