import { type Fields, type InferFields, object, type ObjectSchema } from './schema.js';

/**
 * Schemas of interfaces that are written by hand. The interface carries the comments, which inferred types lose in
 * declarations; the compiler holds both equal.
 */

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Fields that only one of two types has, or that differ in type, in being optional or in being read-only. */
type Differing<A, B> = {
  [K in keyof A | keyof B]: K extends keyof A & keyof B ? (Same<Pick<A, K>, Pick<B, K>> extends true ? never : K) : K;
}[keyof A | keyof B];

/** Names the fields that a schema does not have as its interface does. */
export interface OtherThanInterface<Name> {
  readonly 'the interface and the schema differ in these fields': Name;
}

type Agreeing<T, S> = [Differing<T, S>] extends [never] ? unknown : OtherThanInterface<Differing<T, S>>;

/**
 * Makes the schema of an interface: `objectOf<Driver>()({ name: text(), options: stringMap() })`. Compiles only when the
 * schema has exactly the interface's fields, each of exactly that type, optional where the interface says so.
 */
export function objectOf<T extends object>() {
  return <F extends Fields>(fields: F & Agreeing<T, InferFields<F>>): ObjectSchema<T> =>
    object<F>(fields) as unknown as ObjectSchema<T>;
}
