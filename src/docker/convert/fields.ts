import { ApiError } from '../answers.js';

type Values = Readonly<Record<string, unknown>>;

const nsPerMs = 1_000_000;

/**
 * Reads one object of Docker's JSON, field by field. What is posted replaces the whole spec, so a field that skep does not
 * keep would be lost without a word: {@link readFields} refuses it with its path, unless it says nothing.
 *
 * Names of fields are compared without case, as engines do.
 */
export class Fields {
  readonly #values = new Map<string, { readonly name: string; readonly value: unknown }>();
  readonly #path: string;

  constructor(value: unknown, path: string) {
    this.#path = path;
    if (!isObject(value)) this.refuse('', 'must be an object');
    for (const [name, one] of Object.entries(value)) this.#values.set(name.toLowerCase(), { name, value: one });
  }

  /** Refuses the request because of a field; `''` is the object itself. @throws {ApiError} 400 */
  refuse(name: string, says: string): never {
    throw new ApiError(400, `${this.pathOf(name)} ${says}`);
  }

  pathOf(name: string): string {
    return [this.#path, name].filter((part) => part !== '').join('.') || 'the body';
  }

  /** Takes a field that has no meaning here, whatever its value. */
  ignore(...names: readonly string[]): void {
    for (const name of names) this.#take(name);
  }

  /** Text of a field; `''` when it is absent. */
  text(name: string): string {
    const value = this.#take(name) ?? '';
    return typeof value === 'string' ? value : this.refuse(name, 'must be a text');
  }

  flag(name: string): boolean {
    return this.optionalFlag(name) ?? false;
  }

  optionalFlag(name: string): boolean | undefined {
    const value = this.#take(name) ?? undefined;
    return value === undefined || typeof value === 'boolean' ? value : this.refuse(name, 'must be true or false');
  }

  /** Number of a field; `undefined` when it is absent. */
  number(name: string): number | undefined {
    const value = this.#take(name) ?? undefined;
    return value === undefined || typeof value === 'number' ? value : this.refuse(name, 'must be a number');
  }

  /** Whole number of a field; `undefined` when it is absent. */
  whole(name: string): number | undefined {
    const value = this.number(name);
    if (value === undefined || Number.isSafeInteger(value)) return value;
    return this.refuse(name, `must be a whole number, is ${value}`);
  }

  /** Whole number from 0 of a field; `undefined` when it is absent. */
  count(name: string): number | undefined {
    const value = this.whole(name);
    return value === undefined || value >= 0 ? value : this.refuse(name, `must not be negative, is ${value}`);
  }

  /** Milliseconds of a duration in nanoseconds; `undefined` when it is absent. */
  duration(name: string): number | undefined {
    const value = this.count(name);
    if (value === undefined) return undefined;
    if (value % nsPerMs !== 0) this.refuse(name, `must be whole milliseconds, is ${value} nanoseconds`);
    return value / nsPerMs;
  }

  /** One of the words of Docker, as ours; `undefined` for `''`. */
  word<T>(name: string, words: Readonly<Record<string, T>>): T | undefined {
    const value = this.text(name);
    if (value === '') return undefined;
    if (Object.hasOwn(words, value)) return words[value];
    return this.refuse(name, `must be one of ${Object.keys(words).join(', ')}, is "${value}"`);
  }

  texts(name: string): string[] {
    const value = this.#take(name) ?? [];
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
    return this.refuse(name, 'must be a list of texts');
  }

  /** Texts by key. */
  map(name: string): Record<string, string> {
    const value = this.#take(name) ?? {};
    if (isObject(value) && Object.values(value).every((item) => typeof item === 'string')) return value as never;
    return this.refuse(name, 'must be an object of texts');
  }

  list<T>(name: string, read: (item: Fields) => T): T[] {
    const value = this.#take(name) ?? [];
    if (!Array.isArray(value)) return this.refuse(name, 'must be a list');
    return value.map((item, at) => readFields(item, `${this.pathOf(name)}[${at}]`, read));
  }

  object<T>(name: string, read: (fields: Fields) => T): T | undefined {
    const value = this.#take(name) ?? undefined;
    return value === undefined ? undefined : readFields(value, this.pathOf(name), read);
  }

  /** Refuses the first field that was not read and says something. @throws {ApiError} 400 */
  done(): void {
    for (const { name, value } of this.#values.values())
      if (!saysNothing(value)) this.refuse(name, 'is not supported by skep; leave it out');
  }

  #take(name: string): unknown {
    const key = name.toLowerCase();
    const found = this.#values.get(key);
    this.#values.delete(key);
    return found?.value;
  }
}

/** Reads an object of Docker's JSON whole. @throws {ApiError} 400 for a field that does not fit, or that `read` leaves over. */
export function readFields<T>(value: unknown, path: string, read: (fields: Fields) => T): T {
  const fields = new Fields(value, path);
  const result = read(fields);
  fields.done();
  return result;
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Tells whether a value is one that clients send for fields without meaning. */
function saysNothing(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isObject(value)) return Object.values(value).every(saysNothing);
  return value === undefined || value === null || value === '' || value === 0 || value === false;
}
