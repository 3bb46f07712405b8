import type { KindDescription, StoredObject } from '../kinds/definition.js';
import type { KindSet } from '../kinds/kind-set.js';
import { storedMeta } from '../kinds/meta.js';
import type { Measure } from './measure.js';
import { emptyRoot, type StateRoot } from './root.js';
import { WriteTransaction } from './transactions/write-transaction.js';

/** A state that is put together piece by piece, to take the place of everything at once as one version. */
export class StagedState {
  readonly version: number;
  readonly #time: number;
  readonly #tx: WriteTransaction;
  readonly #measure: Measure;
  readonly #bytes: Record<string, number> = {};
  #objects = 0;
  /** Request ids that come with it, and the versions that they made where it comes from. */
  readonly requests: (readonly [requestId: string, version: number])[] = [];

  constructor(
    { version, time, descriptions }: { version: number; time: number; descriptions: readonly KindDescription[] },
    { kinds, measure }: { kinds: KindSet; measure: Measure },
  ) {
    this.version = version;
    this.#time = time;
    this.#measure = measure;
    const base = { ...emptyRoot, descriptions: Object.fromEntries(descriptions.map((one) => [one.kind, one])) };
    this.#tx = new WriteTransaction({ base, kinds, stamp: { version, time } });
  }

  /** Adds objects in canonical form. Each takes the new version, so an update with an older version is refused. */
  add(kind: string, objects: readonly StoredObject[]): void {
    for (const object of objects) {
      const meta = storedMeta({ version: this.version, createdAt: object.meta.createdAt, updatedAt: this.#time });
      const stored = Object.freeze({ ...object, meta });
      this.#tx.of(kind).restore(stored);
      this.#bytes[kind] = (this.#bytes[kind] ?? 0) + this.#measure(kind, stored);
    }
    this.#tx.changes.length = 0;
    this.#objects += objects.length;
  }

  /** Number of objects that have been added. */
  get objects(): number {
    return this.#objects;
  }

  root(): StateRoot {
    return { ...this.#tx.root([]), bytes: this.#bytes };
  }
}
