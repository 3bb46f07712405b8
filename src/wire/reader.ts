import { DecodeError, TooManyError } from './decode-error.js';
import type { Messages } from './generated/messages.js';
import { itemsTotalMax } from './limits.js';
import { knownField } from './schema.js';
import type { Words } from './words.js';

/** The most submessages that one message may hold, at any depth: a small message of empty ones must not cost seconds. */
const submessagesMax = 500_000;
/** Groups of a newer version in groups: skipping takes stack. */
const groupsMax = 100;

const twoTo32 = 2 ** 32;

/** Short ASCII texts that were read lately: ids, kinds, labels come again, and are then neither made nor kept twice. */
const recent = new Array<string>(4_096).fill('');
const recentLengthMax = 40;

/** A part that was read lately, and what it was read as. */
interface Part {
  readonly bytes: Uint8Array;
  readonly value: unknown;
  readonly decode: unknown;
}

/** Parts that were read lately, of those fields whose content many objects have alike. */
const parts = new Array<Part | undefined>(4_096);
/** Longer ones are read each time: what is kept here stays in memory. */
const partBytesMax = 1_024;

/** Fields of a message out of its bytes, read one after another. What is not there throws. */
export class Reader {
  at = 0;
  /** As they were given: parts of them have the same class. */
  readonly #given: Uint8Array;
  readonly #bytes: Buffer;
  readonly #length: number;
  #submessages = 0;
  /** Are the lists counted? Those of messages that are not requests are not. */
  readonly #request: boolean;
  #itemsLeft = itemsTotalMax;

  constructor(bytes: Uint8Array, request: boolean) {
    this.#given = bytes;
    this.#bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#length = bytes.length;
    this.#request = request;
  }

  uint32(): number {
    const byte = this.#bytes[this.at];
    if (byte === undefined || byte > 127) return this.#uint32();
    this.at++;
    return byte;
  }

