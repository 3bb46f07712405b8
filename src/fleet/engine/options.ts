import { type Clock, systemClock } from '../../base/clock.js';
import { type Logger, silentLogger } from '../../base/log.js';
import { refuseUnknown } from '../../base/options.js';
import { type Random, systemRandom } from '../../base/random.js';

/** Settings of how an engine is followed. All times are milliseconds. */
export interface EngineTimes {
  /** Shortest time between two refreshes of all lists. Default 30 000. */
  readonly refreshMinMs?: number;
  /** Longest time between two refreshes of all lists; each wait is drawn at random between the two. Default 60 000. */
  readonly refreshMaxMs?: number;
  /** Time between two pings. An engine that answered something else meanwhile is not asked. Default 5 000. */
  readonly pingMs?: number;
  /** Failures in a row that make an engine unhealthy. Default 3. */
  readonly failureRetry?: number;
  /** Age at which the engine's resources and labels are read again. Default 300 000. */
  readonly specsMs?: number;
}

/** Options of an {@link Engine}. */
export interface EngineOptions extends EngineTimes {
  /** Share of CPUs and memory that may be given away beyond what is there: 0.05 is 5 %. Default 0.05. */
  readonly overcommit?: number;
  /** Clock of pings and refreshes. Default {@link systemClock}. */
  readonly clock?: Clock;
  /** Source of the random waits. Default: that of the system. */
  readonly random?: Random;
  /** Receives warnings about the engine, and its state. Default: none. */
  readonly logger?: Logger;
}

/** Options with their defaults. */
export type EngineSettings = Required<EngineOptions>;

const names = [
  'refreshMinMs',
  'refreshMaxMs',
  'pingMs',
  'failureRetry',
  'specsMs',
  'overcommit',
  'clock',
  'random',
  'logger',
];

/**
 * Fills in the defaults.
 * @throws RangeError in the words of Docker Swarm when a number cannot be right.
 */
export function engineSettings(options: EngineOptions): EngineSettings {
  refuseUnknown('Engine', options, names);
  const {
    refreshMinMs = 30_000,
    refreshMaxMs = Math.max(60_000, refreshMinMs),
    pingMs = 5_000,
    failureRetry = 3,
    specsMs = 300_000,
    overcommit = 0.05,
    clock = systemClock,
    random = systemRandom,
    logger = silentLogger,
  } = options;
  if (!(refreshMinMs > 0)) throw new RangeError('min refresh interval should be a positive number');
  if (!(refreshMaxMs >= refreshMinMs))
    throw new RangeError('max refresh interval cannot be less than min refresh interval');
  if (!(Number.isInteger(failureRetry) && failureRetry > 0)) throw new RangeError('invalid failure retry count');
  if (!(overcommit > -1)) throw new RangeError(`swarm.overcommit should be larger than -1, ${overcommit} is invalid`);
  if (!(pingMs > 0)) throw new RangeError('ping interval should be a positive number');
  return { refreshMinMs, refreshMaxMs, pingMs, failureRetry, specsMs, overcommit, clock, random, logger };
}
