import { DiscoveryError } from '../errors.js';
import { type Fields, fieldsIn, listIn, textIn } from '../json.js';

// The few messages of etcd's JSON gateway that discovery needs, and how to read them. Bytes are base64, 64-bit integers
// are strings, and what is zero or empty is left out.

export interface KeyValue {
  readonly key: string;
  readonly value: string;
}

/** All keys below a prefix, as they were at a revision. */
export interface Listing {
  readonly revision: bigint;
  readonly pairs: readonly KeyValue[];
}

export interface Change {
  readonly key: string;
  /** Absent when the key is gone. */
  readonly value?: string;
}

/** One message of a watch: something changed, or etcd will say nothing any more. */
export type WatchMessage = { readonly changes: readonly Change[] } | { readonly ended: string };

export function bytes(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** The first key behind all those that begin with `prefix`. */
export function prefixEnd(prefix: string): string {
  const end = Buffer.from(prefix);
  end[end.length - 1] = (end.at(-1) ?? 0) + 1;
  return end.toString('base64');
}

export function readFields(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new DiscoveryError('UNAVAILABLE', 'this is not how an etcd answers', { cause });
  }
  return fieldsIn(value);
}

export function readListing(answer: Fields): Listing {
  return { revision: readInteger(fieldsIn(answer.header).revision), pairs: listIn(answer.kvs).map(readPair) };
}

/** A message of a stream; its reply is in `result`, what went wrong is in `error`. */
export function readResult(text: string): Fields {
  const { result, error } = readFields(text);
  if (error !== undefined) throw new DiscoveryError('UNAVAILABLE', wordsOf(fieldsIn(error).message) ?? 'unknown error');
  return fieldsIn(result);
}

export function readWatch(line: string): WatchMessage {
  const result = readResult(line);
  if (result.canceled === true) return { ended: wordsOf(result.cancel_reason) ?? 'the history that it needs is gone' };
  const changes = listIn(result.events).map((event): Change => {
    const { key, value } = readPair(event.kv);
    return event.type === 'DELETE' ? { key } : { key, value };
  });
  return { changes };
}

export function readInteger(value: unknown): bigint {
  return typeof value === 'string' && /^-?\d+$/.test(value) ? BigInt(value) : 0n;
}

function readPair(pair: unknown): KeyValue {
  const { key, value } = fieldsIn(pair);
  return { key: textIn(key), value: textIn(value) };
}

function wordsOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
