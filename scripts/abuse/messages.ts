import protobuf from 'protobufjs';
import type { Random } from '../../src/base/random.js';
import { packageName } from '../../src/wire/index.js';
import { schemaRoot } from '../schema-root.js';

/** Messages that no client of ours sends, made from the descriptor: everything comes from `random`, so a seed repeats them. */

export interface Method {
  readonly service: string;
  readonly name: string;
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly type: protobuf.Type;
}

/** Every method of the descriptor. */
export function allMethods(): Method[] {
  const services = schemaRoot.lookup(packageName) as protobuf.Namespace;
  return services.nestedArray.flatMap((service) =>
    service instanceof protobuf.Service
      ? service.methodsArray.map((method) => ({
          service: service.name,
          name: method.name,
          path: `/${packageName}.${service.name}/${method.name}`,
          requestStream: method.requestStream ?? false,
          responseStream: method.responseStream ?? false,
          type: schemaRoot.lookupType(`${packageName}.${method.requestType}`),
        }))
      : [],
  );
}

export const shapes = ['random', 'truncated', 'likely', 'extreme', 'long'] as const;
export type Shape = (typeof shapes)[number];

/**
 * Returns the requests for a method. They include no likely change of membership, because the cluster should accept it: voters
 * that do not exist take the quorum away.
 */
export function shapesOf({ service }: Method): readonly Shape[] {
  return service === 'Membership' ? ['random', 'extreme'] : shapes;
}

/** The bytes of one request of this shape. */
export function messageOf(type: protobuf.Type, shape: Shape, random: Random): Buffer {
  if (shape === 'random') return Buffer.from(Array.from({ length: random(400) }, () => random(256)));
  if (shape === 'truncated') {
    const whole = written(type, 'likely', random);
    return whole.subarray(0, random(whole.length + 1));
  }
  return written(type, shape, random);
}

function written(type: protobuf.Type, shape: Shape, random: Random): Buffer {
  const writer = protobuf.Writer.create();
  write(type, writer, { shape, random, left: { items: 2_000 } }, 0);
  return Buffer.from(writer.finish());
}

interface Making {
  readonly shape: Shape;
  readonly random: Random;
  /** How much may still be made, so that messages end. */
  readonly left: { items: number };
}

const depthMax = 8;
const texts = ['a', 'm1', '1', 'node', 'locks', 'things', '127.0.0.1:1', '{}', '{"a":[1,2,{"b":"c"}]}'];
const extremeTexts = [
  '',
  '😀'.repeat(30),
  '\0\r\n\u001b[31m',
  '__proto__',
  'constructor',
  'x'.repeat(70_000),
  '['.repeat(5_000),
  `{"a":[${'1,'.repeat(60_000)}1]}`,
  'dns://[:1',
  '9'.repeat(400),
];
/** UTF-8 that is none: half a character, and a byte that nothing begins with. */
const brokenTexts = [Buffer.from([0xed, 0xa0, 0xbd]), Buffer.from([0xff, 0xfe, 0x41])];
const extremeNumbers = ['0', '1', '9007199254740991', '9007199254740992', '18446744073709551615', '4294967295'];

function write(type: protobuf.Type, writer: protobuf.Writer, making: Making, depth: number): void {
  const { shape, random, left } = making;
  const chosen = new Map(type.oneofsArray.filter(({ fieldsArray }) => fieldsArray.length > 1).map((oneof) => [oneof, pick(oneof.fieldsArray, random)])); // prettier-ignore
  for (const field of type.fieldsArray) {
    const { partOf } = field;
    if (partOf && chosen.has(partOf) && chosen.get(partOf) !== field) continue;
    if (random(10) === 0 || left.items <= 0) continue;
    const repeated = field.repeated || field.map;
    const many = shape === 'long' && depth < 3 ? pick([1, 100, 3_000, 60_000], random) : random(4);
    const count = repeated ? many : 1;
    if (repeated && many >= 3_000) {
      const one = protobuf.Writer.create();
      writeField(field, one, { ...making, shape: 'likely', left: { items: 3 } }, depth);
      repeatBytes(writer, one.finish(), count);
      continue;
    }
    for (let i = 0; i < count; i++) writeField(field, writer, making, depth);
  }
}

/** The same field again and again, without making it again. */
function repeatBytes(writer: protobuf.Writer, bytes: Uint8Array, count: number): void {
  if (bytes.length * count > 15_000_000) return;
  const raw = writer as unknown as { _push(fn: (v: Uint8Array, buf: Uint8Array, pos: number) => void, len: number, v: Uint8Array): void }; // prettier-ignore
  const all = new Uint8Array(bytes.length * count);
  for (let i = 0; i < count; i++) all.set(bytes, i * bytes.length);
  raw._push((value, buffer, at) => buffer.set(value, at), all.length, all);
}

function writeField(field: protobuf.Field, writer: protobuf.Writer, making: Making, depth: number): void {
  const { random, left } = making;
  left.items--;
  const tag = (wireType: number) => writer.uint32(((field.id << 3) | wireType) >>> 0);
  if (field.map) {
    tag(2).fork().uint32(10);
    writeText(writer, making);
    writer.uint32(18);
    writeText(writer, making);
    writer.ldelim();
    return;
  }
  if (field.resolvedType instanceof protobuf.Type) {
    if (depth >= depthMax) return;
    tag(2).fork();
    write(field.resolvedType, writer, making, depth + 1);
    writer.ldelim();
    return;
  }
  if (field.resolvedType instanceof protobuf.Enum) {
    tag(0).int32(making.shape === 'extreme' && random(4) === 0 ? random(2 ** 31) : pick(Object.values(field.resolvedType.values), random)); // prettier-ignore
    return;
  }
  if (field.type === 'string') {
    tag(2);
    writeText(writer, making);
  } else if (field.type === 'bytes') tag(2).bytes(Uint8Array.from({ length: random(64) }, () => random(256)));
  else if (field.type === 'double') tag(1).double(pick([0, -1, NaN, Infinity, 1e308], random));
  else tag(0).uint64(making.shape === 'likely' ? random(5) : pick(extremeNumbers, random));
}

function writeText(writer: protobuf.Writer, { shape, random }: Making): void {
  if (shape !== 'extreme') writer.string(pick(texts, random));
  else if (random(6) === 0) writer.bytes(pick(brokenTexts, random));
  else writer.string(pick(extremeTexts, random));
}

export function pick<T>(list: readonly T[], random: Random): T {
  return list[random(list.length)] as T;
}
