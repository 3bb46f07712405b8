import type { Observable } from '../../base/observable.js';
import type { CustomKind, Kind, ObjectEvent, ObjectOf, Stored, StoredObject } from '../../kinds/index.js';
import { specifierFor } from '../../kinds/specifiers.js';
import { tableOf, type WatchableStore } from '../../state/index.js';

/** A kind that a controller looks at: the name of a built-in one, or a custom kind. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- kinds of all types
export type ReconcileKind = Kind | CustomKind<any, any, any>;

/** Objects of such a kind. */
export type ReconcileObject<K> = K extends Kind
  ? ObjectOf<K>
  : K extends CustomKind<infer Body, infer _I, infer _D>
    ? Stored<Body>
    : StoredObject;

/** The key of an object, several, or none. */
export type KeyOf<T> = (object: T) => string | readonly string[] | undefined;

/** Another kind whose objects concern a controller. */
export interface AlsoWatched {
  /** Kind of the objects. */
  readonly kind: ReconcileKind;
  /** Keys that an object concerns. */
  readonly key: KeyOf<never>;
}

/** Another kind whose changes concern a controller: `also: [watching('task', ({ serviceId }) => serviceId)]`. */
export function watching<K extends ReconcileKind>(kind: K, key: KeyOf<ReconcileObject<K>>): AlsoWatched {
  return { kind, key: key };
}

/** A replica in this process, as far as a controller needs it. An `OpenReplica` is one, and a member of a simulation. */
export interface ReconcileReplica {
  /** Its store: read from, and written to while it leads. */
  readonly store: WatchableStore;
  /** Role of the member, now and after each change. */
  readonly leadership: Observable<'leader' | 'follower'>;
}

const nameOf = (kind: ReconcileKind) => (typeof kind === 'string' ? kind : kind.name);

/** Finds keys in a store: all there are, and those of what changes. */
export class KeySource {
  readonly #watched: ReadonlyMap<string, readonly KeyOf<never>[]>;
  readonly #store: WatchableStore;
  readonly #kinds: readonly ReconcileKind[];

  constructor(store: WatchableStore, watched: readonly AlsoWatched[]) {
    const byKind = new Map<string, KeyOf<never>[]>();
    for (const { kind, key } of watched) byKind.set(nameOf(kind), [...(byKind.get(nameOf(kind)) ?? []), key]);
    this.#watched = byKind;
    this.#store = store;
    this.#kinds = watched.map(({ kind }) => kind);
  }

  /** Adds all keys, and the keys of each change from then on. Returns what ends it; `onEnd` is called when nothing more comes. */
  follow(add: (key: string) => void, onEnd: () => void): () => void {
    const specifiers = [...this.#watched.keys()].flatMap((kind) =>
      (['create', 'update', 'delete'] as const).map((action) => specifierFor(action, kind as Kind, undefined)),
    );
    const { watch } = this.#store.viewAndWatch(() => this.addAll(add), ...specifiers);
    const subscription = watch.subscribe({
      next: (event) => this.#changed(event as ObjectEvent, add),
      error: onEnd,
      complete: onEnd,
    });
    return () => subscription.unsubscribe();
  }

  /** Adds the keys of all objects. */
  addAll(add: (key: string) => void): void {
    this.#store.view((tx) => {
      for (const kind of this.#kinds) if (typeof kind !== 'string') tx.kind(kind); // the store knows it from now on
      for (const kind of this.#watched.keys())
        for (const object of tableOf(tx, kind).find()) this.#add(kind, object, add);
    });
  }

  #changed(event: ObjectEvent, add: (key: string) => void): void {
    this.#add(event.kind, event.object, add);
    if (event.action === 'update') this.#add(event.kind, event.old, add);
  }

  #add(kind: string, object: StoredObject, add: (key: string) => void): void {
    for (const key of this.#watched.get(kind) ?? [])
      for (const one of [key(object as never)].flat()) if (one !== undefined) add(one);
  }
}
