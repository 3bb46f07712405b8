import {
  isKind,
  isKindName,
  Misfit,
  plainCopy,
  type AnyObject as StoreObject,
  type Cluster,
  type Config,
  type Kind,
  type Network,
  type Node,
  type ObjectOf,
  type Secret,
  type Service,
  type StoredObject,
  type Task,
  type Volume,
} from '../state/index.js';
import { DecodeError, messageCodec, type MessageCodec } from './codec.js';
import type { AnyObject, OwnObject } from './generated/messages.js';

const codecs: { readonly [K in Kind]: MessageCodec<ObjectOf<K>> } = {
  node: messageCodec<Node>('Node'),
  service: messageCodec<Service>('Service'),
  task: messageCodec<Task>('Task'),
  network: messageCodec<Network>('Network'),
  cluster: messageCodec<Cluster>('Cluster'),
  secret: messageCodec<Secret>('Secret'),
  config: messageCodec<Config>('Config'),
  volume: messageCodec<Volume>('Volume'),
};
const ownCodec = messageCodec('OwnObject');

/** The bytes of a stored object; the same object always gives the same bytes. */
export function encodeObject(kind: string, object: StoredObject): Uint8Array {
  if (isKind(kind)) return (codecs[kind] as unknown as MessageCodec<StoredObject>).encode(object);
  return ownCodec.encode(toOwn(object));
}

/** A stored object out of bytes that {@link encodeObject} made: frozen and in canonical form. */
export function decodeObject(kind: string, bytes: Uint8Array): StoredObject {
  return isKind(kind) ? codecs[kind].decode(bytes) : fromOwn(ownCodec.decode(bytes));
}

/** The name of a kind, known here or not. Throws {@link DecodeError} for what no kind can be called. */
export function checkedKind(kind: string): string {
  if (!isKindName(kind)) throw new DecodeError(`there can be no kind "${kind}"`);
  return kind;
}

/** An object of a kind that users defined: no message of its own, its fields are JSON. */
function toOwn({ id, meta, ...body }: StoredObject): OwnObject {
  return { id, meta, body: JSON.stringify(body) };
}

function fromOwn({ id, meta, body }: OwnObject): StoredObject {
  return Object.freeze({ id, meta, ...parseBody(body) });
}

function parseBody(text: string): object {
  try {
    const body = plainCopy(JSON.parse(text));
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
  } catch (cause) {
    if (cause instanceof Misfit)
      throw new DecodeError(`the fields of an object cannot be: ${cause.where} ${cause.message}`, { cause });
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new DecodeError(`the fields of an object are no JSON: ${cause.message}`, { cause });
  }
  throw new DecodeError('the fields of an object must be a JSON object');
}

/** An object of any kind as the API carries it. */
export function toAny(kind: string, object: StoredObject): AnyObject {
  return (isKind(kind) ? { [kind]: object } : { own: toOwn(object) }) as AnyObject;
}

/** What {@link toAny} was given. Throws {@link DecodeError} when the object is of another kind than `kind`. */
export function fromAny(kind: string, wrapped: AnyObject): StoreObject {
  const field = isKind(kind) ? kind : 'own';
  const object = (wrapped as unknown as Readonly<Record<string, StoredObject | OwnObject>>)[field];
  if (!object) throw new DecodeError(`an object of kind ${kind} is expected, in the field "${field}"`);
  return (isKind(kind) ? object : fromOwn(object as OwnObject)) as StoreObject;
}
