import { type FileHandle, open, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { crc32 } from 'node:zlib';
import { fileMode, isMissing, writeAll } from './files.js';
import type { Owner } from './owner.js';

/** Far enough apart for two sectors: one torn write cannot reach both. */
const slotDistance = 512;
const slotBytes = 56;
const magic = 'skp2';
const slotPlaces = [0, slotDistance];

/** Numbers in a slot on disk; the ones without a name are 0. */
const numbersPerSlot = 3;

/** Names of the numbers that a file holds, in their order on disk. */
export const ballotFields = ['term', 'vote', 'batches'] as const;
export const markFields = ['index', 'batches'] as const;

export type BallotField = (typeof ballotFields)[number];
export type MarkField = (typeof markFields)[number];

/** Numbers of a file, by their names. */
export type SlotNumbers<Field extends string> = Readonly<Record<Field, number>>;

/** Numbers, their owner, and the number of times they have been written. */
export type SlotValue<Field extends string> = SlotNumbers<Field> & Owner & { readonly sequence: number };

/** Covers the file's name too: a file under the name of another has no valid slot. */
const checksumOf = (bytes: Buffer, name: string) => crc32(bytes.subarray(0, slotBytes - 4), crc32(name));

function encodeSlot<Field extends string>(value: SlotValue<Field>, fields: readonly Field[], name: string): Buffer {
  const bytes = Buffer.alloc(slotBytes);
  bytes.write(magic, 0, 'latin1');
  const write = (number: number, place: number) => bytes.writeBigUInt64BE(BigInt(number), 4 + 8 * place);
  write(value.sequence, 0);
  fields.forEach((field, i) => write(value[field], 1 + i));
  write(value.directory, 1 + numbersPerSlot);
  write(value.memberId, 2 + numbersPerSlot);
  bytes.writeUInt32BE(checksumOf(bytes, name), slotBytes - 4);
  return bytes;
}

function decodeSlot<Field extends string>(
  bytes: Buffer,
  fields: readonly Field[],
  name: string,
): SlotValue<Field> | undefined {
  if (
    bytes.length < slotBytes ||
    bytes.toString('latin1', 0, 4) !== magic ||
    bytes.readUInt32BE(slotBytes - 4) !== checksumOf(bytes, name)
  )
    return undefined;
  const read = (place: number) => Number(bytes.readBigUInt64BE(4 + 8 * place));
  const numbers = Object.fromEntries(fields.map((field, i) => [field, read(1 + i)])) as SlotNumbers<Field>;
  return { sequence: read(0), ...numbers, directory: read(1 + numbersPerSlot), memberId: read(2 + numbersPerSlot) };
}

/** A file of slots as it was found. */
export interface SlotsFound<Field extends string> {
  /** `undefined` where a slot is not whole. */
  readonly slots: readonly (SlotValue<Field> | undefined)[];
  /** Value of the newest slot; `undefined` when no slot is whole. */
  readonly newest: SlotValue<Field> | undefined;
}

/** Reads a file of slots and leaves it as it is. `undefined` when it is missing. */
export async function readSlots<Field extends string>(
  path: string,
  fields: readonly Field[],
): Promise<SlotsFound<Field> | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  const slots = slotPlaces.map((at) => decodeSlot(bytes.subarray(at, at + slotBytes), fields, basename(path)));
  const [newest] = slots.filter((slot) => slot !== undefined).sort((x, y) => y.sequence - x.sequence);
  return { slots, newest };
}

/**
 * Named numbers in a small file with two checksummed slots.
 *
 * A durable write goes to both slots, one fsync after the other: at any moment at least one slot is whole, and once the
 * write has been acknowledged both are, so that one of them may rot without an older value coming back.
 */
export class SlotFile<Field extends string> {
  readonly #handle: FileHandle;
  readonly #name: string;
  readonly #fields: readonly Field[];
  #value: SlotValue<Field>;

  private constructor(path: string, handle: FileHandle, fields: readonly Field[], value: SlotValue<Field>) {
    this.#name = basename(path);
    this.#handle = handle;
    this.#fields = fields;
    this.#value = value;
  }

  /** Makes a file in which every number is 0. */
  static async create<Field extends string>(
    path: string,
    fields: readonly Field[],
    { directory, memberId }: Owner,
  ): Promise<SlotFile<Field>> {
    const handle = await open(path, 'w+', fileMode);
    const zeroes = Object.fromEntries(fields.map((field) => [field, 0])) as SlotNumbers<Field>;
    const file = new SlotFile(path, handle, fields, { sequence: 0, ...zeroes, directory, memberId });
    await file.writeDurably(zeroes);
    return file;
  }

  /** Opens a file; `undefined` when it is missing or no slot of it is whole. */
  static async open<Field extends string>(
    path: string,
    fields: readonly Field[],
  ): Promise<SlotFile<Field> | undefined> {
    const { slots, newest } = (await readSlots(path, fields)) ?? { slots: [], newest: undefined };
    if (!newest) return undefined;
    const file = new SlotFile(path, await open(path, 'r+', fileMode), fields, newest);
    const stale = slotPlaces.filter((_, place) => slots[place]?.sequence !== newest.sequence);
    if (stale.length > 0) await file.#mend(stale);
    return file;
  }

  get value(): SlotValue<Field> {
    return this.#value;
  }

  /**
   * Makes stale slots whole again. One slot was torn, or has rotted: as long as the other is whole, both can be again. The whole one is not touched, and
   * the sequence stays: an old copy of the file must not count on.
   */
  async #mend(stale: readonly number[]): Promise<void> {
    await this.#handle.datasync(); // a process that died may have left the newest value in the cache
    for (const at of stale) await writeAll(this.#handle, encodeSlot(this.#value, this.#fields, this.#name), at);
    await this.#handle.datasync();
  }

  /** Writes both slots; durable when it resolves. */
  async writeDurably(numbers: SlotNumbers<Field>): Promise<void> {
    const value = this.#next(numbers);
    const bytes = encodeSlot(value, this.#fields, this.#name);
    for (const at of slotPlaces) {
      await writeAll(this.#handle, bytes, at);
      await this.#handle.datasync();
    }
    this.#value = value;
  }

  /** Writes one slot, without fsync: a power failure may take it back, a crash of this process not. */
  async write(numbers: SlotNumbers<Field>): Promise<void> {
    const value = this.#next(numbers);
    const bytes = encodeSlot(value, this.#fields, this.#name);
    await writeAll(this.#handle, bytes, (value.sequence % 2) * slotDistance);
    this.#value = value;
  }

  #next(numbers: SlotNumbers<Field>): SlotValue<Field> {
    return { ...this.#value, ...numbers, sequence: this.#value.sequence + 1 };
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
