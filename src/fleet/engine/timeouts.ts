import { timerMaxMs } from '../../base/clock.js';
import { refuseUnknown } from '../../base/options.js';

/** Deadlines of the calls of an engine, milliseconds each. A call covers connection, headers and body. */
export interface EngineTimeouts {
  /** `ping`, and finding the API version. Default 5,000. */
  readonly pingMs: number;
  /** Lists, inspections, `info` and `version`. Default 10,000. */
  readonly readMs: number;
  /** `createContainer`, `createVolume`, `createNetwork`, `createExec`. Default 30,000. */
  readonly createMs: number;
  /** `startContainer`. Default 60,000. */
  readonly startMs: number;
  /** `stopContainer`: in addition to the grace that the container has. Default 30,000. */
  readonly stopMs: number;
  /** Other changes: `kill`, `pause`, `rename`, `update`, `tag`, `connect` and the like. Default 30,000. */
  readonly changeMs: number;
  /** Removing containers, images, volumes and networks. Default 60,000. */
  readonly removeMs: number;
  /** `exec` from beginning to end, and `commit`. Default 120,000. */
  readonly workMs: number;
  /** Pulls, loads, imports and archives: silence, not the whole. Default 120,000. */
  readonly progressMs: number;
  /** Streams (`logs`, `events`, `attach`, …): until their headers arrive. Default 10,000. */
  readonly streamMs: number;
}

/** Deadlines of a client that is given none. */
export const engineTimeouts: EngineTimeouts = {
  pingMs: 5_000,
  readMs: 10_000,
  createMs: 30_000,
  startMs: 60_000,
  stopMs: 30_000,
  changeMs: 30_000,
  removeMs: 60_000,
  workMs: 120_000,
  progressMs: 120_000,
  streamMs: 10_000,
};

/** Fills in the defaults. @throws {RangeError} for what is no time to wait. */
export function timeoutsFrom(given: Partial<EngineTimeouts> = {}): EngineTimeouts {
  refuseUnknown('timeouts', given, Object.keys(engineTimeouts));
  const all = { ...engineTimeouts, ...given };
  for (const [name, ms] of Object.entries(all) as [string, unknown][]) {
    if (typeof ms !== 'number' || !(ms > 0 && ms <= timerMaxMs)) {
      throw new RangeError(`timeouts.${name} must be from 1 to ${timerMaxMs} milliseconds, is ${String(ms)}`);
    }
  }
  return all;
}
