import { plainEqual } from '../base/plain.js';
import type { Instance } from './instance.js';

/** A change of one instance between two lists. */
export interface CatalogEvent {
  /** Sort of the change. */
  readonly op: 'add' | 'update' | 'delete';
  /** As it is now; as it last was, when it is gone. */
  readonly instance: Instance;
}

/** Options of a comparison. */
export interface DiffOptions {
  /** Report what stayed the same as an update, too. */
  readonly strict?: boolean;
}

/** Remembers a set of instances by id, and tells what the next one has changed. Begins with the empty set. */
export class Diff {
  readonly #strict: boolean;
  #known: ReadonlyMap<string, Instance> = new Map();

  constructor({ strict = false }: DiffOptions = {}) {
    this.#strict = strict;
  }

  /** Adds and updates in the order of `state`, then deletes in the order of ids. Of an id that is there twice the last counts. */
  apply(state: Iterable<Instance>): CatalogEvent[] {
    const before = this.#known;
    const after = new Map<string, Instance>();
    for (const instance of state) after.set(instance.id, instance);
    this.#known = after;
    const events: CatalogEvent[] = [];
    for (const [id, instance] of after) {
      const known = before.get(id);
      if (!known) events.push({ op: 'add', instance });
      else if (this.#strict || !plainEqual(known, instance)) events.push({ op: 'update', instance });
    }
    const gone = [...before].filter(([id]) => !after.has(id)).sort(([a], [b]) => (a < b ? -1 : 1));
    return [...events, ...gone.map(([, instance]) => ({ op: 'delete', instance }) as const)];
  }
}
