import { messageOf } from '../base/errors.js';
import type { By, KindOfBy, Range } from './by.js';
import {
  checkLimits,
  isKindName,
  type KindDefinition,
  type KindLimits,
  nameIndex,
  type StoredObject,
} from './definition.js';
import type { CreateEvent, DeleteEvent, Event, UpdateEvent } from './events.js';
import { type IndexedValue, indexKey, indexLookup, type IndexValue } from './index-key.js';
import type { PlainBody, SchemaBody } from './plain-body.js';
import { isKind, type Kind } from './registry.js';
import { checkNesting, type DeepPartial, type DeepReadonly, plainCopy, type Schema, SchemaError } from './schema.js';
import { type CheckFunc, keyCheck, type Specifier, specifierFor } from './specifiers.js';
import { fromStandard, isStandard, type StandardSchema } from './standard-schema.js';

/** Says what objects of a kind look like, to the compiler only: `type: typeOf<Job>()`. */
export interface TypeOnly<Body> {
  /** Never there. */
  readonly body?: Body;
}

/** A kind that is checked by the compiler only: any plain data is accepted at run time. */
export function typeOf<Body extends object>(): TypeOnly<Body> {
  return Object.freeze({});
}

/** Fields of an object of a custom kind, as `schema` or `type` says. */
export type BodyOf<S> =
  S extends StandardSchema<infer Body>
    ? Body
    : S extends Schema<infer Body>
      ? Body
      : S extends TypeOnly<infer Body>
        ? Body
        : never;

/** Fields that `create` takes: those that have a default may be left out. */
export type InputOf<S> =
  S extends StandardSchema<infer Body>
    ? NonNullable<S['~standard']['types']> extends { readonly input: infer Input }
      ? unknown extends Input
        ? Body
        : Input
      : Body
    : S extends Schema<infer Body>
      ? DeepPartial<Body>
      : BodyOf<S>;

/** Input of `create` and `update` of such a kind. */
export type CustomDraft<D> = DeepReadonly<D> & {
  readonly id?: string | undefined;
  readonly meta?: Partial<StoredObject['meta']>;
};
/** An object that `update` takes: with its id. */
export type CustomReplacement<D> = DeepReadonly<D> & {
  readonly id: string;
  readonly meta?: Partial<StoredObject['meta']>;
};

/** An object of a kind that users defined, as it is stored. */
export type Stored<Body> = StoredObject & DeepReadonly<Body>;

type IndexFunctions<Body> = Readonly<Record<string, (object: Stored<Body>) => IndexValue>>;

/** The values that one index can be asked for. */
type ValueOf<F> = F extends (object: never) => infer V ? IndexedValue<V> : never;

/** @see defineKind */
export interface KindOptions<S, I, N extends string = string> {
  /** Of the kind, as events, history and the command line say it: letters, digits, `-` and `_`. */
  readonly name: N;
  /** Default: the name with an s, if it has none. */
  readonly plural?: string;
  /**
   * Shape of an object: a schema of ours (`schema.object({ … })`), or one of zod, valibot, arktype or any
   * other library that follows Standard Schema. It fills in defaults, too. Runs where objects are written, and nowhere else.
   */
  readonly schema?: S & SchemaBody<BodyOf<S>>;
  /** Instead of a schema: the type alone, as `typeOf<Job>()`. */
  readonly type?: S & PlainBody<BodyOf<S>>;
  /**
   * Functions that compute an index for lookups: a value, several as an array, or `undefined` for none. The index called `name` is what
   * people call the object: `byName` finds it, without case.
   */
  readonly indexes?: I & IndexFunctions<BodyOf<S>>;
  /** Names of the indexes whose values must be unique. A second one is refused as `NAME_CONFLICT`. */
  readonly unique?: readonly (keyof I & string)[];
  /** A last word on an object before it is written: a text refuses it, as `INVALID_OBJECT`. */
  readonly validate?: (object: Stored<BodyOf<S>>, old: Stored<BodyOf<S>> | undefined) => string | void;
  /** Number and bytes of objects that the store accepts. */
  readonly limits?: KindLimits;
}

interface CustomSpecifier<Body, E> {
  (...checks: CustomCheck<Body>[]): Specifier<E>;
  (wanted: DeepPartial<Stored<Body>> | undefined, ...checks: CustomCheck<Body>[]): Specifier<E>;
}

/** Compares what a watcher named with an object that changed. */
export type CustomCheck<Body> = (wanted: DeepPartial<Stored<Body>>, changed: Stored<Body>) => boolean;

type EventOf<E, Body, N> = Omit<E, 'kind' | 'object' | 'old'> & { readonly kind: N; readonly object: Stored<Body> };
export type CustomCreateEvent<Body, N extends string = string> = EventOf<CreateEvent, Body, N>;
export type CustomUpdateEvent<Body, N extends string = string> = EventOf<UpdateEvent, Body, N> & {
  readonly old: Stored<Body>;
};
export type CustomDeleteEvent<Body, N extends string = string> = EventOf<DeleteEvent, Body, N>;
/** A change of one object of a custom kind. */
export type CustomEvent<Body, N extends string = string> =
  CustomCreateEvent<Body, N> | CustomUpdateEvent<Body, N> | CustomDeleteEvent<Body, N>;

