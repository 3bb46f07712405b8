import type { Manager } from '../chaos/manager.js';
import type { Tally } from '../engine-failures/tally.js';
import type { Site, World } from './world.js';

/** One round of a row: what it meets, and where it counts. */
export interface Round {
  readonly world: World;
  readonly tally: Tally;
  /** The engine that fails. */
  readonly victim: Site;
  /** The two others. */
  readonly others: readonly [Site, Site];
  /** The manager that leads at the start. */
  readonly leader: Manager;
  /** Waits until everything that is there works as it should. */
  readonly calm: () => Promise<void>;
}

/** A row of the failure table. */
export interface Row {
  readonly name: string;
  /** Nobody updates a service meanwhile: the row says what must not move. */
  readonly still?: boolean;
  /** Breaks something, and throws unless it comes out as it should. The caller mends what is broken still, and looks at the rest. */
  readonly round: (round: Round) => Promise<void>;
}
