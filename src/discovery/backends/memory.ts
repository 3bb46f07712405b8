import { onAbort } from '../../base/abort.js';
import type { Backend, BackendPorts, WatchOptions } from '../backend.js';
import { createEntries } from '../entries.js';
import { Entry } from '../entry.js';
import { Registrations } from '../registrations.js';
import { DiscoveryWatch } from '../watch.js';

/**
 * `memory://`: a list in this process, for tests and for programs that need no cluster. Changes are delivered at
 * once. Each backend has its own list, unless it is handed `registrations` that another one has, too.
 */
export class MemoryBackend implements Backend {
  readonly #registrations: Registrations;
  #ttlMs = 0;

  constructor({ clock }: BackendPorts, registrations = new Registrations(clock)) {
    this.#registrations = registrations;
  }

  initialize(_uris: string, _heartbeatMs: number, ttlMs: number): void {
    this.#ttlMs = ttlMs;
  }

  watch({ signal }: WatchOptions = {}): DiscoveryWatch {
    return new DiscoveryWatch((tell, stop) => {
      const look = () => tell.entries(createEntries(this.#registrations.addresses()));
      const cancel = this.#registrations.onChange(look);
      onAbort(stop, cancel);
      look();
    }, signal);
  }

  /* eslint-disable @typescript-eslint/require-await -- what is wrong with an address is a rejection, never a throw */
  async register(address: string): Promise<void> {
    this.#registrations.put(String(Entry.parse(address)), this.#ttlMs);
  }

  async deregister(address: string): Promise<void> {
    this.#registrations.delete(String(Entry.parse(address)));
  }
  /* eslint-enable @typescript-eslint/require-await */
}