/** A kind of object that users defined. Made by {@link defineKind}; `tx.kind(it)` is its table. */
export interface CustomKind<Body extends object, I = Record<never, never>, D = Body, N extends string = string> {
  /** Never there: carries the type of what `create` takes. */
  readonly draft?: D;
  /** Name of the kind, in singular. */
  readonly name: N;
  /** Name of the kind, in plural. */
  readonly plural: string;
  /** Finds the objects that have this value in an index, by id. */
  by<K extends keyof I & string>(index: K, value: ValueOf<I[K]>): By<KindOfBy<N>>;
  /** Finds the objects whose text in an index begins with `prefix`, by value and then id. */
  byPrefix<K extends keyof I & string>(
    index: string extends ValueOf<I[K]> ? K : never,
    prefix: string,
  ): By<KindOfBy<N>>;
  /** Finds the objects in a range of an index, by value and then id. Numbers are in numerical order. */
  byRange<K extends keyof I & string>(index: K, range: Range<ValueOf<I[K]>>): By<KindOfBy<N>>;
  /** Specifiers for `watch`, as `EventCreateTask` and its sisters. */
  readonly created: CustomSpecifier<Body, CustomCreateEvent<Body, N>>;
  /** Specifies updates for `watch`. */
  readonly updated: CustomSpecifier<Body, CustomUpdateEvent<Body, N>>;
  /** Specifies deletions for `watch`. */
  readonly deleted: CustomSpecifier<Body, CustomDeleteEvent<Body, N>>;
  /** Built-in checks: the literal's id, the beginning of an id, and the value that each index gives for the literal. */
  readonly check: { readonly [K in (keyof I & string) | 'id' | 'idPrefix']: CustomCheck<Body> };
  /** Is this an event of this kind? */
  is(event: Event | CustomEvent<Body>): event is CustomEvent<Body>;
  /** The definition, for the store. */
  readonly definition: KindDefinition;
}

/** Index functions by name, each giving values of this type: `{ lease: string | undefined }`. */
export type IndexesOf<Body, Values> = { readonly [K in keyof Values]: (object: Stored<Body>) => Values[K] };

/** A custom kind that every member knows: fields, values of the indexes, name. */
export type SystemKind<Body extends object, Values, N extends string> = CustomKind<
  Body,
  IndexesOf<Body, Values>,
  DeepPartial<Body>,
  N
>;

/** A custom kind of any type. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- kinds of all types
export type AnyCustomKind = CustomKind<any, any, any>;

/**
 * Defines a custom kind. It is a plain value: make it once, in a module, and give it to `tx.kind` and to
 * `openReplica({ kinds })`. No code is generated; members that do not know the kind keep its objects and hand them on.
 * @throws {TypeError} for a definition that cannot be.
 * @see docs/kinds.md
 */
export function defineKind<
  S,
  const I extends IndexFunctions<BodyOf<S>> = Record<never, never>,
  const N extends string = string,
>(options: KindOptions<S, I, N>): CustomKind<BodyOf<S> & object, I, InputOf<S>, N> {
  type Body = BodyOf<S> & object;
  checkOptions(options as KindOptions<unknown, Record<string, unknown>>);
  const { name } = options;
  const definition = definitionOf(options as unknown as KindOptions<never, IndexFunctions<object>>);
  const specifier = (action: 'create' | 'update' | 'delete') =>
    ((...args: never[]) => {
      const [first, ...rest] = args as unknown as [object, ...CheckFunc<Kind>[]];
      return typeof first === 'function'
        ? specifierFor(action, name as Kind, undefined, first as CheckFunc<Kind>, ...rest)
        : specifierFor(action, name as Kind, first, ...rest);
    }) as never;
  const kind = {
    name,
    plural: definition.plural,
    by: (index: string, value: unknown) => indexLookup(index, { value: value ?? null }),
    byPrefix: (index: string, prefix: string) => indexLookup(index, { prefix }),
    byRange: (index: string, range: Range<unknown>) => indexLookup(index, range),
    created: specifier('create'),
    updated: specifier('update'),
    deleted: specifier('delete'),
    check: checksOf(definition),
    is: (event: { readonly kind: string }) => event.kind === name,
    definition,
  };
  return Object.freeze(kind) as unknown as CustomKind<Body, I, InputOf<S>, N>;
}

/** Tells whether something is what {@link defineKind} returned. */
export function isCustomKind(value: unknown): value is AnyCustomKind {
  const { definition } = Object(value) as { definition?: { kind?: unknown } };
  return typeof definition?.kind === 'string';
}

function isSchema(value: unknown): boolean {
  return isStandard(value) || typeof (Object(value) as { canonical?: unknown }).canonical === 'function';
}

