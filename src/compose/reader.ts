import { interpolate } from './interpolate.js';
import { checkKeys, warnAt } from './key-check.js';
import { bytesOf, durationMs } from './scalars.js';
import { type Entry, noValue, type Value } from './value.js';

/** Longest number, time or word, characters. A longer one is a mistake, and slow to check. */
const wordCharsMax = 100;
const yes = ['true', 'yes', 'y', 'on'];
const no = ['false', 'no', 'n', 'off'];
const nothing: ReadonlyMap<string, Entry> = new Map();

/** One place in a Compose file. Reading it checks it; every error says file, line, column and path. */
export class Reader {
  readonly value: Value;
  /** Path of the value. */
  readonly path: string;
  #entries: ReadonlyMap<string, Entry> | undefined;

  constructor(value: Value, path = '') {
    this.value = value;
    this.path = path;
    if (value.kind !== 'none') this.spend(1);
  }

  /** Not there, or `null`. */
  get absent(): boolean {
    return this.value.kind === 'none' || (this.value.kind === 'scalar' && this.value.scalar === null);
  }

  get isMap(): boolean {
    return this.value.kind === 'map';
  }

  get isList(): boolean {
    return this.value.kind === 'list';
  }

  /** Variables that the file may name. */
  get env(): Readonly<Record<string, string | undefined>> {
    return this.value.origin.source.env;
  }

  fail(what: string, cause?: unknown): never {
    const { source, line, column } = this.value.origin;
    return source.document.fail({ path: this.path, line, column }, what, cause);
  }

  warn(what: string): void {
    warnAt(this.value.origin, this.path, what);
  }

  /** Counts values that are made of this one. @throws {ComposeError} when those of the file are too many. */
  spend(values: number): void {
    const { source, line, column } = this.value.origin;
    source.document.spendValues(values, { path: this.path, line, column });
  }

  /** The value of a key; absent when the map has none. */
  get(key: string): Reader {
    const path = this.#join(key);
    const entry = this.#all().get(key);
    return new Reader(entry ? entry.read(path) : noValue(this.value.origin), path);
  }

