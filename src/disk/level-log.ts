import { chmod } from 'node:fs/promises';
import { assert } from '../base/assert.js';
import { DamageError } from '../base/damage.js';
import type { Entry, EntryId } from '../raft/index.js';
import { type Database, openDatabase } from './database.js';
import { syncDir } from './files.js';
import {
  type Arrival,
  arrivalKey,
  baseKey,
  type BaseRecord,
  decodeArrival,
  decodeBase,
  decodeOwner,
  decodeState,
  encodeArrival,
  encodeBase,
  encodeOwner,
  encodeRecord,
  encodeState,
  entryKey,
  entryRange,
  type LogState,
  ownerKey,
  stateKey,
} from './log-records.js';
import { LogWalk } from './log-walk.js';
import { foreign, type Owner } from './owner.js';

const noState: LogState = { commit: 0, ballotSequence: 0 };
const noBase: BaseRecord = { index: 0, term: 0, chain: 0 };

/**
 * The raft log on LevelDB. LevelDB checks nothing that it reads, so every record carries a checksum that is chained to
 * the record before it: a changed bit, a hole, a swap or an old copy is noticed. See docs/design/disk.md.
 */
export class LevelLog {
  readonly #db: Database;
  #base: BaseRecord = noBase;
  /** Checksum and term of each entry after the base. */
  #chains: number[] = [];
  #terms: number[] = [];
  #state: LogState = noState;
  /** Durable batches written so far. Every batch carries it, so an older log can be told apart from a newer one. */
  batches = 0;
  /** Number of those known to be on disk. */
  durableBatches = 0;

  private constructor(db: Database) {
    this.#db = db;
  }

  static async create(path: string, owner: Owner): Promise<LevelLog> {
    const log = new LevelLog(await openDatabase(path, true));
    await log.#db
      .batch()
      .put(ownerKey, encodeOwner(owner))
      .put(baseKey, encodeBase(noBase))
      .put(stateKey, encodeState({ ...noState, batches: 0, lastIndex: 0, lastChain: 0 }))
      .write({ sync: true });
    await chmod(path, 0o700);
    await syncDir(path);
    return log;
  }

  /** Throws when another process has this log open. */
  static async assertFree(path: string): Promise<void> {
    const db = await openDatabase(path, false).catch((error: unknown) => {
      if (error instanceof DamageError) return undefined;
      throw error;
    });
    await db?.close();
  }

  /** Opens what {@link create} made. Throws {@link DamageError}. */
  static async open(path: string): Promise<LevelLog> {
    const log = new LevelLog(await openDatabase(path, false));
    await syncDir(path); // opening makes new files, and LevelDB does not make their names durable
    return log;
  }

  get lastIndex(): number {
    return this.#base.index + this.#chains.length;
  }

  get baseIndex(): number {
    return this.#base.index;
  }

  /** Reads and checks everything. Throws {@link DamageError}. */
  async load(
    owner: Owner,
  ): Promise<{ base: EntryId; entries: Entry[]; state: LogState; arrival: Arrival | undefined }> {
    const other = foreign('the log', decodeOwner(await this.#db.get(ownerKey)), owner);
    if (other !== undefined) throw new DamageError(other);
    const arrival = decodeArrival(await this.#db.get(arrivalKey));
    this.#base = decodeBase(await this.#db.get(baseKey));
    const written = decodeState(await this.#db.get(stateKey));
    const { commit, ballotSequence, batches } = written;
    this.#state = { commit, ballotSequence };
    this.batches = this.durableBatches = batches;
    this.#chains = [];
    this.#terms = [];
    const entries: Entry[] = [];
    const walk = new LogWalk(this.#base);
    for await (const [key, record] of this.#db.iterator(entryRange)) {
      const { entry, wrong } = walk.take(key, record);
      if (!entry) throw new DamageError(wrong.join('; '));
      this.#chains.push(walk.chain ?? 0);
      this.#terms.push(entry.term);
      entries.push(entry);
    }
    const [wrong] = walk.end(written);
    if (wrong !== undefined) throw new DamageError(wrong);
    const { index, term } = this.#base;
    return { base: { index, term }, entries, state: this.#state, arrival };
  }

  /** Adds entries, which replace what is there from their first index on, and the state. One batch: all or nothing. */
  async write(entries: readonly Entry[], state: LogState | undefined, sync: boolean): Promise<void> {
    const batch = this.#db.batch();
    const first = entries[0];
    if (first) {
      assert(first.index > this.#base.index && first.index <= this.lastIndex + 1, 'the log on disk has no holes');
      for (let index = entries.at(-1)?.index ?? 0; index < this.lastIndex; index++) batch.del(entryKey(index + 1));
      this.#chains.length = first.index - this.#base.index - 1;
      this.#terms.length = this.#chains.length;
      for (const entry of entries) {
        const { record, chain } = encodeRecord(entry, this.#chains.at(-1) ?? this.#base.chain);
        batch.put(entryKey(entry.index), record);
        this.#chains.push(chain);
        this.#terms.push(entry.term);
      }
    }
    this.#state = state ?? this.#state;
    if (sync) this.batches++;
    await this.#commit(batch, sync);
  }

  /** Records the snapshot that is about to replace the log: only that one may be newer than the log. */
  async announce(arrival: Arrival): Promise<void> {
    this.batches++;
    await this.#commit(this.#db.batch().put(arrivalKey, encodeArrival(arrival)), true);
  }

  /** Begins a new life of the member: an announced snapshot that did not arrive is forgotten. */
  async begin(state: LogState): Promise<void> {
    this.#state = state;
    this.batches++;
    await this.#commit(this.#db.batch().del(arrivalKey), true);
  }

  /** Gives up the entries up to and including `index`, in slices. */
  async compact(index: number): Promise<void> {
    const slice = 1_000;
    while (this.#base.index < index) {
      const from = this.#base.index;
      const to = Math.min(index, from + slice);
      const batch = this.#db.batch();
      for (let gone = from + 1; gone <= to; gone++) batch.del(entryKey(gone));
      const base = { index: to, term: this.#terms[to - from - 1] ?? 0, chain: this.#chains[to - from - 1] ?? 0 };
      batch.put(baseKey, encodeBase(base));
      // Change the fields before the wait: entries are added meanwhile.
      this.#chains.splice(0, to - from);
      this.#terms.splice(0, to - from);
      this.#base = base;
      await batch.write({ sync: false });
    }
  }

  /** Empties the log; the next entry is the one after `base`. */
  async reset(base: EntryId, state: LogState): Promise<void> {
    const batch = this.#db.batch().del(arrivalKey);
    for (let index = this.#base.index + 1; index <= this.lastIndex; index++) batch.del(entryKey(index));
    this.#base = { ...base, chain: 0 };
    batch.put(baseKey, encodeBase(this.#base));
    this.#chains = [];
    this.#terms = [];
    this.#state = state;
    this.batches++;
    await this.#commit(batch, true);
  }

  async #commit(batch: ReturnType<Database['batch']>, sync: boolean): Promise<void> {
    const { batches } = this;
    batch.put(
      stateKey,
      encodeState({
        ...this.#state,
        batches: this.batches,
        lastIndex: this.lastIndex,
        lastChain: this.#chains.at(-1) ?? this.#base.chain,
      }),
    );
    await batch.write({ sync });
    if (sync) this.durableBatches = batches;
  }

  async close(): Promise<void> {
    await this.#db.close();
  }
}
