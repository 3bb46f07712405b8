/** Version and times of the transaction that wrote an object. Set by the store. */
export interface Meta {
  /** The version of the transaction that last wrote the object. Versions count committed transactions: 1, 2, 3, … */
  readonly version: number;
  /** Milliseconds since the epoch, by the leader's clock. */
  readonly createdAt: number;
  /** Milliseconds since the epoch, by the leader's clock; never goes back. */
  readonly updatedAt: number;
}

/**
 * Highest version that an imported state may have: far enough from the largest safe integer that a next version always
 * exists.
 */
export const versionMax = 2 ** 52;
/**
 * Latest moment that a `Date` can hold, milliseconds since the epoch. Time never goes back, so a later one would stay.
 */
export const timeMaxMs = 8.64e15;

/** Tells whether a state may have this version and time, with later writes still possible. */
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
  /** Encoded bytes of the object; 0 before the first request. */
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

  static restamp(meta: object, specVersion: number): void {
    if (!(#specVersion in meta)) return;
    meta.#specVersion = specVersion;
    meta.#bytes = 0;
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
  return Object.freeze(openMeta(given, specVersion));
}

/** Makes a meta that is not frozen yet: {@link stampMeta} may give it another version, until {@link sealMeta}. */
export function openMeta({ version, createdAt, updatedAt }: Meta, specVersion?: number): Meta {
  const meta = { version, createdAt, updatedAt };
  new Hidden(meta, specVersion ?? version);
  return Object.seal(meta);
}

/** Sets version and times of an open meta again, whatever has been done to it meanwhile. */
export function stampMeta(meta: Meta, stamp: Meta, specVersion = stamp.version): void {
  const { version, createdAt, updatedAt } = stamp;
  Object.assign(meta, { version, createdAt, updatedAt });
  Hidden.restamp(meta, specVersion);
}

export function sealMeta(meta: Meta): void {
  Object.freeze(meta);
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

/** Keeps the encoded bytes of an object where they are known without measuring. */
export function keepBytesOf({ meta }: { readonly meta: Meta }, bytes: number): void {
  Hidden.keepBytes(meta, bytes);
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