  /**
   * Checks the keys of a map: warns about those without a meaning here, and refuses those that Compose does not know.
   * `x-…` keys are free for users.
   */
  keys(known: readonly string[], leftOut: readonly string[] = []): void {
    checkKeys(this.#all(), { known, leftOut, join: (key) => this.#join(key) });
  }

  entries(): [key: string, value: Reader][] {
    return [...this.#all()].map(([key, entry]) => [key, new Reader(entry.read(this.#join(key)), this.#join(key))]);
  }

  items(): Reader[] {
    if (this.absent) return [];
    if (!this.isList) this.fail(`must be a list, is ${this.#what()}`);
    return this.value.items().map((item, i) => new Reader(item.read(`${this.path}[${i}]`), `${this.path}[${i}]`));
  }

  /** Text, with `${NAME}` filled in; numbers and booleans count as what they look like. */
  text(wanted = 'text'): string {
    const { scalar: value, written, expanded } = this.value;
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
      this.fail(`must be ${wanted}, is ${this.#what()}`);
    if (typeof value !== 'string') return written ?? String(value);
    if (!value.isWellFormed()) this.fail('holds half a character (a lone surrogate)');
    this.#spendChars(value.length);
    return expanded ? value : this.#interpolate(value);
  }

  optionalText(): string | undefined {
    return this.absent ? undefined : this.text();
  }

  /** Reads true or false, in the spellings of YAML 1.1, as Compose does. */
  flag(): boolean | undefined {
    if (this.absent) return undefined;
    const value = this.#short('true or false').toLowerCase();
    if (yes.includes(value)) return true;
    return no.includes(value) ? false : this.fail(`must be true or false, is "${value}"`);
  }

  whole(max: number = Number.MAX_SAFE_INTEGER): number | undefined {
    if (this.absent) return undefined;
    const value = this.#short('a whole number');
    const number = Number(value);
    if (!/^\d+$/.test(value) || number > max) this.fail(`must be a whole number from 0 to ${max}, is "${value}"`);
    return number;
  }

  /** Whole number from -max to max. */
  signed(max: number): number | undefined {
    if (this.absent) return undefined;
    const value = this.#short('a whole number');
    const number = Number(value);
    if (!/^[+-]?\d+$/.test(value) || Math.abs(number) > max)
      this.fail(`must be a whole number from ${-max} to ${max}, is "${value}"`);
    return number;
  }

  number(max: number): number | undefined {
    if (this.absent) return undefined;
    const value = this.#short('a number');
    const number = Number(value);
    if (value.trim() === '' || !Number.isFinite(number) || number < 0 || number > max)
      this.fail(`must be a number from 0 to ${max}, is "${value}"`);
    return number;
  }

  /** Milliseconds: `1m30s`, `500ms`, `2h`. */
  duration(): number | undefined {
    if (this.absent) return undefined;
    const value = this.#short('a duration like 1m30s');
    const ms = Math.round(durationMs(value));
    if (!(ms >= 0)) this.fail(`must be a duration like 1m30s, is "${value}"`);
    return Number.isSafeInteger(ms) ? ms : this.fail(`is too long: "${value}"`);
  }

  /** Bytes: `512`, `64k`, `300M`, `1.5gb`. */
  bytes(): number | undefined {
    if (this.absent) return undefined;
    const value = this.#short('a size like 300M');
    const bytes = bytesOf(value) ?? this.fail(`must be a size like 300M, is "${value}"`);
    return Number.isSafeInteger(bytes) ? bytes : this.fail(`is too much: "${value}"`);
  }

  word<W extends string>(words: readonly W[]): W | undefined {
    if (this.absent) return undefined;
    const value = this.#short(`one of ${words.join(', ')}`);
    return words.find((word) => word === value) ?? this.fail(`must be one of ${words.join(', ')}; is "${value}"`);
  }

  /** A list of texts, or one text. */
  texts(): string[] {
    return this.isList || this.absent ? this.items().map((item) => item.text()) : [this.text()];
  }

  /** `NAME: value` pairs, or a list of `NAME=value`. A name without a value has an empty one. */
  pairs(): Record<string, string> {
    return Object.fromEntries([...this.#named()].map(([name, value]) => [name, value ?? '']));
  }

  /** The same for variables: a name without a value takes it from the environment; `undefined` where that has none. */
  variables(): Map<string, string | undefined> {
    return new Map([...this.#named()].map(([name, value]) => [name, value ?? this.env[name]]));
  }

  #named(): Map<string, string | undefined> {
    if (!this.absent && !this.isList && !this.isMap)
      this.fail(`must be a map or a list of NAME=value, is ${this.#what()}`);
    const named = new Map<string, string | undefined>();
    const add = (name: string, value: string | undefined, at: Reader) => {
      if (name === '') at.fail('must have a name before the =');
      if (name === '__proto__') at.fail('is no name that can be used');
      named.set(name, value);
    };
    for (const item of this.isList ? this.items() : []) {
      const text = item.text();
      const at = text.indexOf('=');
      if (at < 0) add(text, undefined, item);
      else add(text.slice(0, at), text.slice(at + 1), item);
    }
    for (const [key, value] of this.isList ? [] : this.entries())
      add(key, value.absent ? undefined : value.text(), value);
    return named;
  }

  #short(wanted: string): string {
    const value = this.text(wanted);
    if (value.length > wordCharsMax) this.fail(`must be ${wanted}, is ${value.length} characters long`);
    return value;
  }

  #all(): ReadonlyMap<string, Entry> {
    if (this.absent) return nothing;
    if (!this.isMap) this.fail(`must be a map, is ${this.#what()}`);
    return (this.#entries ??= this.value.entries(this.path));
  }

  #spendChars(count: number): void {
    const { source, line, column } = this.value.origin;
    source.document.spendChars(count, { path: this.path, line, column });
  }

  #join(key: string): string {
    return this.path === '' ? key : `${this.path}.${key}`;
  }

  #what(): string {
    if (this.absent) return 'empty';
    if (this.isMap) return 'a map';
    if (this.isList) return 'a list';
    const { scalar } = this.value;
    const text = JSON.stringify(typeof scalar === 'bigint' ? String(scalar) : scalar);
    return text.length > wordCharsMax ? `${text.slice(0, wordCharsMax)}…` : text;
  }

  #interpolate(text: string): string {
    return interpolate(text, {
      env: this.env,
      fail: (what) => this.fail(what),
      warn: (what) => this.warn(what),
      spend: (chars) => this.#spendChars(chars),
    });
  }
}
