import type { Clock } from '../../base/clock.js';
import type { Random } from '../../base/random.js';
import type { QueuedBody, Stored } from '../../kinds/index.js';
import type { WatchableStore } from '../../state/index.js';
import type { CoordinationClient } from '../client-port.js';

/** Ports of a queue. */
export interface QueuePorts {
  /** Client of the cluster. */
  readonly client: CoordinationClient;
  /** Time. */
  readonly clock: Clock;
  /** Randomness for ids. */
  readonly random: Random;
  /** Name of this holder, for people. */
  readonly holder: string;
  /** A store of this cluster in this process: what `finish` reads comes from there. */
  readonly store?: WatchableStore | undefined;
}

/** An object of a queue with its place there. */
export type QueuedRecord = Stored<QueuedBody>;
