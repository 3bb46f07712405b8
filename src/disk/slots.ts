import { open, readFile, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { crc32 } from 'node:zlib';
import { fileMode, isMissing, writeAll } from './files.js';
import type { Owner } from './owner.js';

/** Far enough apart for two sectors: one torn write cannot reach both. */
const slotDistance = 512;
const slotBytes = 56;
const magic = 'skp2';
const slotPlaces = [0, slotDistance];

/** Three numbers, their owner, and the number of times they have been written. */
export interface SlotValue extends Owner {
  readonly sequence: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** Covers the file's name too: a file under the name of another has no valid slot. */
const checksumOf = (bytes: Buffer, name: string) => crc32(bytes.subarray(0, slotBytes - 4), crc32(name));

function encodeSlot({ sequence, a, b, c, directory, memberId }: SlotValue, name: string): Buffer {
  const bytes = Buffer.alloc(slotBytes);
  bytes.write(magic, 0, 'latin1');
  [sequence, a, b, c, directory, memberId].forEach((value, i) => bytes.writeBigUInt64BE(BigInt(value), 4 + 8 * i));
  bytes.writeUInt32BE(checksumOf(bytes, name), slotBytes - 4);
  return bytes;
}

function decodeSlot(bytes: Buffer, name: string): SlotValue | undefined {
  if (
    bytes.length < slotBytes ||
    bytes.toString('latin1', 0, 4) !== magic ||
    bytes.readUInt32BE(slotBytes - 4) !== checksumOf(bytes, name)
  )
    return undefined;
  const number = (place: number) => Number(bytes.readBigUInt64BE(4 + 8 * place));
  return { sequence: number(0), a: number(1), b: number(2), c: number(3), directory: number(4), memberId: number(5) };
}

/** A file of slots as it was found. */
export interface SlotsFound {
  /** `undefined` where a slot is not whole. */
  readonly slots: readonly (SlotValue | undefined)[];
  /** What the file says; `undefined` when no slot is whole. */
  readonly newest: SlotValue | undefined;
}

/** Reads a file of slots and leaves it as it is. `undefined` when it is missing. */
export async function readSlots(path: string): Promise<SlotsFound | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  const slots = slotPlaces.map((at) => decodeSlot(bytes.subarray(at, at + slotBytes), basename(path)));
  const [newest] = slots.filter((slot) => slot !== undefined).sort((x, y) => y.sequence - x.sequence);
  return { slots, newest };
}

/**
 * Three numbers in a small file with two checksummed slots.
 *
 * A durable write goes to both slots, one fsync after the other: at any moment at least one slot is whole, and once the
 * write has been acknowledged both are, so that one of them may rot without an older value coming back.
 */
export class SlotFile {
  readonly #handle: FileHandle;
  readonly #name: string;
  value: SlotValue;

  private constructor(path: string, handle: FileHandle, value: SlotValue) {
    this.#name = basename(path);
    this.#handle = handle;
    this.value = value;
  }

  static async create(path: string, { directory, memberId }: Owner): Promise<SlotFile> {
    const handle = await open(path, 'w+', fileMode);
    const file = new SlotFile(path, handle, { sequence: 0, a: 0, b: 0, c: 0, directory, memberId });
    await file.writeDurably(0, 0);
    return file;
  }

  /** `undefined` when the file is missing or no slot of it is whole. */
  static async open(path: string): Promise<SlotFile | undefined> {
    const { slots, newest } = (await readSlots(path)) ?? { slots: [], newest: undefined };
    if (!newest) return undefined;
    const file = new SlotFile(path, await open(path, 'r+', fileMode), newest);
    const stale = slotPlaces.filter((_, place) => slots[place]?.sequence !== newest.sequence);
    if (stale.length > 0) await file.#mend(stale);
    return file;
  }

  /**
   * One slot was torn, or has rotted: as long as the other is whole, both can be again. The whole one is not touched, and
   * the sequence stays: an old copy of the file must not count on.
   */
  async #mend(stale: readonly number[]): Promise<void> {
    await this.#handle.datasync(); // a process that died may have left the newest value in the cache
    for (const at of stale) await writeAll(this.#handle, encodeSlot(this.value, this.#name), at);
    await this.#handle.datasync();
  }

  /** Durable, in both slots, when it resolves. */
  async writeDurably(a: number, b: number, c = 0): Promise<void> {
    const value = { ...this.value, sequence: this.value.sequence + 1, a, b, c };
    const bytes = encodeSlot(value, this.#name);
    for (const at of slotPlaces) {
      await writeAll(this.#handle, bytes, at);
      await this.#handle.datasync();
    }
    this.value = value;
  }

  /** Soon on disk; a power failure may take it back, a crash of this process not. */
  async write(a: number, b: number, c = 0): Promise<void> {
    const value = { ...this.value, sequence: this.value.sequence + 1, a, b, c };
    await writeAll(this.#handle, encodeSlot(value, this.#name), (value.sequence % 2) * slotDistance);
    this.value = value;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
