import type { Words } from './words.js';

/** Size of the buffer that short messages share, as Node's own for small buffers: one that is kept keeps all of it. */
const slabBytes = 8 * 1024;
/** Most bytes of a message that stays in the shared buffer. */
const sharedMax = 4 * 1024;
/** Size up to which the buffer of a long message is kept for the next one. */
const keptMax = 1024 * 1024;
/** Characters up to which a loop is faster than a call into the engine. */
const shortText = 40;

const twoTo32 = 2 ** 32;

/** Number of fields that may hold parts. */
export const partFieldsMax = 1024;

/** Bytes of the length of the last part in each field. It decides how often parts are moved, never the bytes of a message. */
const lengthSizes = new Uint8Array(partFieldsMax).fill(1);

/**
 * Fields of a message as bytes, written one after another into one buffer. Short messages stay where they were written,
 * beside each other. Long ones are copied out, and their buffer is used again.
 */
export class Writer {
  #slab: Buffer = Buffer.allocUnsafeSlow(slabBytes);
  /** Of a long message that is finished. */
  #kept: Buffer | undefined;
  #bytes = this.#slab;
  /** First byte of this message in the buffer. */
  #from = 0;
  /** End of what the shared buffer holds, while a long message is written elsewhere. */
  #slabFrom = 0;
  #at = 0;

