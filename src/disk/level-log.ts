import { chmod, readdir } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { Level } from 'level';
import { assert } from '../base/assert.js';
import { messageOf } from '../base/errors.js';
import type { Entry, EntryId } from '../raft/index.js';
import { decodeEntry, encodeEntry } from '../wire/index.js';
import { DamageError } from './damage.js';
import { syncDir } from './files.js';

type Database = Level<string, Uint8Array>;

/** What is kept beside the entries, written in the same batch. */
export interface LogState {
  readonly commit: number;
  /** The sequence of the ballot file that was the newest when this was written: an older file is an old copy. */
  readonly ballotSequence: number;
}

const noState: LogState = { commit: 0, ballotSequence: 0 };

interface Base extends EntryId {
  /** The checksum that the first entry is chained to. */
  readonly chain: number;
}

const format = 1;
const entryKey = (index: number) => `e${String(index).padStart(16, '0')}`;
const baseKey = 'm:base';
const stateKey = 'm:state';

function numbers(...values: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(values.length * 8 + 4);
  values.forEach((value, i) => bytes.writeBigUInt64BE(BigInt(value), i * 8));
  bytes.writeUInt32BE(crc32(bytes.subarray(0, values.length * 8)), values.length * 8);
  return bytes;
}

function parseNumbers(what: string, bytes: Uint8Array | undefined, count: number): number[] {
  const buffer = Buffer.from(bytes ?? []);
  const whole =
    buffer.length === count * 8 + 4 && buffer.readUInt32BE(count * 8) === crc32(buffer.subarray(0, count * 8));
  if (!whole) throw new DamageError(`the ${what} of the log is missing or has a wrong checksum`);
  return Array.from({ length: count }, (_, i) => Number(buffer.readBigUInt64BE(i * 8)));
}

/**
 * The raft log on LevelDB. LevelDB checks nothing that it reads, so every record carries a checksum that is chained to
 * the record before it: a changed bit, a hole, a swap or an old copy is noticed. See docs/design/disk.md.
 */
export class LevelLog {
  readonly #db: Database;
  #base: Base = { index: 0, term: 0, chain: 0 };
  /** Checksum and term of each entry after the base. */
  #chains: number[] = [];
  #terms: number[] = [];
  #state: LogState = noState;
  /** Durable batches written so far. Every batch carries it, so an older log is told from a newer one. */
  batches = 0;

  private constructor(db: Database) {
    this.#db = db;
  }

  static async create(path: string): Promise<LevelLog> {
    const log = new LevelLog(await openDatabase(path, true));
    await log.#db
      .batch()
      .put(baseKey, numbers(0, 0, 0))
      .put(stateKey, numbers(0, 0, 0, 0, 0))
      .write({ sync: true });
    await chmod(path, 0o700);
    await syncDir(path);
    return log;
  }

