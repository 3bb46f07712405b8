import { type Meta, specVersionOf } from '../kinds/index.js';
import type { Messages } from './generated/messages.js';
import { Reader } from './reader.js';
import type { Writer } from './writer.js';

// Of the functions in generated/codecs.ts.

/** An encoder and a decoder of each message. A decoder takes the place where the message ends. */
export type Codecs = {
  readonly [N in keyof Messages]: readonly [
    encode: (writer: Writer, value: never) => void,
    decode: (reader: Reader, end: number) => Messages[N],
  ];
};

/** All fields of a union, each of which may be absent. */
export type Fields<T> = {
  readonly [K in T extends unknown ? keyof T : never]?: T extends Record<K, infer V> ? V : never;
};

/** Freezes a list that was filled one by one, without the room for more that such a list has: 17 places for two items. */
export function frozenList<T>(items: readonly T[]): readonly T[] {
  return Object.freeze(items.slice());
}

/** An object whose fields are being set. */
export type Open = Record<string, unknown>;

export const noBytes = new Uint8Array(0);
export const noItems: readonly never[] = Object.freeze([]);
export const noEntries: Readonly<Record<string, string>> = Object.freeze({});

/** A constructor of objects that are as plain as literals. */
export function plain<T>(construct: (this: Open, ...fields: never[]) => void): new (...fields: unknown[]) => T {
  construct.prototype = Object.prototype;
  return construct as unknown as new (...fields: unknown[]) => T;
}

const unset = new Map<(reader: Reader, end: number) => unknown, unknown>();

/** A message that must be there and is not: with the default of every field. */
export function absent<T>(decode: (reader: Reader, end: number) => T): T {
  let message = unset.get(decode) as T | undefined;
  if (message === undefined) unset.set(decode, (message = decode(new Reader(noBytes, false), 0)));
  return message;
}

/** The version of the spec where it is not that of the object: the store hides it. */
export function sentSpecVersion(meta: Meta & { readonly specVersion?: number }): number | undefined {
  const version = specVersionOf({ meta });
  return version === meta.version ? meta.specVersion : version;
}