  /** Returns the message, and begins the next one. */
  finish(): Buffer {
    const message = this.#bytes.subarray(this.#from, this.#at);
    const isShared = this.#bytes === this.#slab;
    if (isShared && message.length <= sharedMax) {
      this.#from = this.#at;
      return message;
    }
    const copy = Buffer.allocUnsafeSlow(message.length);
    copy.set(message);
    if (!isShared) {
      if (this.#bytes.length <= keptMax) this.#kept = this.#bytes;
      this.#bytes = this.#slab;
      this.#from = this.#slabFrom;
    }
    this.#at = this.#from;
    return copy;
  }

  /**
   * Begins a part of unknown length. `field` has a number of its own: the lengths of its parts take as many bytes as the
   * last one did, mostly. Returns the place for {@link close}.
   */
  open(tag: number, field: number): number {
    this.#need(7);
    this.#tag(tag);
    this.#at += lengthSizes[field] as number;
    return this.#at - this.#from;
  }

  close(place: number, field: number): void {
    const begin = this.#from + place;
    const length = this.#at - begin;
    const room = lengthSizes[field] as number;
    const size = varintSize(length);
    if (size !== room) this.#moveBy(size - room, begin, field);
    const bytes = this.#bytes;
    let at = this.#from + place - room;
    let rest = length;
    while (rest > 127) {
      bytes[at++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    bytes[at] = rest;
  }

  text(tag: number, value: string): void {
    const { length } = value;
    if (length < shortText) {
      this.#need(length * 3 + 4);
      this.#tag(tag);
      const begin = this.#at + 1;
      const bytes = this.#bytes;
      let at = begin;
      for (let i = 0; i < length; i++) {
        const unit = value.charCodeAt(i);
        if (unit > 127) {
          at = writeUtf8(value, i, bytes, at);
          break;
        }
        bytes[at++] = unit;
      }
      bytes[begin - 1] = at - begin; // at most 39 × 3
      this.#at = at;
    } else {
      const size = Buffer.byteLength(value);
      this.#need(size + 7);
      this.#tag(tag);
      this.#varint(size);
      this.#at += this.#bytes.write(value, this.#at);
    }
  }

  bytes(tag: number, value: Uint8Array): void {
    this.#need(value.length + 7);
    this.#tag(tag);
    this.#varint(value.length);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
  }

  bool(tag: number, value: boolean): void {
    this.#need(3);
    this.#tag(tag);
    this.#bytes[this.#at++] = value ? 1 : 0;
  }

  uint32(tag: number, value: number): void {
    this.#need(7);
    this.#tag(tag);
    this.#varint(value >>> 0);
  }

  word<W extends string>(tag: number, words: Words<W>, value: W): void {
    this.uint32(tag, words.numberOf(value));
  }

  double(tag: number, value: number): void {
    this.#need(10);
    this.#tag(tag);
    this.#at = this.#bytes.writeDoubleLE(value, this.#at);
  }

  /** A 64-bit integer, signed or not: a negative one takes ten bytes. */
  int64(tag: number, value: number): void {
    this.#need(12);
    this.#tag(tag);
    this.#long(value);
  }

  /** An item of a packed list: no tag. */
  item(value: number): void {
    this.#need(10);
    this.#long(value);
  }

  map(tag: number, entries: Readonly<Record<string, string>>): void {
    for (const key in entries) {
      const place = this.open(tag, 0);
      this.text(10, key);
      this.text(18, entries[key] as string);
      this.close(place, 0);
    }
  }

  #need(room: number): void {
    if (this.#at + room > this.#bytes.length) this.#grow(room);
  }

  #tag(tag: number): void {
    if (tag > 127) this.#bytes[this.#at++] = (tag & 127) | 128;
    this.#bytes[this.#at++] = tag > 127 ? tag >>> 7 : tag;
  }

  #varint(value: number): void {
    const bytes = this.#bytes;
    let at = this.#at;
    let rest = value;
    while (rest > 127) {
      bytes[at++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    bytes[at++] = rest;
    this.#at = at;
  }

  #long(value: number): void {
    if (value >= 0 && value < twoTo32) this.#varint(value >>> 0);
    else this.#longer(value);
  }

  #longer(value: number): void {
    const amount = Math.abs(value);
    let low = amount >>> 0;
    let high = ((amount - low) / twoTo32) >>> 0;
    if (value < 0) {
      low = -low >>> 0;
      high = (low === 0 ? -high : ~high) >>> 0;
    }
    const bytes = this.#bytes;
    while (high > 0) {
      bytes[this.#at++] = (low & 127) | 128;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    this.#varint(low);
  }

  /** Moves the part from `begin` on: its length takes more bytes than were left for it, or fewer. */
  #moveBy(more: number, begin: number, field: number): void {
    const place = begin - this.#from;
    this.#need(5);
    const part = this.#from + place;
    this.#bytes.copyWithin(part + more, part, this.#at);
    this.#at += more;
    lengthSizes[field] = (lengthSizes[field] as number) + more;
  }

  #grow(room: number): void {
    const begun = this.#bytes.subarray(this.#from, this.#at);
    const needed = begun.length + room;
    if (this.#bytes === this.#slab) this.#slabFrom = this.#from;
    if (needed <= sharedMax) this.#bytes = this.#slab = Buffer.allocUnsafeSlow(slabBytes);
    else if (this.#kept && this.#kept.length >= needed) {
      this.#bytes = this.#kept;
      this.#kept = undefined;
    } else this.#bytes = Buffer.allocUnsafeSlow(Math.max(2 * needed, 8 * slabBytes));
    this.#bytes.set(begun);
    this.#from = 0;
    this.#at = begun.length;
  }
}

function varintSize(value: number): number {
  if (value < 2 ** 7) return 1;
  if (value < 2 ** 14) return 2;
  if (value < 2 ** 21) return 3;
  return value < 2 ** 28 ? 4 : 5;
}

/** Writes a text from its unit `from` on; returns where it ends. */
function writeUtf8(text: string, from: number, bytes: Uint8Array, begin: number): number {
  let at = begin;
  for (let i = from; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) bytes[at++] = unit;
    else if (unit < 0x800) {
      bytes[at++] = (unit >> 6) | 0xc0;
      bytes[at++] = (unit & 63) | 128;
    } else if ((unit & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      const point = 0x10000 + ((unit & 0x3ff) << 10) + (text.charCodeAt(++i) & 0x3ff);
      bytes[at++] = (point >> 18) | 0xf0;
      bytes[at++] = ((point >> 12) & 63) | 128;
      bytes[at++] = ((point >> 6) & 63) | 128;
      bytes[at++] = (point & 63) | 128;
    } else {
      bytes[at++] = (unit >> 12) | 0xe0;
      bytes[at++] = ((unit >> 6) & 63) | 128;
      bytes[at++] = (unit & 63) | 128;
    }
  }
  return at;
}
