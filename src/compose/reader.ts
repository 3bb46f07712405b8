import { isMap, isScalar, isSeq, type Node } from 'yaml';
import { parseDuration } from '../base/duration.js';
import { type Pair, YamlDocument } from './document.js';
import { interpolate } from './interpolate.js';

/** Context for reading a file: its meaning depends on its location. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * Resolves a path of the file to an absolute one. `~` is the user's folder; others are relative to the file's folder.
   */
  readonly absolute: (path: string) => string;
}

/** Longest number, time or word, characters. A longer one is a mistake, and slow to check. */
const wordCharsMax = 100;
const yes = ['true', 'yes', 'y', 'on'];
const no = ['false', 'no', 'n', 'off'];
const nothing: ReadonlyMap<string, Pair> = new Map();

/** One place in a Compose file. Reading it checks it; every error says file, line and path. */
export class Reader {
  readonly #document: YamlDocument;
  readonly #around: Surroundings;
  readonly #node: Node | undefined;
  /** Path of the value. */
  readonly #line: number;
  readonly path: string;

  private constructor(
    parent: { document: YamlDocument; around: Surroundings },
    node: unknown,
    path: string,
    line: number,
  ) {
    this.#document = parent.document;
    this.#around = parent.around;
    this.path = path;
    this.#node = this.#document.resolve(node, { path, line });
    this.#line = this.#document.lineOf(this.#node) ?? line;
    if (this.#node !== undefined) this.spend(1);
  }

  /** Parses a file. Throws {@link ComposeError} where it is not YAML. */
  static parse(text: string, file: string, around: Surroundings): Reader {
    const document = YamlDocument.parse(text, file);
    return new Reader({ document, around }, document.root, '', 1);
  }

  get warnings(): readonly string[] {
    return this.#document.warnings;
  }

  /** Not there, or `null`. */
  get absent(): boolean {
    return this.#node === undefined || (isScalar(this.#node) && this.#node.value === null);
  }

  get isMap(): boolean {
    return isMap(this.#node);
  }

  get isList(): boolean {
    return isSeq(this.#node);
  }

  fail(what: string, cause?: unknown): never {
    return this.#document.fail({ path: this.path, line: this.#line }, what, cause);
  }

  warn(what: string): void {
    this.#warnAt(this.path, what, this.#line);
  }

  /** Counts values that are made of this one. @throws {ComposeError} when those of the file are too many. */
  spend(values: number): void {
    this.#document.spendValues(values, { path: this.path, line: this.#line });
  }

  /** The value of a key; absent when the map has none. */
  get(key: string): Reader {
    const pair = this.#pairs().get(key);
    return this.#child(pair?.node, this.#join(key), pair?.line ?? this.#line);
  }

  /** Names keys without a meaning; `x-…` keys are free for users. */
  warnUnknown(known: readonly string[]): void {
    for (const [key, { line }] of this.#pairs()) {
      if (!known.includes(key) && !key.startsWith('x-'))
        this.#warnAt(this.#join(key), `"${key}" is not supported and is left out`, line);
    }
  }

  entries(): [key: string, value: Reader][] {
    return [...this.#pairs()].map(([key, { node, line }]) => [key, this.#child(node, this.#join(key), line)]);
  }

  items(): Reader[] {
    if (this.absent) return [];
    if (!isSeq(this.#node)) this.fail(`must be a list, is ${this.#what()}`);
    return this.#node.items.map((item, i) => this.#child(item, `${this.path}[${i}]`, this.#line));
  }

  /** Text, with `${NAME}` filled in; numbers and booleans count as what they look like. */
  text(wanted = 'text'): string {
    const value = isScalar(this.#node) ? this.#node.value : undefined;
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
      this.fail(`must be ${wanted}, is ${this.#what()}`);
    if (typeof value !== 'string') return String((this.#node as { source?: string }).source ?? value);
    if (!value.isWellFormed()) this.fail('holds half a character (a lone surrogate)');
    this.#document.spendChars(value.length, { path: this.path, line: this.#line });
    return this.#interpolate(value);
  }

  optionalText(): string | undefined {
    return this.absent ? undefined : this.text();
  }

  /** Reads an absolute path. */
  absolutePath(path: string): string {
    return this.#around.absolute(path);
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
    const [, count, unit = ''] =
      /^(\d+(?:\.\d+)?)\s*(b|[kmgt](?:i?b)?)?$/i.exec(value) ?? this.fail(`must be a size like 300M, is "${value}"`);
    const bytes = Math.round(Number(count) * 1024 ** 'bkmgt'.indexOf(unit.toLowerCase()[0] ?? 'b'));
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
    return this.#named(() => '');
  }

  /** The same for variables: a name without a value takes it from the environment, or is left out. */
  variables(): Record<string, string> {
    return this.#named((name) => this.#around.env[name]);
  }

  #named(unset: (name: string) => string | undefined): Record<string, string> {
    if (!this.absent && !this.isList && !this.isMap)
      this.fail(`must be a map or a list of NAME=value, is ${this.#what()}`);
    const named: Record<string, string> = {};
    const add = (name: string, value: string | undefined, at: Reader) => {
      if (name === '') at.fail('must have a name before the =');
      if (name === '__proto__') at.fail('is no name that can be used');
      if (value !== undefined) named[name] = value;
    };
    for (const item of this.isList ? this.items() : []) {
      const text = item.text();
      const at = text.indexOf('=');
      if (at < 0) add(text, unset(text), item);
      else add(text.slice(0, at), text.slice(at + 1), item);
    }
    for (const [key, value] of this.isList ? [] : this.entries())
      add(key, value.absent ? unset(key) : value.text(), value);
    return named;
  }

  #short(wanted: string): string {
    const value = this.text(wanted);
    if (value.length > wordCharsMax) this.fail(`must be ${wanted}, is ${value.length} characters long`);
    return value;
  }

  #pairs(): ReadonlyMap<string, Pair> {
    if (this.absent) return nothing;
    if (!isMap(this.#node)) this.fail(`must be a map, is ${this.#what()}`);
    return this.#document.pairs(this.#node, { path: this.path, line: this.#line });
  }

  #child(node: unknown, path: string, line: number): Reader {
    return new Reader({ document: this.#document, around: this.#around }, node, path, line);
  }

  #warnAt(path: string, what: string, line: number): void {
    this.#document.warnings.push(`${this.#document.file}:${line}: ${path === '' ? '' : `${path}: `}${what}`);
  }

  #join(key: string): string {
    return this.path === '' ? key : `${this.path}.${key}`;
  }

  #what(): string {
    if (this.absent) return 'empty';
    if (this.isMap) return 'a map';
    if (this.isList) return 'a list';
    const text = JSON.stringify((this.#node as { value?: unknown }).value);
    return text.length > wordCharsMax ? `${text.slice(0, wordCharsMax)}…` : text;
  }

  #interpolate(text: string): string {
    return interpolate(text, {
      env: this.#around.env,
      fail: (what) => this.fail(what),
      warn: (what) => this.warn(what),
      spend: (chars) => this.#document.spendChars(chars, { path: this.path, line: this.#line }),
    });
  }
}

/** Not a number for what is no duration. */
function durationMs(text: string): number {
  try {
    return parseDuration(text);
  } catch {
    return NaN;
  }
}
