import type { Instance } from './instance.js';
import { type FollowStates, Watcher } from './watcher.js';

/** Access of a service to its instances. */
export interface ServiceView {
  readonly find: () => Promise<Instance[]>;
  readonly follow: FollowStates;
}

/** A name, and the tags that were asked for. There need not be any instance of it. */
export class Service {
  /** Name of the service. */
  readonly name: string;
  /** Tags that an instance must have to be listed. */
  readonly tags: readonly string[];
  readonly #view: ServiceView;

  constructor(name: string, tags: readonly string[], view: ServiceView) {
    this.name = name;
    this.tags = tags;
    this.#view = view;
  }

  /** Watches the instances: those there are, then each change. Close it when it is no longer wanted. */
  watch(): Watcher {
    return new Watcher(this.#view.follow);
  }

  /**
   * Lists the instances; with `passing` only those whose health is. Lost ones keep the health that they had.
   * @throws {CatalogError} `UNAVAILABLE`: the catalogue cannot be read now.
   */
  async instances({ passing = false }: { readonly passing?: boolean } = {}): Promise<Instance[]> {
    const all = await this.#view.find();
    return passing ? all.filter(({ health }) => health === 'passing') : all;
  }
}