function checkOptions(options: KindOptions<unknown, Record<string, unknown>>): void {
  const { name, plural = name, schema, type, indexes = {}, unique = [] } = options;
  if (!isKindName(name) || !isKindName(plural))
    throw new TypeError('the name of a kind begins with a letter and has letters, digits, - and _ only');
  if (isKind(name) || name === 'commit')
    throw new TypeError(`${name} is a kind of the store's own: choose another name`);
  if ((schema === undefined) === (type === undefined)) throw new TypeError(`${name}: give either a schema or a type`);
  if (schema !== undefined && !isSchema(schema))
    throw new TypeError(`${name}: the schema must come from schema.object, or from a library with Standard Schema`);
  for (const field of ['id', 'meta'])
    if (fieldsOf(schema).includes(field))
      throw new TypeError(`${name}: every object has a field ${field} of the store's own: call yours something else`);
  checkLimits(name, options.limits ?? {});
  for (const index of unique)
    if (!Object.hasOwn(indexes, index)) throw new TypeError(`${name}: unique names "${index}", which is no index`);
}

/** The fields of a schema: ours, or where zod and valibot show theirs; none for one that does not show them. */
function fieldsOf(schema: unknown): string[] {
  const { fields, shape, entries } = (schema ?? {}) as Readonly<Record<string, unknown>>;
  return [fields, shape, entries].flatMap((shown) => (typeof shown === 'object' ? Object.keys(shown ?? {}) : []));
}

function definitionOf(options: KindOptions<never, IndexFunctions<object>>): KindDefinition {
  const { name, plural = name.endsWith('s') ? name : `${name}s`, unique = [], validate, limits } = options;
  const indexes = (options.indexes ?? {}) as Readonly<Record<string, (object: StoredObject) => IndexValue>>;
  const named = indexes.name;
  const nameOf = (object: StoredObject) => {
    const value = orNone(() => named?.(object));
    return typeof value === 'string' ? value : '';
  };
  const table = Object.entries(indexes).map(([index, of]) => [
    index,
    index === 'name' ? nameIndex(nameOf) : { of: (object: StoredObject) => orNone(() => keysOf(index, of(object))) },
  ]);
  /** An index that cannot be computed is an error where objects are written; where they are applied it is left out. */
  const checkIndexes = (object: StoredObject) => {
    for (const [index, of] of Object.entries(indexes))
      keysOf(
        index,
        readIndex(index, () => of(object)),
      );
  };
  return {
    kind: name,
    plural,
    fill: fillOf(options.schema),
    nameOf,
    unique,
    validate(object, old) {
      checkIndexes(object);
      const refusal: unknown = validate?.(object as never, old as never);
      if (typeof refusal === 'string') throw new SchemaError(refusal);
      if (refusal === undefined) return;
      if (refusal instanceof Promise) refusal.catch(() => undefined);
      throw new TypeError(`${name}: validate returns a text, which refuses the object, or nothing; and at once`);
    },
    ...(limits && { limits }),
    table: { name, id: (row) => row.id, indexes: Object.fromEntries(table) as never },
    description: Object.freeze({
      kind: name,
      plural,
      indexes: Object.keys(indexes).sort(),
      unique: [...unique].sort(),
    }),
  };
}

function readIndex(index: string, read: () => IndexValue): IndexValue {
  try {
    return read();
  } catch (cause) {
    throw new SchemaError(`the index ${index} cannot be worked out: ${messageOf(cause)}`);
  }
}

/** Leaves out objects of an older shape, so that they stop no member. */
function orNone<T>(read: () => T): T | [] {
  try {
    return read();
  } catch {
    return [];
  }
}

function keysOf(index: string, value: IndexValue): string[][] {
  if (value === undefined) return [];
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.map((one) => {
    const key = indexKey(one);
    if (key === undefined) throw new SchemaError(`the index ${index} must give texts, numbers, true or false`);
    return [key];
  });
}

/** The body in canonical form, by whatever describes it. */
function fillOf(schema: unknown): KindDefinition['fill'] {
  const shape = isStandard(schema) ? fromStandard(schema) : (schema as Schema<object> | undefined);
  return (body, into) => {
    if (shape) checkNesting(body);
    const shaped = shape ? shape.canonical(body) : body;
    const copied = plainCopy(shaped);
    if (typeof copied !== 'object' || copied === null || Array.isArray(copied))
      throw new SchemaError('must be an object');
    const { id: _id, meta: _meta, ...fields } = copied as Partial<StoredObject>;
    Object.assign(into, fields);
  };
}

function checksOf({ table }: KindDefinition): Record<string, CheckFunc<Kind>> {
  const keyOf = (index: string, object: object): string | undefined => {
    try {
      return table.indexes[index]?.of(object as StoredObject)[0]?.[0];
    } catch {
      return undefined; // the literal does not name what the index looks at
    }
  };
  const checks: Record<string, CheckFunc<Kind>> = {};
  for (const index of Object.keys(table.indexes)) {
    checks[index] = (wanted, changed) => {
      const key = keyOf(index, wanted);
      return key !== undefined && (table.indexes[index]?.of(changed) ?? []).some(([one]) => one === key);
    };
  }
  checks.id = keyCheck<Kind>({ wanted: ({ id }) => id, changed: ({ id }) => id });
  checks.idPrefix = ({ id }, changed) => id !== undefined && changed.id.startsWith(id);
  return Object.freeze(checks);
}
