import { newId } from '../../base/ids.js';
import { systemRandom } from '../../base/random.js';
import { isStoreError, StoreError } from '../../base/store-error.js';
import { sha256Hex } from '../../identity/index.js';
import type { By, FindOptions, KindSet, StoredObject } from '../../kinds/index.js';
import { type DraftReads, KnownState } from '../../state/index.js';
import type { messages } from '../../wire/index.js';
import type { Client, WaitOptions } from '../client.js';
import { completeFilter, type Where } from '../filters.js';
import { remoteLookups } from './lookups.js';

/** Most objects that one transaction reads. */
export const readsMax = 10_000;

/** Thrown through a callback that reads what is not known yet: it runs again when that has been fetched. */
export class Missing {
  readonly fetch: (client: Client, options: WaitOptions) => Promise<void>;

  constructor(fetch: (client: Client, options: WaitOptions) => Promise<void>) {
    this.fetch = fetch;
  }
}

/** Most lookups that one transaction makes, and most objects that it reads one by one. */
const lookupsMax = 100;
const conditionsMax = 1_000;

interface Lookup {
  readonly kind: string;
  readonly where: Where | undefined;
  readonly limit: number;
  readonly key: string;
  readonly unique: boolean;
}

interface KnownLookup {
  readonly limit: number;
  readonly condition: messages.LookupCondition;
  /** True when it only asked whether a value is free, and it is: the leader checks that of itself. */
  readonly free: boolean;
}

/** Reads of one attempt of a transaction: objects of the cluster as they are fetched, and what must still hold. */
export class RemoteReads implements DraftReads {
  readonly state: KnownState;
  /** First of what the last run lacked: set also when the callback caught what was thrown. */
  missing: Missing | undefined;
  /** Versions by kind and id; `undefined` of what is not there. */
  readonly #versions = new Map<string, number | undefined>();
  /** Objects that a lookup found, by kind and id: its condition covers them. */
  readonly #covered = new Set<string>();
  readonly #conditions = new Map<string, messages.Condition>();
  /** Ids that were given to new objects, and how many of them to those of this run. */
  readonly #ids: string[] = [];
  #given = 0;
  /** By kind and filter. */
  readonly #lookups = new Map<string, KnownLookup>();

  constructor(kinds: KindSet) {
    this.state = new KnownState(kinds);
  }

  /** Makes ids: the same ones in each run of the callback. */
  newId(): string {
    return (this.#ids[this.#given++] ??= newId(systemRandom));
  }

  /** Objects that must be as they were read. */
  get conditions(): readonly messages.Condition[] {
    return [...this.#conditions.values()];
  }

  /** Lookups that must find what they found. */
  get lookups(): readonly messages.LookupCondition[] {
    return [...this.#lookups.values()].flatMap(({ condition, free }) => (free ? [] : [condition]));
  }

  /** Begins another run of the callback. */
  begin(): void {
    this.missing = undefined;
    this.#given = 0;
  }

  /** @see DraftReads.object */
  object(kind: string, id: string): void {
    const key = `${kind}/${id}`;
    if (!this.#versions.has(key)) this.#lack(new Missing((client, options) => this.#fetch(client, kind, id, options)));
    if (this.#covered.has(key)) return;
    const version = this.#versions.get(key);
    this.#conditions.set(key, { kind, id, ...(version !== undefined && { version }) });
    if (this.#conditions.size > conditionsMax) throw tooMuch(`reads at most ${conditionsMax} objects one by one`);
  }

  /** @see DraftReads.lookup */
  lookup(kind: string, by: By, { limit, after, where: holds }: FindOptions, written: number): void {
    // The place of an object that the lookup does not find counts, too.
    if (typeof after === 'string') this.object(kind, after);
    const all = limit === undefined || after !== undefined || holds !== undefined;
    // Objects that this transaction has changed may be missing among the first ones.
    this.#look(kind, by, all ? Infinity : limit + written);
  }

  /** @see DraftReads.unique */
  unique(kind: string, by: By): void {
    this.#look(kind, by, Infinity, true);
  }

  #look(kind: string, by: By, limit: number, unique = false): void {
    for (const { where, exact } of remoteLookups(kind, by)) {
      const wanted = exact ? limit : Infinity;
      const key = JSON.stringify([kind, where]);
      const known = this.#lookups.get(key);
      if (!known || known.limit < wanted) {
        const lookup = { kind, where, limit: wanted, key, unique };
        this.#lack(new Missing((client, options) => this.#list(client, lookup, options)));
      }
      if (known.free && !unique) this.#lookups.set(key, { ...known, free: false });
    }
  }

  #lack(missing: Missing): never {
    this.missing ??= missing;
    throw missing; // no error: code that catches errors by their type lets it pass
  }

  async #fetch(client: Client, kind: string, id: string, options: WaitOptions): Promise<void> {
    try {
      this.#learn(kind, [await client.get(kind, id, options)]);
    } catch (error) {
      if (!isStoreError(error, 'NOT_FOUND')) throw error;
      this.#learnAbsent(kind, id);
    }
  }

  async #list(client: Client, { kind, where, limit, key, unique }: Lookup, options: WaitOptions): Promise<void> {
    // One more than may be, to know when there are too many.
    const most = Math.min(limit, readsMax + 1);
    const { objects } = await client.list(kind, where, { ...options, limit: most });
    this.#learn(kind, objects);
    for (const { id } of objects) this.#covered.add(`${kind}/${id}`);
    const found = sha256Hex(objects.map(({ id, meta }) => `${id} ${meta.version}\n`).join(''));
    const filter = where && { filter: completeFilter(where) };
    const condition = { kind, ...filter, limit: limit === Infinity ? 0 : limit, found };
    this.#lookups.set(key, { limit, condition, free: unique && objects.length === 0 });
    if (this.lookups.length > lookupsMax) throw tooMuch(`makes at most ${lookupsMax} lookups`);
  }

  #learnAbsent(kind: string, id: string): void {
    this.#versions.set(`${kind}/${id}`, undefined);
    if (this.#versions.size > readsMax) throw tooMuch(`reads at most ${readsMax} objects`);
  }

  /** Takes in what was fetched. Throws `CONDITION_FAILED` when it does not go with what was read before. */
  #learn(kind: string, objects: readonly StoredObject[]): void {
    const fresh: StoredObject[] = [];
    for (const object of objects) {
      const key = `${kind}/${object.id}`;
      if (!this.#versions.has(key)) fresh.push(object);
      else if (this.#versions.get(key) !== object.meta.version)
        throw new StoreError('CONDITION_FAILED', `${kind} ${object.id} changed while the transaction read it`);
      this.#versions.set(key, object.meta.version);
    }
    if (this.#versions.size > readsMax) throw tooMuch(`reads at most ${readsMax} objects`);
    this.state.add(kind, fresh);
  }
}

const tooMuch = (limit: string) =>
  new StoreError(
    'LIMIT_EXCEEDED',
    `a transaction of a client ${limit}: split it, or write from a process with a replica`,
  );
