import { messageOf } from '../base/errors.js';
import type { Logger } from '../base/log.js';
import type { CatalogBackend, CatalogSnapshot, PublishedInstance } from './backend.js';

interface Follower {
  readonly name: string;
  readonly told: (instances: readonly PublishedInstance[]) => void;
  readonly ended: () => void;
}

/** One watch of the backend for all watchers of an agent; it runs only while there are some. */
export class Follow {
  readonly #backend: CatalogBackend;
  readonly #logger: Logger;
  readonly #followers = new Set<Follower>();
  #watching: AbortController | undefined;
  /** The last snapshot, by the name of the service. */
  #last: ReadonlyMap<string, readonly PublishedInstance[]> | undefined;
  #trouble = false;
  #ended = false;

  constructor(backend: CatalogBackend, logger: Logger) {
    this.#backend = backend;
    this.#logger = logger;
  }

  /**
   * Tells `told` the instances of a service, now if they are known, and then after each change of the catalogue. `ended` is
   * called when the agent leaves.
   */
  add(name: string, told: Follower['told'], ended: () => void): () => void {
    if (this.#ended) {
      ended();
      return () => undefined;
    }
    const follower = { name, told, ended };
    this.#followers.add(follower);
    if (this.#last) told(this.#last.get(name) ?? []);
    this.#watch();
    return () => {
      this.#followers.delete(follower);
      if (this.#followers.size === 0) this.#stop();
    };
  }

  /** Ends all of them, and each later one. */
  end(): void {
    this.#ended = true;
    this.#stop();
    for (const { ended } of [...this.#followers]) ended();
    this.#followers.clear();
  }

  #watch(): void {
    if (this.#watching) return;
    const watching = new AbortController();
    this.#watching = watching;
    this.#backend.watch(
      {
        snapshot: (snapshot) => {
          if (!watching.signal.aborted) this.#tell(snapshot);
        },
        error: (error) => {
          if (!watching.signal.aborted) this.#complain(error);
        },
      },
      watching.signal,
    );
  }

  #stop(): void {
    this.#watching?.abort();
    this.#watching = undefined;
    this.#last = undefined;
    this.#trouble = false;
  }

  #tell(snapshot: CatalogSnapshot): void {
    if (this.#trouble) this.#logger.info('the catalogue can be watched again');
    this.#trouble = false;
    const last = byName(snapshot);
    this.#last = last;
    for (const { name, told } of [...this.#followers]) told(last.get(name) ?? []);
  }

  /** Once an outage, not once an attempt. */
  #complain(error: unknown): void {
    const say = this.#trouble ? 'debug' : 'warn';
    this.#logger[say]('the catalogue cannot be watched now; the last state stands', { error: messageOf(error) });
    this.#trouble = true;
  }
}

function byName(snapshot: CatalogSnapshot): Map<string, PublishedInstance[]> {
  const groups = new Map<string, PublishedInstance[]>();
  for (const instance of snapshot) {
    const group = groups.get(instance.name);
    if (group) group.push(instance);
    else groups.set(instance.name, [instance]);
  }
  return groups;
}
