/** Which transaction wrote an object, and when. Set by the store. */
export interface Meta {
  /** The version of the transaction that last wrote the object. Versions count committed transactions: 1, 2, 3, … */
  readonly version: number;
  /** Milliseconds since the epoch, by the leader's clock. */
  readonly createdAt: number;
  /** Milliseconds since the epoch, by the leader's clock; never goes back. */
  readonly updatedAt: number;
}

/** The highest version that a state may come with: so far from the last whole number that there is always a next one. */
export const versionMax = 2 ** 52;
/** The last moment that a `Date` can hold, milliseconds since the epoch. Time never goes back, so a later one would stay. */
export const timeMaxMs = 8.64e15;

/** Can a state have this version and time, and be written from there on? */
export function isStateStamp({ version, time }: { readonly version?: unknown; readonly time?: unknown }): boolean {
  return isWhole(version, versionMax) && isWhole(time, timeMaxMs);
}

const isWhole = (value: unknown, max: number) =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= max;

/** Returns what it is given: a class that extends it puts its private fields there. */
class Itself {
  constructor(object: object) {
    return object;
  }
}

/**
 * Two facts that a stored object carries without showing them: they are no part of its content, so copies, comparisons
 * and JSON must not see them, and a table beside the objects would cost the collector more than the objects do.
 */
class Hidden extends Itself {
  #specVersion: number;
  /** Encoded bytes of the object; 0 when nobody has asked. */
  #bytes = 0;

  constructor(meta: object, specVersion: number) {
    super(meta);
    this.#specVersion = specVersion;
  }

  static specVersion(meta: object): number | undefined {
    return #specVersion in meta ? meta.#specVersion : undefined;
  }

  static bytes(meta: object): number {
    return #bytes in meta ? meta.#bytes : 0;
  }

  static keepBytes(meta: object, bytes: number): void {
    if (#bytes in meta) meta.#bytes = bytes;
  }
}

/**
 * The meta of a stored object. `specVersion` is the version that last changed its spec; by default what `given` carries,
 * or else this version.
 */
export function storedMeta(given: Meta, specVersion = Hidden.specVersion(given)): Meta {
  const { version, createdAt, updatedAt } = given;
  const meta = { version, createdAt, updatedAt };
  new Hidden(meta, specVersion ?? version);
  return Object.freeze(meta);
}

/** The version of the transaction that last changed the object's spec: status writes leave it alone. */
export function specVersionOf({ meta }: { readonly meta: Meta }): number {
  return Hidden.specVersion(meta) ?? meta.version;
}

/** Is it an object that a store of this process has made? Those are in canonical form, and frozen. */
export function isStored(object: { readonly meta?: Meta }): boolean {
  const { meta } = object;
  return typeof meta === 'object' && Object.isFrozen(object) && Hidden.specVersion(meta) !== undefined;
}

/** Encoded bytes of the object, as `measure` says; measured once. */
export function bytesOf<T extends { readonly meta: Meta }>(object: T, measure: (object: T) => number): number {
  let bytes = Hidden.bytes(object.meta);
  if (bytes === 0) {
    bytes = measure(object);
    Hidden.keepBytes(object.meta, bytes);
  }
  return bytes;
}
