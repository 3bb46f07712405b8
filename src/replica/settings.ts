import type { Clock } from '../base/clock.js';
import type { Logger } from '../base/log.js';
import { refuseUnknown } from '../base/options.js';
import type { Random } from '../base/random.js';
import { timingMistakes } from '../settings/rules.js';
import { type OptionsOf, replicaTable, wrongIn } from '../settings/table.js';

/** Settings of a replica. Every member of a cluster should have the same. */
export interface ReplicaSettings extends OptionsOf<typeof replicaTable> {}

export const settingsDefaults: ReplicaSettings = Object.fromEntries(
  Object.entries(replicaTable).map(([name, row]) => [name, row.default]),
) as unknown as ReplicaSettings;

/** Most bytes of entries in one message, and of one transaction: with their envelope they must fit into a message. */
const sentBytesMax = 4 * 1024 * 1024;

/** Fills in the defaults. Throws a `RangeError` or `TypeError` that names the setting. */
export function replicaSettings(given: Partial<ReplicaSettings>): ReplicaSettings {
  refuseUnknown('settings of a replica', given, Object.keys(settingsDefaults));
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const settings = { ...settingsDefaults, ...known };
  const [mistake] = [...wrongIn(replicaTable, settings), ...timingMistakes(settings, (name) => name)];
  if (mistake !== undefined) throw new RangeError(mistake);
  // A message between members has one entry more than `messageBytes`, and an event has an object twice.
  for (const [name, bytes] of [
    ['messageBytes', settings.messageBytes],
    ['limits.transactionBytes', settings.limits.transactionBytes ?? 0],
  ] as const) {
    if (bytes > sentBytesMax)
      throw new RangeError(`${name} must be at most ${sentBytesMax}: members send no more at a time`);
  }
  return settings;
}

/** Time, chance and log: arguments of a replica beside its settings. */
export interface ReplicaWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}
