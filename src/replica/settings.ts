import type { Clock } from '../base/clock.js';
import type { Logger } from '../base/log.js';
import { refuseUnknown } from '../base/options.js';
import type { Random } from '../base/random.js';
import type { HistoryLimits, Limits } from '../state/index.js';
import type { AnyCustomKind } from '../kinds/index.js';

/** How a replica behaves. Every member of a cluster should have the same. */
export interface ReplicaSettings {
  /** One raft tick, and the time between heartbeats, milliseconds. */
  readonly heartbeatMs: number;
  /** Without a leader for this long, up to twice as long, a member campaigns. Milliseconds. */
  readonly electionTimeoutMs: number;
  /** A snapshot is taken after this many log entries … */
  readonly snapshotInterval: number;
  /** … or this many bytes of them. */
  readonly snapshotBytes: number;
  /** Entries kept in the log behind a snapshot, for members that are only a little behind. */
  readonly keepEntries: number;
  /** Bytes of entries in one message between members, at most; one entry always fits. */
  readonly messageBytes: number;
  readonly history: Partial<HistoryLimits>;
  readonly limits: Partial<Limits>;
  /** Kinds of one's own that this member can write. */
  readonly kinds: readonly AnyCustomKind[];
}

export const settingsDefaults: ReplicaSettings = {
  heartbeatMs: 100,
  electionTimeoutMs: 1_000,
  snapshotInterval: 10_000,
  snapshotBytes: 64 * 1024 * 1024,
  keepEntries: 500,
  messageBytes: 64 * 1024,
  history: {},
  limits: {},
  kinds: [],
};

/** Most bytes of entries in one message, and of one transaction: with their envelope they must fit into a message. */
const sentBytesMax = 4 * 1024 * 1024;

/** Fills in the defaults. Throws a `RangeError` or `TypeError` that names the setting. */
export function replicaSettings(given: Partial<ReplicaSettings>): ReplicaSettings {
  refuseUnknown('settings of a replica', given, Object.keys(settingsDefaults));
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const settings = { ...settingsDefaults, ...known };
  for (const name of [
    'heartbeatMs',
    'electionTimeoutMs',
    'snapshotInterval',
    'snapshotBytes',
    'messageBytes',
  ] as const) {
    if (!(Number.isFinite(settings[name]) && settings[name] > 0))
      throw new RangeError(`${name} must be a positive number`);
  }
  // A message between members has one entry more than `messageBytes`, and an event has an object twice.
  for (const [name, bytes] of [
    ['messageBytes', settings.messageBytes],
    ['limits.transactionBytes', settings.limits.transactionBytes ?? 0],
  ] as const) {
    if (bytes > sentBytesMax)
      throw new RangeError(`${name} must be at most ${sentBytesMax}: members send no more at a time`);
  }
  if (settings.electionTimeoutMs < 2 * settings.heartbeatMs)
    throw new RangeError('electionTimeoutMs must be at least twice heartbeatMs');
  if (!(Number.isSafeInteger(settings.keepEntries) && settings.keepEntries >= 0))
    throw new RangeError('keepEntries must be a whole number from 0');
  return settings;
}

/** What a replica is given beside its settings. */
export interface ReplicaWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}
