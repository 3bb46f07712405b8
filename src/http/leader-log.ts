import type { Clock } from '../base/clock.js';
import type { Replica } from '../replica/index.js';
import type { LeaderShape } from './shapes.js';

/** Most changes that are kept. */
const keptMax = 200;

/** Leaders that a member has seen, newest first. */
export class LeaderLog {
  readonly #seen: LeaderShape[] = [];
  #changes = 0;

  constructor(replica: Pick<Replica, 'leaders' | 'raftStatus'>, clock: Clock) {
    replica.leaders.subscribe((leader) => {
      const name = leader?.name ?? null;
      const last = this.#seen[0];
      if (last?.leader === name) return;
      // The beginning is no change, and neither is that a leader is lost: the next one is.
      if (name !== null && this.#seen.some((one) => one.leader !== null)) this.#changes++;
      this.#seen.unshift({ time: clock.now(), term: replica.raftStatus().term, leader: name });
      if (this.#seen.length > keptMax) this.#seen.pop();
    });
  }

  get all(): readonly LeaderShape[] {
    return this.#seen;
  }

  /** Number of times that a leader followed another. */
  get changes(): number {
    return this.#changes;
  }
}
