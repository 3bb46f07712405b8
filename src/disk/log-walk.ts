import { crc32 } from 'node:zlib';
import { messageOf } from '../base/errors.js';
import type { Entry } from '../raft/index.js';
import { decodeEntry, DecodeError } from '../wire/index.js';
import { type BaseRecord, indexOfKey, type LogEnd, openRecord } from './log-records.js';

/** One record, looked at. */
export interface Step {
  readonly index: number;
  /** Decoded entry, when nothing is wrong. */
  readonly entry?: Entry;
  readonly wrong: readonly string[];
}

/**
 * Goes over the records of a log in order and says what is wrong with each.
 *
 * A start ends at the first fault. A full examination continues: it checks a record against the
 * checksum that the one before it says that it has, so that one changed record is not told of all that follow.
 */
export class LogWalk {
  /** The index that comes next; unknown before the first record of a log without a beginning. */
  #next: number | undefined;
  /** Checksum that the next record is chained to; unknown behind a hole. */
  #chain: number | undefined;

  constructor(base: BaseRecord | undefined) {
    this.#next = base && base.index + 1;
    this.#chain = base?.chain;
  }

  /** The checksum of the last record. */
  get chain(): number | undefined {
    return this.#chain;
  }

  get lastIndex(): number | undefined {
    return this.#next === undefined ? undefined : this.#next - 1;
  }

  take(key: string, record: Uint8Array): Step {
    const index = indexOfKey(key);
    const expected = this.#next;
    const parts = openRecord(record);
    const before = this.#chain;
    this.#chain = parts?.chain;
    if (!(index < (expected ?? 0))) this.#next = Number.isNaN(index) ? expected : index + 1;
    if (Number.isNaN(index) || (expected !== undefined && index !== expected)) {
      const hole = `the log has ${key.slice(1).replace(/^0+/, '')} where entry ${expected ?? 1} should be`;
      return { index, wrong: [hole, ...(parts ? checkBody(parts.body, index).wrong : [])] };
    }
    if (!parts) return { index, wrong: [`entry ${index} of the log has no known format`] };
    if (before !== undefined && parts.chain !== crc32(parts.body, before))
      return { index, wrong: [`entry ${index} of the log does not follow the one before it (checksum)`] };
    return checkBody(parts.body, index);
  }

  /** Returns what is wrong with the end, when the last record has been taken. */
  end({ lastIndex, lastChain }: LogEnd): readonly string[] {
    if (this.lastIndex === undefined) return [`the log is empty and had reached entry ${lastIndex}`];
    if (this.lastIndex !== lastIndex) return [`the log ends at entry ${this.lastIndex} and had reached ${lastIndex}`];
    return this.#chain === lastChain
      ? []
      : [`entry ${lastIndex} of the log is not the last one that was written (checksum)`];
  }
}

function checkBody(body: Uint8Array, index: number): Step {
  try {
    const entry = decodeEntry(body);
    return entry.index === index
      ? { index, entry, wrong: [] }
      : { index, wrong: [`entry ${index} of the log says that it is ${entry.index}`] };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { index, wrong: [`entry ${index} of the log cannot be decoded (${messageOf(error)})`] };
  }
}
