import type { Clock } from '../base/clock.js';
import { newId } from '../base/ids.js';
import type { Random } from '../base/random.js';
import { isStoreError, StoreError } from '../base/store-error.js';
import { pause } from '../base/waiting.js';
import { changeOf, type messages, type WaitOptions } from '../client/index.js';
import {
  all,
  type BuiltInKinds,
  type By,
  type CustomDraft,
  type CustomKind,
  type CustomReplacement,
  type Draft,
  type FindOptions,
  type KindOfBy,
  KindSet,
  type ObjectIn,
  type ReadTx,
  type Replacement,
  type Stored,
  type StoredObject,
} from '../kinds/index.js';
import { refuseAsync, tableOf, Tables, type WatchableStore } from '../state/index.js';
import type { CoordinationClient } from './client-port.js';

/** Reads from a store of the cluster in this process, and writes down what is to be written. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a table of any kind
export interface FencedTable<T extends StoredObject, D = Draft<T>, R = Replacement<T>, K extends string = any> {
  /** Needs a store. The leader checks the read results together with the changes. */
  get(id: string): T | undefined;
  /** Needs a store. Each object that is found must still be so when the changes are made. */
  find(by?: By<K>, options?: FindOptions<T>): T[];
  /** Returns the id. */
  create(object: D): string;
  /** Replaces the object of that id. */
  update(object: R): void;
  /** Deletes the object of that id. */
  delete(id: string): void;
}

type FencedTables = {
  readonly [P in keyof BuiltInKinds]: () => FencedTable<
    ObjectIn<BuiltInKinds[P]>,
    Draft<ObjectIn<BuiltInKinds[P]>>,
    Replacement<ObjectIn<BuiltInKinds[P]>>,
    BuiltInKinds[P]['kind']
  >;
};

/**
 * A transaction that is made here and carried out where the leader is. It does not see its own writes. Reads come from a
 * store of the cluster in this process, if one was given; what they saw is checked again with the writes, and `write` runs
 * again when it has changed.
 */
export interface FencedTx extends FencedTables {
  /** The table of a custom kind. */
  kind<Body extends object, I, D, N extends string>(
    kind: CustomKind<Body, I, D> & { readonly name: N },
  ): FencedTable<Stored<Body>, CustomDraft<D>, CustomReplacement<D>, KindOfBy<N>>;
}

interface Ports {
  readonly client: Pick<CoordinationClient, 'apply'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly store?: WatchableStore | undefined;
}

/** Most times that `write` runs when what it read has changed meanwhile. */
const attempts = 5;
const againMs = 50;

/** Writes behind a fence. */
export class FencedWrites {
  readonly #ports: Ports;
  readonly #fence: messages.Condition;

  constructor(ports: Ports, fence: messages.Condition) {
    this.#ports = ports;
    this.#fence = fence;
  }

  /** @param also Changes that are made with those of `write`, behind them. */
  async update(
    write: (tx: FencedTx) => void,
    { signal, also = [] }: WaitOptions & { readonly also?: readonly messages.Change[] } = {},
  ): Promise<number> {
    const { client, clock, store } = this.#ports;
    for (let attempt = 1; ; attempt++) {
      const recorded = this.#record(write);
      try {
        const { version } = await client.apply([...recorded.changes, ...also], {
          conditions: [...recorded.conditions.values()],
          fence: this.#fence,
          signal,
        });
        return version;
      } catch (error) {
        const changed = isStoreError(error, 'CONDITION_FAILED') || isStoreError(error, 'SEQUENCE_CONFLICT');
        if (!changed || !store || attempt === attempts) throw error;
        await pause(clock, againMs, signal); // the local store may be a little behind
      }
    }
  }

  #record(write: (tx: FencedTx) => void): Recorder {
    const { store, random } = this.#ports;
    const run = (read: ReadTx | undefined) => {
      const recorder = new Recorder(read, random);
      refuseAsync(write(recorder));
      return recorder;
    };
    return store ? store.view((tx) => run(tx) as never) : run(undefined);
  }
}

class Recorder extends Tables<FencedTable<StoredObject, object, StoredObject>> implements FencedTx {
  readonly changes: messages.Change[] = [];
  /** By kind and id. */
  readonly conditions = new Map<string, messages.Condition>();
  readonly #read: ReadTx | undefined;
  readonly #random: Random;

  constructor(read: ReadTx | undefined, random: Random) {
    super(new KindSet());
    this.#read = read;
    this.#random = random;
  }

  protected override open(kind: string): FencedTable<StoredObject, object, StoredObject> {
    const saw = (id: string, object: StoredObject | undefined) => {
      const version = object && { version: object.meta.version };
      this.conditions.set(`${kind}/${id}`, { kind, id, ...version });
      return object;
    };
    const read = () => {
      if (this.#read) return tableOf(this.#read, kind);
      throw new StoreError(
        'NOT_SUPPORTED',
        'nothing can be read here without a store: read with the client before, or give one',
      );
    };
    return {
      get: (id) => saw(id, read().get(id)),
      find: (by = all, options) => {
        const found = read().find(by, options);
        for (const object of found) saw(object.id, object);
        return found;
      },
      create: (draft) => {
        const id = (draft as { id?: string }).id ?? newId(this.#random);
        this.changes.push(changeOf('create', kind, { ...draft, id }));
        return id;
      },
      update: (object) => void this.changes.push(changeOf('update', kind, object)),
      delete: (id) => void this.changes.push({ op: 'remove', kind, id }),
    };
  }
}
