import type { Cancel, Clock } from '../base/clock.js';
import type { ClusterEvent, EngineHandle, Fleet } from '../fleet/index.js';
import type { SwarmBackend } from './swarm/backend.js';
import { swarmEvent } from './swarm/events.js';

/** Events that are kept for `docker events --since`: four times as many as an engine keeps. */
const keptMax = 1_024;

/** An event of an engine, or of the cluster itself: then without an engine. */
export interface LoggedEvent {
  readonly engine?: EngineHandle;
  readonly event: ClusterEvent['event'];
}

/** The newest events of a fleet and its cluster, and who wants the next ones. */
export class EventLog {
  readonly #kept: LoggedEvent[] = [];
  readonly #readers = new Set<(event: LoggedEvent) => void>();
  readonly #stops: readonly Cancel[];

  constructor(fleet: Fleet, swarm: SwarmBackend | undefined, clock: Clock) {
    const stop = swarm?.events((change) => {
      const event = swarmEvent(change, clock.now());
      if (event) this.#add({ event });
    });
    this.#stops = [fleet.events((event) => this.#add(event)), ...(stop ? [stop] : [])];
  }

  /** Events that were kept, oldest first. */
  kept(): readonly LoggedEvent[] {
    return this.#kept.slice(-keptMax);
  }

  /** Calls `read` with every event from now on until the returned function is called. */
  follow(read: (event: LoggedEvent) => void): Cancel {
    this.#readers.add(read);
    return () => void this.#readers.delete(read);
  }

  close(): void {
    for (const stop of this.#stops) stop();
    this.#readers.clear();
  }

  #add(event: LoggedEvent): void {
    this.#kept.push(event);
    if (this.#kept.length > 2 * keptMax) this.#kept.splice(0, this.#kept.length - keptMax);
    for (const read of this.#readers) read(event);
  }
}
