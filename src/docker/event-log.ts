import type { Cancel } from '../base/clock.js';
import type { ClusterEvent, Fleet } from '../fleet/index.js';

/** Events that are kept for `docker events --since`: four times as many as an engine keeps. */
const keptMax = 1_024;

/** The newest events of a fleet, and who wants the next ones. */
export class EventLog {
  readonly #kept: ClusterEvent[] = [];
  readonly #readers = new Set<(event: ClusterEvent) => void>();
  readonly #stop: Cancel;

  constructor(fleet: Fleet) {
    this.#stop = fleet.events((event) => {
      this.#kept.push(event);
      if (this.#kept.length > 2 * keptMax) this.#kept.splice(0, this.#kept.length - keptMax);
      for (const read of this.#readers) read(event);
    });
  }

  /** Events that were kept, oldest first. */
  kept(): readonly ClusterEvent[] {
    return this.#kept.slice(-keptMax);
  }

  /** Calls `read` with every event from now on until the returned function is called. */
  follow(read: (event: ClusterEvent) => void): Cancel {
    this.#readers.add(read);
    return () => void this.#readers.delete(read);
  }

  close(): void {
    this.#stop();
    this.#readers.clear();
  }
}
