import {
  type AnyObject as StoreObject,
  isKind,
  isKindName,
  keepBytesOf,
  type Kind,
  kindNames,
  type ObjectOf,
  plainCopy,
  SchemaError,
  type StoredObject,
} from '../kinds/index.js';
import { type MessageCodec, messageCodec, utf8Length } from './codec.js';
import { DecodeError } from './decode-error.js';
import type { AnyObject, CustomObject } from './generated/messages.js';

/** A built-in kind's message in proto/ has its name. */
function capitalized<K extends Kind>(kind: K): Capitalize<K> {
  return (kind.charAt(0).toUpperCase() + kind.slice(1)) as Capitalize<K>;
}

const codecs = Object.fromEntries(kindNames.map((kind) => [kind, messageCodec(capitalized(kind))])) as unknown as {
  readonly [K in Kind]: MessageCodec<ObjectOf<K>>;
};
const customCodec = messageCodec('CustomObject');

/** The bytes of a stored object; the same object always gives the same bytes. */
export function encodeObject(kind: string, object: StoredObject): Uint8Array {
  if (isKind(kind)) return (codecs[kind] as unknown as MessageCodec<StoredObject>).encode(object);
  return customCodec.encode(toCustom(object));
}

/** Tags and lengths of an action's parts, at most. */
const overheadBytes = 24;

/** Encoded bytes of a change in a transaction, or a few more. */
export function sizeOfChange(kind: string, id: string, object: Uint8Array): number {
  return object.length + utf8Length(kind) + utf8Length(id) + overheadBytes;
}

/**
 * A stored object out of bytes that {@link encodeObject} made: frozen and in canonical form. It keeps its size, which the
 * store asks for.
 */
export function decodeObject(kind: string, bytes: Uint8Array): StoredObject {
  const object = isKind(kind) ? codecs[kind].decode(bytes) : fromCustom(customCodec.decode(bytes));
  keepBytesOf(object, sizeOfChange(kind, object.id, bytes));
  return object;
}

/** The name of a kind, known here or not. Throws {@link DecodeError} for what no kind can be called. */
export function checkedKind(kind: string): string {
  if (!isKindName(kind)) throw new DecodeError(`there can be no kind "${kind}"`);
  return kind;
}

/** Converts an object of a custom kind, which has no message type: its fields become JSON. */
function toCustom({ id, meta, ...body }: StoredObject): CustomObject {
  return { id, meta, body: JSON.stringify(body) };
}

function fromCustom({ id, meta, body }: CustomObject): StoredObject {
  return Object.freeze({ id, meta, ...parseBody(body) });
}

function parseBody(text: string): object {
  try {
    const body = plainCopy(JSON.parse(text));
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
  } catch (cause) {
    if (cause instanceof SchemaError)
      throw new DecodeError(`the fields of an object cannot be: ${cause.where} ${cause.message}`, { cause });
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new DecodeError(`the fields of an object are no JSON: ${cause.message}`, { cause });
  }
  throw new DecodeError('the fields of an object must be a JSON object');
}

/** Wraps an object of any kind as the API carries it. */
export function toAny(kind: string, object: StoredObject): AnyObject {
  return (isKind(kind) ? { [kind]: object } : { custom: toCustom(object) }) as AnyObject;
}

/**
 * Unwraps an object of the API. `kind` may be empty for one of a built-in kind, which its field names. Throws
 * {@link DecodeError} when there is none, or one of another kind.
 */
export function fromAny(kind: string, wrapped: AnyObject): { readonly kind: string; readonly object: StoreObject } {
  const [[field, object] = []] = Object.entries(wrapped) as [string, StoredObject | CustomObject][];
  const named = kind === '' && field !== undefined && isKind(field) ? field : kind;
  const expected = isKind(named) ? named : 'custom';
  if (named === '' || !object || field !== expected)
    throw new DecodeError(
      named === ''
        ? 'the kind of the object must be named'
        : `an object of kind ${named} is expected, in the field "${expected}"`,
    );
  return { kind: named, object: (isKind(named) ? object : fromCustom(object as CustomObject)) as StoreObject };
}