  #uint32(): number {
    const bytes = this.#bytes;
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = bytes[this.at];
      if (byte === undefined) throw this.#outOfRange(1);
      this.at++;
      value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 0;
    }
    // Five more, of a negative or larger number.
    this.at += 5;
    if (this.at > this.#length) {
      this.at = this.#length;
      throw this.#outOfRange(10);
    }
    return value >>> 0;
  }

  bool(): boolean {
    return this.uint32() !== 0;
  }

  uint64(): number {
    return this.#integer(false);
  }

  int64(): number {
    return this.#integer(true);
  }

  /** A 64-bit integer. Seven bytes are enough for nearly all. */
  #integer(signed: boolean): number {
    const bytes = this.#bytes;
    let { at } = this;
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 7; i++) {
      const byte = bytes[at++];
      if (byte === undefined) throw new DecodeError('the message ends inside an integer');
      value += (byte & 127) * scale;
      if (byte < 128) {
        this.at = at;
        return value;
      }
      scale *= 128;
    }
    return this.#long(signed);
  }

  #long(signed: boolean): number {
    const bytes = this.#bytes;
    let low = 0;
    let high = 0;
    for (let i = 0; i < 10; i++) {
      const byte = bytes[this.at];
      if (byte === undefined) throw this.#outOfRange(1);
      this.at++;
      const bits = byte & 127;
      if (i < 5) low |= bits << (i * 7);
      if (i > 3) high |= i === 4 ? bits >> 4 : bits << (i * 7 - 32);
      if (byte < 128) return safe((signed ? high : high >>> 0) * twoTo32 + (low >>> 0));
    }
    throw new RangeError('invalid varint encoding');
  }

  double(): number {
    if (this.at + 8 > this.#length) throw this.#outOfRange(4);
    const value = this.#bytes.readDoubleLE(this.at);
    this.at += 8;
    return value;
  }

  word<W extends string>(words: Words<W>): W {
    return words.wordOf(this.uint32() | 0);
  }

  bytes(): Uint8Array {
    const length = this.uint32();
    const begin = this.at;
    if (begin + length > this.#length) throw this.#outOfRange(length);
    this.at += length;
    return length === 0 ? Buffer.alloc(0) : this.#given.subarray(begin, this.at);
  }

  text(): string {
    const length = this.uint32();
    const begin = this.at;
    const end = begin + length;
    if (end > this.#length) throw new DecodeError('the message ends inside a text');
    this.at = end;
    if (length === 0) return '';
    return length > recentLengthMax ? this.#bytes.toString('utf8', begin, end) : this.#shortText(begin, end);
  }

  /** A text that no other object has: it takes no place among those that were read lately. */
  ownText(): string {
    const length = this.uint32();
    const begin = this.at;
    const end = begin + length;
    if (end > this.#length) throw new DecodeError('the message ends inside a text');
    this.at = end;
    const bytes = this.#bytes;
    for (let i = begin; i < end; i++) if ((bytes[i] as number) > 127) return bytes.toString('utf8', begin, end);
    return bytes.toString('latin1', begin, end);
  }

  #shortText(begin: number, end: number): string {
    const bytes = this.#bytes;
    let hash = 0;
    for (let i = begin; i < end; i++) {
      const byte = bytes[i] as number;
      if (byte > 127) return bytes.toString('utf8', begin, end);
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    const slot = (hash ^ (hash >>> 10)) & (recent.length - 1);
    const known = recent[slot] as string;
    if (isText(known, bytes, begin, end)) return known;
    return (recent[slot] = bytes.toString('latin1', begin, end));
  }

  /** Begins a submessage; returns its end. */
  part(): number {
    if (++this.#submessages > submessagesMax)
      throw new DecodeError(`the message holds more than ${submessagesMax} parts`);
    const end = this.span();
    if (end > this.#length) throw new DecodeError('the message ends inside a part');
    return end;
  }

  /**
   * Reads a part that ends at `end`, or returns what the same bytes were read as before: it is frozen, so objects can
   * share it, and a million tasks of a service have one spec. Lists of requests are counted, so those are read each time.
   */
  alike<T>(end: number, decode: (reader: Reader, end: number) => T): T {
    const begin = this.at;
    const length = end - begin;
    if (this.#request || length > partBytesMax) return decode(this, end);
    const bytes = this.#bytes;
    let hash = length;
    for (let i = begin; i < end; i++) hash = (Math.imul(hash, 31) + (bytes[i] as number)) | 0;
    const slot = (hash ^ (hash >>> 12)) & (parts.length - 1);
    const known = parts[slot];
    if (known?.decode === decode && isSame(known.bytes, bytes, begin, end)) {
      this.at = end;
      return known.value as T;
    }
    const value = decode(this, end);
    parts[slot] = { bytes: Uint8Array.prototype.slice.call(bytes, begin, end), value, decode };
    return value;
  }

  /** Begins an entry of a map or a packed list; returns its end. */
  span(): number {
    return this.uint32() + this.at;
  }

  /** A part must end where it said it would. */
  ended(end: number): void {
    if (this.at !== end) throw new DecodeError('a part reaches past its end');
  }

  /** The list for one more item: `before` is what is there. Throws {@link TooManyError}. */
  list<T>(before: T[] | undefined, max: number, name: string): T[] {
    const items = before ?? [];
    if (this.#request) this.#count(items.length, max, name);
    return items;
  }

  /** Reads an entry of a map, of which there were `count` already. Throws {@link TooManyError}. */
  entry(before: Record<string, string> | undefined, count: number, max: number, name: string): Record<string, string> {
    const end = this.span();
    let key = '';
    let value = '';
    while (this.at < end) {
      const tag = this.uint32();
      if (tag === 10) key = this.text();
      else if (tag === 18) value = this.text();
      else this.#skip(tag & 7);
    }
    this.ended(end);
    if (key === '__proto__') throw new DecodeError('__proto__ is not allowed as a key');
    if (this.#request) this.#count(count, max, name);
    const map = before ?? {};
    map[key] = value;
    return map;
  }

  #count(items: number, max: number, name: string): void {
    if (items >= max) throw new TooManyError(`${name} has more than ${max} items: ask in several requests`);
    if (--this.#itemsLeft < 0)
      throw new TooManyError(`the lists of one request hold more than ${itemsTotalMax} items: ask in several requests`);
  }

  /** Skips a field of a newer version. Refuses one that the message has: it came with the wrong wire type. */
  skip(tag: number, message: keyof Messages): void {
    const field = knownField(message, tag >>> 3);
    if (field) throw new DecodeError(`${field.name} has wire type ${tag & 7}, not ${field.wireType}`);
    this.#skip(tag & 7);
  }

  #skip(wireType: number, depth = 0): void {
    if (depth > groupsMax) throw new RangeError('maximum nesting depth exceeded');
    if (wireType === 0) this.#skipVarint();
    else if (wireType === 1) this.#skipBytes(8);
    else if (wireType === 2) this.#skipBytes(this.uint32());
    else if (wireType === 5) this.#skipBytes(4);
    else if (wireType === 3)
      for (let inner = this.uint32() & 7; inner !== 4; inner = this.uint32() & 7) this.#skip(inner, depth + 1);
    else throw new RangeError(`invalid wire type ${wireType} at offset ${this.at}`);
  }

  #skipVarint(): void {
    let byte: number | undefined;
    do {
      byte = this.#bytes[this.at];
      if (byte === undefined) throw this.#outOfRange(1);
      this.at++;
    } while (byte > 127);
  }

  #skipBytes(length: number): void {
    if (this.at + length > this.#length) throw this.#outOfRange(length);
    this.at += length;
  }

  #outOfRange(wanted: number): RangeError {
    return new RangeError(`index out of range: ${this.at} + ${wanted || 1} > ${this.#length}`);
  }
}

function safe(number: number): number {
  if (!Number.isSafeInteger(number)) throw new DecodeError('an integer is too large: at most 2^53-1');
  return number;
}

function isText(text: string, bytes: Uint8Array, begin: number, end: number): boolean {
  if (text.length !== end - begin) return false;
  for (let i = begin; i < end; i++) if (text.charCodeAt(i - begin) !== bytes[i]) return false;
  return true;
}

function isSame(known: Uint8Array, bytes: Uint8Array, begin: number, end: number): boolean {
  if (known.length !== end - begin) return false;
  for (let i = begin; i < end; i++) if (known[i - begin] !== bytes[i]) return false;
  return true;
}