  /** Throws when somebody has this log open. */
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
  async load(): Promise<{ base: EntryId; entries: Entry[]; state: LogState }> {
    const [index = 0, term = 0, chain = 0] = parseNumbers('beginning', await this.#read(baseKey), 3);
    const [commit = 0, ballotSequence = 0, batches = 0, lastIndex = 0, lastChain = 0] = parseNumbers(
      'state',
      await this.#read(stateKey),
      5,
    );
    this.#state = { commit, ballotSequence };
    this.batches = batches;
    this.#chains = [];
    this.#terms = [];
    this.#base = { index, term, chain };
    const entries: Entry[] = [];
    let last = chain;
    for await (const [key, value] of this.#db.iterator({ gt: 'e', lt: 'f' })) {
      const expected = index + entries.length + 1;
      if (key !== entryKey(expected))
        throw new DamageError(`the log has ${key.slice(1).replace(/^0+/, '')} where entry ${expected} should be`);
      const entry = parseRecord(value, last, expected);
      last = chainOf(value);
      this.#chains.push(last);
      this.#terms.push(entry.term);
      entries.push(entry);
    }
    if (this.lastIndex !== lastIndex)
      throw new DamageError(`the log ends at entry ${this.lastIndex} and had reached ${lastIndex}`);
    if (last !== lastChain)
      throw new DamageError(`entry ${lastIndex} of the log is not the last one that was written (checksum)`);
    return { base: { index, term }, entries, state: { commit, ballotSequence } };
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
        const body = encodeEntry(entry);
        const chain = crc32(body, this.#chains.at(-1) ?? this.#base.chain);
        const record = Buffer.allocUnsafe(body.length + 5);
        record[0] = format;
        record.writeUInt32BE(chain, 1);
        record.set(body, 5);
        batch.put(entryKey(entry.index), record);
        this.#chains.push(chain);
        this.#terms.push(entry.term);
      }
    }
    this.#state = state ?? this.#state;
    if (sync) this.batches++;
    this.#putState(batch);
    await batch.write({ sync });
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
      batch.put(baseKey, numbers(base.index, base.term, base.chain));
      // What this does to the fields must be done before the wait: entries are added meanwhile.
      this.#chains.splice(0, to - from);
      this.#terms.splice(0, to - from);
      this.#base = base;
      await batch.write({ sync: false });
    }
  }

  /** Empties the log; the next entry is the one after `base`. */
  async reset(base: EntryId, state: LogState): Promise<void> {
    const batch = this.#db.batch();
    for (let index = this.#base.index + 1; index <= this.lastIndex; index++) batch.del(entryKey(index));
    batch.put(baseKey, numbers(base.index, base.term, 0));
    this.#base = { ...base, chain: 0 };
    this.#chains = [];
    this.#terms = [];
    this.#state = state;
    this.batches++;
    this.#putState(batch);
    await batch.write({ sync: true });
  }

  #putState(batch: ReturnType<Database['batch']>): void {
    batch.put(
      stateKey,
      numbers(
        this.#state.commit,
        this.#state.ballotSequence,
        this.batches,
        this.lastIndex,
        this.#chains.at(-1) ?? this.#base.chain,
      ),
    );
  }

  async close(): Promise<void> {
    await this.#db.close();
  }

  async #read(key: string): Promise<Uint8Array | undefined> {
    return this.#db.get(key);
  }
}

function chainOf(record: Uint8Array): number {
  return new DataView(record.buffer, record.byteOffset).getUint32(1);
}

function parseRecord(record: Uint8Array, before: number, index: number): Entry {
  if (record.length < 5 || record[0] !== format) throw new DamageError(`entry ${index} of the log has no known format`);
  const body = record.subarray(5);
  if (chainOf(record) !== crc32(body, before))
    throw new DamageError(`entry ${index} of the log does not follow the one before it (checksum)`);
  const entry = decodeEntry(body);
  if (entry.index !== index) throw new DamageError(`entry ${index} of the log says that it is ${entry.index}`);
  return entry;
}

/** Trouble that is not damage: the same directory opens when it is over. LevelDB gives it no code. */
export function isPassing(error: unknown): boolean {
  return /No space left|Too many open files|Permission denied|Read-only file system|Cannot allocate/i.test(
    messageOf(error),
  );
}

async function openDatabase(path: string, create: boolean): Promise<Database> {
  // LevelDB would make the directory; and it begins to open as soon as it is built.
  if (!create)
    await readdir(path).catch((cause: unknown) => {
      if (isPassing(cause)) throw cause;
      throw new DamageError(`the log in ${path} cannot be read (${messageOf(cause)})`, { cause });
    });
  const db: Database = new Level(path, {
    keyEncoding: 'utf8',
    valueEncoding: 'view',
    createIfMissing: create,
    errorIfExists: create,
  });
  try {
    await db.open();
    return db;
  } catch (cause) {
    const reason = (cause as { cause?: { code?: string } }).cause;
    if (reason?.code === 'LEVEL_LOCKED') throw new Error(`${path} is in use by another process`, { cause });
    if (create || isPassing(reason ?? cause)) throw cause;
    throw new DamageError(`the log in ${path} cannot be opened (${messageOf(reason ?? cause)})`, { cause });
  }
}
