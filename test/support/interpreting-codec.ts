import protobuf from 'protobufjs';
import { schemaRoot } from '../../scripts/schema-root.js';
import { type Meta, specVersionOf, storedMeta } from '../../src/kinds/index.js';
import type { Messages } from '../../src/wire/generated/messages.js';
import { DecodeError, packageName, TooManyError } from '../../src/wire/index.js';
import { itemsMax, itemsTotalMax, listLimits } from '../../src/wire/limits.js';

// Encoders and decoders compiled from the descriptor, straight between bytes and our plain objects.
//
// protobufjs reads and writes the primitives; what is ours are the habits stated in proto/skep/v1/objects.proto: words
// for enums, absent instead of empty for `optional`, frozen results. Its own message classes would cost a second copy
// of every object. See docs/design/wire.md.

const { Reader, Writer } = protobuf;
type Reader = protobuf.Reader;
type Writer = protobuf.Writer;

type Plain = Record<string, unknown>;

interface Codec {
  encode(value: Plain, writer: Writer): void;
  decode(reader: Reader, end: number): Plain;
}

interface FieldCodec {
  readonly name: string;
  encode(value: unknown, writer: Writer): void;
  /** Reads one occurrence; `before` is what earlier ones gave. */
  decode(reader: Reader, wireType: number, before: unknown): unknown;
  /** Default of a field that did not occur; `undefined` leaves it out. */
  readonly absent: () => unknown;
}

/** The most submessages that one message may hold, at any depth: a small message of empty ones must not cost seconds. */
const submessagesMax = 500_000;
let submessages = 0;

/** Items that the lists of the current request may still have; messages that are not requests are not counted. */
let itemsLeft = Infinity;

/** Returns the check of a list's length while a request is read. The check throws {@link TooManyError}. */
function limitOf({ name, parent }: protobuf.FieldBase): (items: number) => void {
  const max =
    listLimits[`${parent?.name}.${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`] ?? itemsMax;
  return (items) => {
    if (itemsLeft === Infinity) return;
    if (items >= max) throw new TooManyError(`${name} has more than ${max} items: ask in several requests`);
    if (--itemsLeft < 0)
      throw new TooManyError(`the lists of one request hold more than ${itemsTotalMax} items: ask in several requests`);
  };
}

const codecs = new Map<protobuf.Type, Codec>();

// ---------------------------------------------------------------- scalars

interface Scalar {
  readonly wireType: number;
  readonly zero: unknown;
  write(writer: Writer, value: never): Writer;
  read(reader: Reader): unknown;
}

function toNumber(value: number | { toNumber(): number }): number {
  const number = typeof value === 'number' ? value : value.toNumber();
  if (!Number.isSafeInteger(number)) throw new DecodeError('an integer is too large: at most 2^53-1');
  return number;
}

/** A 64-bit integer as a number. Up to seven bytes, which is nearly always, without making a Long. */
function readInteger(reader: Reader, long: (reader: Reader) => number | { toNumber(): number }): number {
  const { buf, pos } = reader;
  let value = 0;
  let scale = 1;
  for (let i = 0; i < 7; i++) {
    const byte = buf[pos + i];
    if (byte === undefined || pos + i >= reader.len) throw new DecodeError('the message ends inside an integer');
    value += (byte & 127) * scale;
    if (byte < 128) {
      reader.pos = pos + i + 1;
      return value;
    }
    scale *= 128;
  }
  return toNumber(long(reader));
}

/** A text that must be there to its end: protobufjs takes what is left of one that was cut short. */
function readText(reader: Reader): string {
  const start = reader.pos;
  const length = reader.uint32();
  if (reader.pos + length > reader.len) throw new DecodeError('the message ends inside a text');
  reader.pos = start;
  return reader.string();
}

