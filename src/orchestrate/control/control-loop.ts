import type { Clock } from '../../base/clock.js';
import type { Logger } from '../../base/log.js';
import type { Random } from '../../base/random.js';
import { type LeadershipSource, type LoopStore, PassLoop } from '../loop/index.js';
import { ControlPasses } from './passes.js';

export interface ControlLoopOptions {
  /** Store of this member. */
  readonly store: LoopStore;
  /** Tells when this member leads: its replica. */
  readonly leadership: LeadershipSource;
  readonly clock: Clock;
  /** Chance for the ids of tasks. */
  readonly random: Random;
  readonly logger: Logger;
}

/** A control loop at work. */
export interface ControlLoop {
  /** Ends it. Resolves when nothing of it is left: no timer, no watch, no write. Harmless when repeated. */
  close(): Promise<void>;
}

/**
 * Turns services into tasks for as long as this member leads: makes tasks, gives them nodes, restarts, updates and removes
 * them. Every member of a cluster may run it; those that do not lead wait.
 *
 * It writes desired states of tasks and their states up to `assigned`, `rejected` and `orphaned`. The drivers of
 * nodes write the others.
 * @see docs/design/orchestrate.md
 */
export function openControlLoop({ store, leadership, clock, random, logger }: ControlLoopOptions): ControlLoop {
  const ending = new AbortController();
  const work = new ControlPasses({ clock, random, logger });
  const done = new PassLoop({ work, store, leadership, clock, logger }).run(ending.signal);
  return {
    close: () => {
      ending.abort();
      return done;
    },
  };
}
