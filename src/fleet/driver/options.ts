import type { Clock } from '../../base/clock.js';
import type { Logger } from '../../base/log.js';
import { refuseUnknown } from '../../base/options.js';
import type { Random } from '../../base/random.js';
import type { WatchableStore } from '../../state/index.js';
import type { DockerClient } from '../engine/docker-client.js';
import type { ReportedStatus } from './status.js';

/** Times of a driver, milliseconds each. */
export interface DriverTimes {
  /** Shortest time between two lists of all containers. Default 30,000. */
  readonly listMinMs: number;
  /** Longest time between two lists; each wait is drawn at random between the two. Default 60,000. */
  readonly listMaxMs: number;
  /** Wait after a failure; it grows with every failure in a row, up to ten times as much. Default 1,000. */
  readonly retryMs: number;
  /** Time after which a status is reported again that the store does not show. Default 5,000. */
  readonly reportAgainMs: number;
  /** Time for which a failed pull is remembered: until then its image is not pulled again. Default 60,000. */
  readonly pullMemoryMs: number;
  /** Time between the removal of a container and that of the volumes and networks it leaves. Default 500. */
  readonly sweepMs: number;
  /** Longest time that {@link EngineDriver.run} takes to end once its signal aborts. Default 5,000. */
  readonly endMs: number;
}

export const driverTimes: DriverTimes = {
  listMinMs: 30_000,
  listMaxMs: 60_000,
  retryMs: 1_000,
  reportAgainMs: 5_000,
  pullMemoryMs: 60_000,
  sweepMs: 500,
  endMs: 5_000,
};

/** A new status of a task. */
export interface TaskReport {
  /** Id of the task. */
  readonly id: string;
  readonly status: ReportedStatus;
}

/** Everything that a driver needs. */
export interface DriverOptions {
  /** Client of the engine. The caller closes it once the driver has ended. */
  readonly client: DockerClient;
  /** Node that stands for the engine. */
  readonly nodeId: string;
  /** Cluster whose containers the driver may touch: those with its id as a label. */
  readonly clusterId: string;
  /** The store of this member. It may lag behind. */
  readonly store: Pick<WatchableStore, 'view' | 'viewAndWatch'>;
  /**
   * Takes a new status of a task, to be written if the driver still has its lock. It comes again until the store shows that
   * state or a later one.
   */
  readonly report: (update: TaskReport) => void;
  /** Resolves with those of the tasks that exist no more, from a read that sees everything committed before it. */
  readonly confirmGone: (taskIds: readonly string[]) => Promise<ReadonlySet<string>>;
  /** Tells whether the driver still has its lock, by the clock of this moment: a paused process hears its signal late. Default: yes. */
  readonly holds?: () => boolean;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly times?: Partial<DriverTimes>;
}

/** Fills in the default times. @throws {RangeError} for what is no time to wait. */
export function timesFrom(given: Partial<DriverTimes> = {}): DriverTimes {
  refuseUnknown('times of an engine driver', given, Object.keys(driverTimes));
  const times = { ...driverTimes, ...given };
  for (const [name, ms] of Object.entries(times) as [string, unknown][])
    if (typeof ms !== 'number' || !(ms > 0))
      throw new RangeError(`times.${name} must be more than 0, is ${String(ms)}`);
  if (times.listMaxMs < times.listMinMs)
    throw new RangeError(`times.listMaxMs must be at least ${times.listMinMs}, is ${times.listMaxMs}`);
  return times;
}
