import type { DiscoveryWatch } from '../../src/discovery/index.js';
import { Scheduler } from '../../src/testing/scheduler.js';
import { SimClock } from '../../src/testing/sim-clock.js';

/** Virtual time, and what makes it go. */
export function virtualTime() {
  const scheduler = new Scheduler();
  return { clock: new SimClock(scheduler), pass: (ms: number) => scheduler.run(ms) };
}

/** What a watch told, as text: a list as `a:1 b:1`, an error as `! message`. */
export class Seen {
  readonly told: string[] = [];
  ended = false;
  readonly #subscription;

  constructor(watch: DiscoveryWatch) {
    this.#subscription = watch.subscribe({
      next: ({ entries, error }) => this.told.push(error ? `! ${error.message}` : entries.join(' ')),
      complete: () => (this.ended = true),
    });
  }

  get last(): string | undefined {
    return this.told.at(-1);
  }

  /** The newest list, in order of address. */
  get list(): string | undefined {
    const lists = this.told.filter((text) => !text.startsWith('! '));
    return lists.at(-1)?.split(' ').sort().join(' ');
  }

  get errors(): string[] {
    return this.told.filter((text) => text.startsWith('! '));
  }

  stop(): void {
    this.#subscription.unsubscribe();
  }
}