const scalars: Readonly<Record<string, Scalar>> = {
  string: { wireType: 2, zero: '', write: (w, v) => w.string(v), read: readText },
  bytes: { wireType: 2, zero: new Uint8Array(0), write: (w, v) => w.bytes(v), read: (r) => r.bytes() },
  bool: { wireType: 0, zero: false, write: (w, v) => w.bool(v), read: (r) => r.bool() },
  uint32: { wireType: 0, zero: 0, write: (w, v) => w.uint32(v), read: (r) => r.uint32() },
  uint64: {
    wireType: 0,
    zero: 0,
    write: (w, v) => w.uint64(v),
    read: (r) => readInteger(r, (from) => from.uint64() as never),
  },
  int64: {
    wireType: 0,
    zero: 0,
    write: (w, v) => w.int64(v),
    read: (r) => readInteger(r, (from) => from.int64() as never),
  },
  double: { wireType: 1, zero: 0, write: (w, v) => w.double(v), read: (r) => r.double() },
};

function wordOf(value: string): string {
  return value.toLowerCase().replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Enum values as words: `UPDATE_ORDER_STOP_FIRST` of `UpdateOrder` is `stopFirst`. */
function enumScalar(type: protobuf.Enum): Scalar {
  const prefix = type.name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase() + '_';
  const words = new Map<number, string>();
  const numbers = new Map<string, number>();
  for (const [name, number] of Object.entries(type.values)) {
    const word = wordOf(name.slice(prefix.length));
    words.set(number, word);
    numbers.set(word, number);
  }
  return {
    wireType: 0,
    zero: words.get(0),
    write(w, v) {
      const number = numbers.get(v);
      if (number === undefined) throw new TypeError(`${type.name} has no word "${String(v)}"`);
      return w.int32(number);
    },
    read(r) {
      const number = r.int32();
      const word = words.get(number);
      if (word === undefined) throw new DecodeError(`${type.name} has no value ${number}`);
      return word;
    },
  };
}

function scalarOf(field: protobuf.Field): Scalar | undefined {
  if (field.resolvedType instanceof protobuf.Enum) return enumScalar(field.resolvedType);
  return scalars[field.type];
}

// ---------------------------------------------------------------- fields

const none: readonly never[] = Object.freeze([]);
const noEntries = Object.freeze({});

/** A part must end where it said it would. */
function expectEnd(reader: Reader, end: number): void {
  if (reader.pos !== end) throw new DecodeError('a part reaches past its end');
}

function expectWireType(actual: number, expected: number, name: string): void {
  if (actual !== expected) throw new DecodeError(`${name} has wire type ${actual}, not ${expected}`);
}

function mapField(field: protobuf.MapField): FieldCodec {
  const tag = (field.id << 3) | 2;
  const checkRoom = limitOf(field);
  /** Entries of a map that is being read. */
  const counts = new WeakMap<object, number>();
  return {
    name: field.name,
    absent: () => noEntries,
    encode(value, writer) {
      const map = value as Record<string, string>;
      for (const key in map)
        writer
          .uint32(tag)
          .fork()
          .uint32(10)
          .string(key)
          .uint32(18)
          .string(map[key] as string)
          .ldelim();
    },
    decode(reader, wireType, before) {
      expectWireType(wireType, 2, field.name);
      const end = reader.uint32() + reader.pos;
      let key = '';
      let value = '';
      while (reader.pos < end) {
        const inner = reader.uint32();
        if (inner === 10) key = readText(reader);
        else if (inner === 18) value = readText(reader);
        else reader.skipType(inner & 7);
      }
      expectEnd(reader, end);
      if (key === '__proto__') throw new DecodeError('__proto__ is not allowed as a key');
      const map = (before ?? {}) as Record<string, string>;
      if (itemsLeft < Infinity) {
        const count = counts.get(map) ?? 0;
        checkRoom(count);
        counts.set(map, count + 1);
      }
      map[key] = value;
      return map;
    },
  };
}

function repeatedMessage(field: protobuf.Field, codec: () => Codec): FieldCodec {
  const tag = (field.id << 3) | 2;
  const checkRoom = limitOf(field);
  return {
    name: field.name,
    absent: () => none,
    encode(value, writer) {
      for (const item of value as Plain[]) {
        codec().encode(item, writer.uint32(tag).fork());
        writer.ldelim();
      }
    },
    decode(reader, wireType, before) {
      expectWireType(wireType, 2, field.name);
      const items = (before ?? []) as Plain[];
      checkRoom(items.length);
      items.push(decodeInner(codec(), reader));
      return items;
    },
  };
}

function repeatedScalar(field: protobuf.Field, scalar: Scalar): FieldCodec {
  const tag = (field.id << 3) | 2;
  const packed = scalar.wireType !== 2;
  const checkRoom = limitOf(field);
  return {
    name: field.name,
    absent: () => none,
    encode(value, writer) {
      const items = value as never[];
      if (items.length === 0) return;
      if (!packed) for (const item of items) scalar.write(writer.uint32(tag), item);
      else {
        writer.uint32(tag).fork();
        for (const item of items) scalar.write(writer, item);
        writer.ldelim();
      }
    },
    decode(reader, wireType, before) {
      const items = (before ?? []) as unknown[];
      if (packed && wireType === 2) {
        const end = reader.uint32() + reader.pos;
        while (reader.pos < end) {
          checkRoom(items.length);
          items.push(scalar.read(reader));
        }
        expectEnd(reader, end);
      } else {
        expectWireType(wireType, scalar.wireType, field.name);
        checkRoom(items.length);
        items.push(scalar.read(reader));
      }
      return items;
    },
  };
}

/** Does a message hold exactly one of several? (An `optional` field makes a oneof of its own, which does not count.) */
function isUnion(type: protobuf.Type): boolean {
  return type.oneofsArray.some((oneof) => !oneof.isProto3Optional) && type.fieldsArray.every(({ partOf }) => partOf);
}

function messageField(field: protobuf.Field, codec: () => Codec): FieldCodec {
  const tag = (field.id << 3) | 2;
  const type = field.resolvedType as protobuf.Type;
  const union = isUnion(type);
  const mayBeAbsent = field.partOf !== null || union;
  let unset: Plain | undefined;
  return {
    name: field.name,
    absent: () => (mayBeAbsent ? undefined : (unset ??= codec().decode(Reader.create(new Uint8Array(0)), 0))),
    encode(value, writer) {
      codec().encode(value as Plain, writer.uint32(tag).fork());
      writer.ldelim();
    },
    decode(reader, wireType) {
      expectWireType(wireType, 2, field.name);
      return decodeInner(codec(), reader);
    },
  };
}

function scalarField(field: protobuf.Field, scalar: Scalar): FieldCodec {
  const tag = ((field.id << 3) | scalar.wireType) >>> 0;
  const { zero } = scalar;
  const optional = field.partOf !== null;
  const isBytes = field.type === 'bytes';
  return {
    name: field.name,
    absent: () => (optional ? undefined : zero),
    encode(value, writer) {
      const implied = !optional && (isBytes ? (value as Uint8Array).length === 0 : value === zero);
      if (!implied) scalar.write(writer.uint32(tag), value as never);
    },
    decode(reader, wireType) {
      expectWireType(wireType, scalar.wireType, field.name);
      return scalar.read(reader);
    },
  };
}

function fieldCodec(field: protobuf.Field): FieldCodec {
  if (field instanceof protobuf.MapField) return mapField(field);
  const scalar = scalarOf(field);
  if (scalar) return field.repeated ? repeatedScalar(field, scalar) : scalarField(field, scalar);
  if (!(field.resolvedType instanceof protobuf.Type)) throw new TypeError(`proto type ${field.type} is not supported`);
  const type = field.resolvedType;
  const codec = () => codecOf(type);
  return field.repeated ? repeatedMessage(field, codec) : messageField(field, codec);
}

// ---------------------------------------------------------------- messages

function decodeInner(codec: Codec, reader: Reader): Plain {
  if (++submessages > submessagesMax) throw new DecodeError(`the message holds more than ${submessagesMax} parts`);
  const end = reader.uint32() + reader.pos;
  if (end > reader.len) throw new DecodeError('the message ends inside a part');
  return codec.decode(reader, end);
}

function compile(type: protobuf.Type): Codec {
  const codec = compileFields(type);
  return type.name === 'Meta' ? metaCodec(codec) : codec;
}

/** Codec of an object's meta: fields that the store hides there are sent as a separate field. */
function metaCodec(fields: Codec): Codec {
  return {
    encode(value, writer) {
      const meta = value as unknown as Meta;
      const specVersion = specVersionOf({ meta });
      fields.encode(specVersion === meta.version ? value : { ...value, specVersion }, writer);
    },
    decode(reader, end) {
      const { specVersion, ...meta } = fields.decode(reader, end) as unknown as Meta & { specVersion?: number };
      return storedMeta(meta, specVersion) as unknown as Plain;
    },
  };
}

function compileFields(type: protobuf.Type): Codec {
  const fields = type.fieldsArray.map((field) => fieldCodec(field.resolve()));
  const places = new Map(type.fieldsArray.map((field, place) => [field.id, place]));
  return {
    encode(value, writer) {
      for (const field of fields) {
        const part = value[field.name];
        if (part !== undefined) field.encode(part, writer);
      }
    },
    decode(reader, end) {
      const parts = new Array<unknown>(fields.length);
      while (reader.pos < end) {
        const tag = reader.uint32();
        const place = places.get(tag >>> 3);
        if (place === undefined)
          reader.skipType(tag & 7); // from a newer version
        else parts[place] = (fields[place] as FieldCodec).decode(reader, tag & 7, parts[place]);
      }
      expectEnd(reader, end);
      const value: Plain = {};
      fields.forEach((field, place) => {
        const part = parts[place] ?? field.absent();
        if (part === undefined) return;
        if (Array.isArray(part) || (typeof part === 'object' && !(part instanceof Uint8Array))) Object.freeze(part);
        value[field.name] = part;
      });
      return Object.freeze(value);
    },
  };
}

function codecOf(type: protobuf.Type): Codec {
  let codec = codecs.get(type);
  if (!codec) codecs.set(type, (codec = compile(type)));
  return codec;
}

/** Encoder and decoder of one message type. */
export interface MessageCodec<T> {
  readonly encode: (value: T) => Uint8Array;
  /** Frozen, in canonical form. Throws {@link DecodeError}. */
  readonly decode: (bytes: Uint8Array) => T;
}

/**
 * The codec of a message by its name in proto/. `T` may be a narrower type with the same fields. Reading a `request` counts
 * its items ({@link TooManyError}).
 */
export function messageCodec<T = never, N extends keyof Messages = keyof Messages>(
  name: N,
  options?: { readonly request?: boolean },
): MessageCodec<[T] extends [never] ? Messages[N] : T>;
// The body knows no message type: checking it against all of them takes the linter minutes.
export function messageCodec(name: keyof Messages, { request = false } = {}): MessageCodec<unknown> {
  const codec = codecOf(schemaRoot.lookupType(`${packageName}.${name}`));
  return {
    encode(value) {
      const writer = Writer.create();
      codec.encode(value as Plain, writer);
      return writer.finish();
    },
    decode(bytes) {
      submessages = 0;
      itemsLeft = request ? itemsTotalMax : Infinity;
      try {
        return codec.decode(Reader.create(bytes), bytes.length);
      } catch (error) {
        throw error instanceof DecodeError
          ? error
          : new DecodeError(`not a ${name}: ${(error as Error).message}`, { cause: error });
      }
    },
  };
}
