import { assert } from '../../base/assert.js';
import { refuseUnknown } from '../../base/options.js';
import type { CommitEvent, ObjectEvent } from '../../kinds/events.js';
import type { TransactionInfo } from '../transactions/proposer.js';

/** One committed transaction as its watchers see it. Frozen. */
export interface TransactionRecord extends TransactionInfo {
  /** One event a change, in order. */
  readonly events: readonly ObjectEvent[];
  /** Event that ends the transaction. */
  readonly commit: CommitEvent;
  /** Encoded bytes of its objects, new and old; counts against the limit of the history. */
  readonly bytes: number;
}

/** Limits of the history; older transactions are dropped. */
export interface HistoryLimits {
  /** Number of transactions. */
  readonly transactions: number;
  /** Encoded bytes of all of them. */
  readonly bytes: number;
}

/** Limits of a store that is given none. */
export const historyDefaults: HistoryLimits = { transactions: 10_000, bytes: 64 * 1024 * 1024 };

/** The last transactions, oldest first, without holes. Part of the replicated state: bounded the same way everywhere. */
export class History {
  readonly #limits: HistoryLimits;
  #records: (TransactionRecord | undefined)[] = [];
  /** Position of the first kept record. Earlier ones are dropped and not referenced; the array is cut now and then. */
  #start = 0;
  #bytes = 0;

  constructor(limits: Partial<HistoryLimits> = {}) {
    refuseUnknown('history', limits, Object.keys(historyDefaults));
    const { transactions = historyDefaults.transactions, bytes = historyDefaults.bytes } = limits;
    if (!(transactions >= 0)) throw new RangeError('history.transactions must be a number from 0');
    if (!(bytes >= 0)) throw new RangeError('history.bytes must be a number from 0');
    this.#limits = { transactions, bytes };
  }

  add(record: TransactionRecord): void {
    const last = this.#records.at(-1);
    assert(last === undefined || this.length === 0 || record.version === last.version + 1, 'history has no holes');
    this.#records.push(record);
    this.#bytes += record.bytes;
    while (this.length > this.#limits.transactions || (this.#bytes > this.#limits.bytes && this.length > 1)) {
      this.#bytes -= (this.#records[this.#start] as TransactionRecord).bytes;
      this.#records[this.#start++] = undefined;
    }
    if (this.#start > 1_024 && this.#start > this.#records.length / 2) {
      this.#records = this.#records.slice(this.#start);
      this.#start = 0;
    }
  }

  get length(): number {
    return this.#records.length - this.#start;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The version of the oldest record; `undefined` when there is none. */
  get first(): number | undefined {
    return this.#records[this.#start]?.version;
  }

  /** The record that made `version`. */
  get(version: number): TransactionRecord | undefined {
    const first = this.first;
    return first === undefined || version < first ? undefined : this.#records[this.#start + version - first];
  }

  /** The oldest version that can be watched from, given that `version` is the newest. */
  reachesBackTo(version: number): number {
    return (this.first ?? version + 1) - 1;
  }

  /** All records, oldest first, in a fresh array. */
  list(): TransactionRecord[] {
    return this.#records.slice(this.#start) as TransactionRecord[];
  }

  /** Replaces all records by these. When they are refused, everything stays unchanged. */
  reset(records: readonly TransactionRecord[]): void {
    const [first] = records;
    assert(
      records.every(({ version }, i) => version === (first as TransactionRecord).version + i),
      'history has no holes',
    );
    this.#records = [];
    this.#start = 0;
    this.#bytes = 0;
    for (const record of records) this.add(record);
  }
}
