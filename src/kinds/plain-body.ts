/** Depth to which the compiler looks for what is no plain data. */
type Levels = [0, 0, 0, 0, 0, 0];
type Deeper<L extends readonly 0[]> = L extends readonly [0, ...infer Rest extends 0[]] ? Rest : [];

type Scalar = string | number | boolean | null | undefined;
type IsUnchecked<T> = unknown extends T ? true : false; // any and unknown

/** True for an instance of a class: its methods are no data. */
type HasMethod<T> = true extends { [K in keyof T]-?: IsFunction<NonNullable<T[K]>> }[keyof T] ? true : false;
type IsFunction<T> = unknown extends T ? never : T extends (...args: never) => unknown ? true : never;

/** The paths in `T` at which it is no plain data, such as `at` of `{ at: Date }`; `never` when all of it is. */
type UnplainPaths<T, Path extends string, L extends readonly 0[]> =
  IsUnchecked<T> extends true
    ? never
    : L extends readonly []
      ? never
      : T extends Scalar
        ? never
        : T extends readonly unknown[]
          ? UnplainPaths<T[number], `${Path}[]`, Deeper<L>>
          : T extends bigint | symbol | ((...args: never) => unknown)
            ? Path
            : HasMethod<T> extends true
              ? Path
              : {
                  [K in keyof T & string]-?: UnplainPaths<T[K], Path extends '' ? K : `${Path}.${K}`, Deeper<L>>;
                }[keyof T & string];

/** Names what the store cannot keep: Date, Map, Set, bigint, functions and other instances of classes. */
export interface NotPlainData<Path> {
  readonly 'a field holds no plain data: keep a text, a number, true, false, null, a list or an object': Path;
}

/** Names a field of a schema that every object has already. */
export interface StoreField<Name> {
  readonly 'a field of the store, which a schema must not have: call yours something else': Name;
}

type OwnFields<Body> = string extends keyof Body ? never : Extract<keyof Body, 'id' | 'meta'>;

/** `unknown` for a body that the store can keep, or else a type that names what is wrong. */
export type PlainBody<Body> = [UnplainPaths<Body, '', Levels>] extends [never]
  ? unknown
  : NotPlainData<UnplainPaths<Body, '', Levels>>;

/** `unknown` for the body of a schema that can be, or else a type that names what is wrong. */
export type SchemaBody<Body> = [OwnFields<Body>] extends [never] ? PlainBody<Body> : StoreField<OwnFields<Body>>;
