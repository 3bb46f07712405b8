import type { Clock } from '../base/clock.js';
import type { Logger } from '../base/log.js';
import { Repeats } from '../base/repeats.js';
import type { RaftConfig } from '../raft/index.js';

/** Ids of members are long random numbers; terms and indexes are seldom so. */
const id = /\b\d{6,}\b/g;

/**
 * Logs messages of raft, with names in place of ids. Without a quorum a member asks for an election every second or two and says
 * so each time: once is enough, whatever the term is. Each leader is news in each term. What is said again is a debug line.
 */
export function raftLogger(
  logger: Logger,
  nameOf: (id: number) => string | undefined,
  clock: Clock,
): NonNullable<RaftConfig['logger']> {
  const repeats = new Repeats();
  return {
    log(level, text, about) {
      const message = text.replace(id, (digits) => nameOf(Number(digits)) ?? digits);
      const what = about === 'leader' ? message : message.replace(/\b\d+\b/g, '#');
      if (repeats.isNews(what, clock.monotonic())) logger[level](message);
      else logger.debug(message);
    },
  };
}
