/**
 * Schemas: what a stored object looks like, said once.
 *
 * A schema turns loose input into canonical form: a fresh, deeply frozen copy in which every field has its value or
 * its default, optional fields are absent when unset, and map keys are sorted. The types of custom kinds are inferred from
 * their schemas; built-in kinds have interfaces, for their comments, which `objectOf` holds equal to the schemas.
 */

/** Input that does not fit, and where. */
export class SchemaError extends Error {
  readonly path: (string | number)[];

  constructor(message: string, path: readonly (string | number)[] = []) {
    super(message);
    this.path = [...path];
  }

  get where(): string {
    return this.path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`)).join('');
  }
}

export interface Schema<T> {
  /** Canonical form of `input`; `undefined` gives the default. Throws when the input does not fit. */
  readonly canonical: (input: unknown) => T;
  /** `''` is a value of its own kind here: as an optional field it counts as unset. */
  readonly blank?: true;
}

export interface OptionalSchema<T> extends Schema<T | undefined> {
  readonly optional: true;
  readonly inner: Schema<T>;
}

export interface ObjectSchema<T> extends Schema<T> {
  readonly fields: Fields;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the field types are inferred, not written
export type Fields = Readonly<Record<string, Schema<any>>>;

export type Infer<S> = S extends OptionalSchema<infer T> ? T : S extends Schema<infer T> ? T : never;

type OptionalKeys<F extends Fields> = { [K in keyof F]: F[K] extends OptionalSchema<unknown> ? K : never }[keyof F];

export type InferFields<F extends Fields> = {
  readonly [K in keyof F as K extends OptionalKeys<F> ? never : K]: Infer<F[K]>;
} & {
  readonly [K in keyof F as K extends OptionalKeys<F> ? K : never]?: Infer<F[K]>;
} extends infer O
  ? { readonly [K in keyof O]: O[K] }
  : never;

/** The same object with every field optional, all the way down: what `create` takes and what a specifier names. */
export type DeepPartial<T> = T extends readonly (infer Item)[]
  ? readonly DeepPartial<Item>[]
  : T extends object
    ? { readonly [K in keyof T]?: DeepPartial<T[K]> | undefined }
    : T;

/** The same, frozen all the way down: what is stored. */
export type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? number extends T['length']
    ? readonly DeepReadonly<Item>[]
    : { readonly [K in keyof T]: DeepReadonly<T[K]> }
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

/** Describes a wrong value of any type, for messages. */
export function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'number') return String(value);
  const made: unknown = typeof value === 'object' ? value.constructor?.name : undefined;
  return typeof made !== 'string' || made === 'Object' ? `a value of type ${typeof value}` : `a ${made}`;
}

function wellFormed(value: string): string {
  if (!value.isWellFormed()) throw new SchemaError('must not hold a lone surrogate (it cannot be written as UTF-8)');
  return value;
}

export function text(fallback = ''): Schema<string> {
  return {
    blank: true,
    canonical(input) {
      if (input === undefined) return fallback;
      if (typeof input !== 'string') throw new SchemaError(`must be a string, is ${describe(input)}`);
      return wellFormed(input);
    },
  };
}

export function flag(fallback = false): Schema<boolean> {
  return {
    canonical(input) {
      if (input === undefined) return fallback;
      if (typeof input !== 'boolean') throw new SchemaError(`must be true or false, is ${describe(input)}`);
      return input;
    },
  };
}

function whole(what: string, min: number, max: number): (fallback?: number) => Schema<number> {
  return (fallback = 0) => ({
    canonical(input) {
      if (input === undefined) return fallback;
      if (typeof input !== 'number' || !Number.isInteger(input) || input < min || input > max) {
        throw new SchemaError(`must be ${what}, is ${describe(input)}`);
      }
      return input + 0; // -0 becomes 0
    },
  });
}

/** 0…2^32−1. */
export const uint32 = whole('a whole number from 0 to 4294967295', 0, 0xffff_ffff);
/** 0…2^53−1. */
export const uint = whole('a whole number from 0 to 2^53-1', 0, Number.MAX_SAFE_INTEGER);
/** −(2^53−1)…2^53−1. */
export const int = whole('a whole number from -(2^53-1) to 2^53-1', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);

export function float(fallback = 0): Schema<number> {
  return {
    canonical(input) {
      if (input === undefined) return fallback;
      if (typeof input !== 'number' || !Number.isFinite(input))
        throw new SchemaError(`must be a finite number, is ${describe(input)}`);
      return input + 0;
    },
  };
}

export function oneOfWords<const W extends readonly [string, ...string[]]>(
  words: W,
  fallback: W[number] = words[0],
): Schema<W[number]> {
  const known: ReadonlySet<unknown> = new Set(words);
  return {
    canonical(input) {
      if (input === undefined) return fallback;
      if (!known.has(input))
        throw new SchemaError(
          `must be one of ${words.join(', ')}; is ${typeof input === 'string' ? JSON.stringify(input) : describe(input)}`,
        );
      return input as W[number];
    },
  };
}

/** Absent when unset; `''` counts as unset. */
export function optional<T>(inner: Schema<T>): OptionalSchema<T> {
  return {
    optional: true,
    inner,
    canonical: (input) => (input === undefined || (input === '' && inner.blank) ? undefined : inner.canonical(input)),
  };
}

export function list<T>(item: Schema<T>): Schema<readonly T[]> {
  const none: readonly T[] = Object.freeze([]);
  const made = {
    /** For explanations of the schema. */
    item,
    canonical(input: unknown) {
      if (input === undefined) return none;
      if (!Array.isArray(input)) throw new SchemaError(`must be an array, is ${describe(input)}`);
      const { length } = input;
      if (length === 0) return none;
      const items: T[] = [];
      for (let i = 0; i < length; i++) {
        try {
          const given: unknown = input[i];
          if (given === undefined) throw new SchemaError('must not be undefined');
          items.push(item.canonical(given));
        } catch (error) {
          throw at(i, error);
        }
      }
      return Object.freeze(items.slice()); // without the room that a list has which was filled one by one
    },
  };
  return made;
}

/** String keys to strings, keys sorted. */
export function stringMap(): Schema<Readonly<Record<string, string>>> {
  const none = Object.freeze({});
  const value = text();
  return {
    canonical(input) {
      if (input === undefined) return none;
      const keys = Object.keys(record(input));
      if (keys.length === 0) return none;
      const map: Record<string, string> = {};
      for (const key of keys.sort()) {
        try {
          if (key === '__proto__') throw new SchemaError('is not allowed as a key');
          const item = (input as Record<string, unknown>)[key];
          if (item === undefined) throw new SchemaError('must be a string, is undefined');
          map[wellFormed(key)] = value.canonical(item);
        } catch (error) {
          throw at(key, error);
        }
      }
      return Object.freeze(map);
    },
  };
}

/** Any plain data: what JSON can say. Keys are sorted; a field that is `undefined` is left out. Required. */
export function plain<T = unknown>(): Schema<T> {
  return {
    canonical(input) {
      if (input === undefined) throw new SchemaError('is missing');
      return plainCopy(input) as T;
    },
  };
}

/**
 * Most nested levels of objects and lists in free data, an object's own fields being the first. The same limit applies
 * to all data that is written, read from disk or received, so that every member can read what another accepts.
 * Traversing data takes stack, and the available stack differs from process to process.
 */
export const nestingMax = 100;

/** A frozen copy of plain data, of at most {@link nestingMax} levels. Throws {@link SchemaError}. */
export function plainCopy(input: unknown): unknown {
  return copyAt(1, input);
}

function copyAt(level: number, input: unknown): unknown {
  switch (typeof input) {
    case 'string':
      return wellFormed(input);
    case 'boolean':
      return input;
    case 'number':
      if (!Number.isFinite(input)) throw new SchemaError(`must be a finite number, is ${input}`);
      return input + 0;
    case 'object':
      if (input === null) return null;
      checkLevel(level);
      if (Array.isArray(input)) return copyList(level, input);
      if (!isPlain(input)) throw notPlain(input);
      return copyRecord(level, input as Record<string, unknown>);
    default:
      throw notPlain(input);
  }
}

/** Error for what JSON cannot say, with what to keep instead. */
function notPlain(input: unknown): SchemaError {
  const [, instead] = substitutes.find(([type]) => input instanceof type) ?? [];
  const keep = typeof input === 'bigint' ? 'a text or a number' : (instead ?? 'texts, numbers, lists and objects');
  return new SchemaError(`must be plain data, is ${describe(input)}: keep ${keep} instead`);
}

const substitutes = [
  [Date, 'a text (toISOString) or a number (getTime)'],
  [Map, 'an object'],
  [Set, 'a list'],
  [Uint8Array, 'a text, such as base64'],
] as const;

/** Error for too many levels, reported for the whole value: a path of a hundred parts is of no use. */
class TooDeep extends SchemaError {}

function checkLevel(level: number): void {
  if (level > nestingMax) throw new TooDeep(`goes in a circle, or is nested deeper than ${nestingMax} levels`);
}

/** Copies item by item into a new list: holes are noticed, and any other behaviour of the list is dropped. */
function copyList(level: number, input: readonly unknown[]): readonly unknown[] {
  const items: unknown[] = [];
  const { length } = input;
  for (let i = 0; i < length; i++) {
    try {
      items.push(copyAt(level + 1, input[i]));
    } catch (error) {
      throw at(i, error);
    }
  }
  return Object.freeze(items);
}

function copyRecord(level: number, input: Record<string, unknown>): Readonly<Record<string, unknown>> {
  const out: Record<string, unknown> = {};
  for (const key of Object.keys(input).sort()) {
    try {
      const given = input[key];
      if (given === undefined) continue;
      if (key === '__proto__') throw new SchemaError('is not allowed as a key');
      out[wellFormed(key)] = copyAt(level + 1, given);
    } catch (error) {
      throw at(key, error);
    }
  }
  return Object.freeze(out);
}

/**
 * Refuses data nested deeper than {@link plainCopy} allows, before foreign code traverses it. Does not check that it is
 * plain: a schema of another library may make plain data of it. Throws {@link SchemaError}.
 */
export function checkNesting(input: unknown, level = 1): void {
  if (typeof input !== 'object' || input === null) return;
  checkLevel(level);
  if (!Array.isArray(input) && !isPlain(input)) return;
  for (const key of Object.keys(input)) {
    try {
      checkNesting((input as Record<string, unknown>)[key], level + 1);
    } catch (error) {
      throw at(key, error);
    }
  }
}

function record(input: unknown): Record<string, unknown> {
  if (typeof input !== 'object' || input === null || Array.isArray(input) || !isPlain(input))
    throw new SchemaError(`must be an object of plain data, is ${describe(input)}`);
  return input as Record<string, unknown>;
}

/** No instance of a class. Objects of other realms are plain, too. */
export function isPlain(input: object): boolean {
  const proto = Object.getPrototypeOf(input) as object | null;
  return proto === null || Object.getPrototypeOf(proto) === null;
}

function at(key: string | number, error: unknown): unknown {
  if (error instanceof SchemaError && !(error instanceof TooDeep)) error.path.unshift(key);
  return error;
}

function unknownField(input: Record<string, unknown>, fields: Fields): SchemaError {
  const key = Object.keys(input).find((name) => !Object.hasOwn(fields, name)) ?? '';
  return at(key, new SchemaError(`is not a field here; known are ${Object.keys(fields).join(', ')}`)) as SchemaError;
}

/**
 * Copies the fields of `input` in canonical form into `into`. What is `old`'s, itself and not a copy, is canonical and
 * frozen: it is shared, so that an update which spreads the old object costs only what it changes. Throws on fields that
 * the schema does not know.
 */
export function copyFields(fields: Fields, input: unknown, into: Record<string, unknown>, old?: object): void {
  const from = record(input);
  const before = old as Record<string, unknown> | undefined;
  let known = 0;
  let key = '';
  try {
    for (key in fields) {
      const had = Object.hasOwn(from, key);
      if (had) known++;
      const given = had ? from[key] : undefined;
      const same = typeof given === 'object' && given !== null && before?.[key] === given;
      const value: unknown = same ? given : (fields[key] as Schema<unknown>).canonical(given);
      if (value !== undefined) into[key] = value;
    }
  } catch (error) {
    throw at(key, error);
  }
  if (known !== Object.keys(from).length) throw unknownField(from, fields);
}

export function object<F extends Fields>(fields: F): ObjectSchema<InferFields<F>> {
  let unset: InferFields<F> | undefined;
  const Blank = Object.keys(fields).length > narrowMax ? wideBlank() : Object;
  const build = (input: unknown): InferFields<F> => {
    const out = new Blank() as Record<string, unknown>;
    copyFields(fields, input, out);
    return Object.freeze(out) as InferFields<F>;
  };
  return { fields, canonical: (input) => (input === undefined ? (unset ??= build({})) : build(input)) };
}

/** Fields of an object without a constructor that has room for them: V8 gives one of more a hash table. */
const narrowMax = 16;

/**
 * A constructor of plain objects with room for many fields. V8 reserves what the body of a constructor names, and objects
 * of one constructor share their shape. Without it, an object of 20 fields takes four times the memory (Node 20).
 */
function wideBlank(): new () => object {
  function Blank(this: Record<string, unknown>, never?: true) {
    if (!never) return;
    this.a = this.b = this.c = this.d = this.e = this.f = this.g = this.h = this.i = this.j = this.k = this.l = 0;
    this.m = this.n = this.o = this.p = this.q = this.r = this.s = this.t = this.u = this.v = this.w = this.x = 0;
  }
  Blank.prototype = Object.prototype;
  return Blank as unknown as new () => object;
}

/** Exactly one of several fields: `{ replicated: … } | { global: … }`. */
export function oneOf<C extends Fields>(
  choices: C,
  fallback: keyof C & string,
): Schema<{ [K in keyof C]: { readonly [P in K]: Infer<C[K]> } }[keyof C]> {
  type Choice = { [K in keyof C]: { readonly [P in K]: Infer<C[K]> } }[keyof C];
  const pick = (key: string, input: unknown) => {
    try {
      return Object.freeze({ [key]: (choices[key] as Schema<unknown>).canonical(input) }) as Choice;
    } catch (error) {
      throw at(key, error);
    }
  };
  let unset: Choice | undefined;
  return {
    canonical(input) {
      if (input === undefined) return (unset ??= pick(fallback, undefined));
      const set = Object.entries(record(input)).filter(([, given]) => given !== undefined);
      const [only] = set;
      if (only === undefined || set.length > 1 || !Object.hasOwn(choices, only[0])) {
        const has = set.map(([key]) => key).join(', ') || 'none';
        throw new SchemaError(`must have exactly one of ${Object.keys(choices).join(', ')}; has ${has}`);
      }
      return pick(...only);
    },
  };
}
