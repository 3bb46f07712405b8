import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
  type YAMLMap,
} from 'yaml';

/** A value in a Compose file that cannot be used: where it is, and what must be there. */
export class ComposeError extends Error {
  override readonly name = 'ComposeError';
  readonly file: string;
  readonly path: string;
  readonly line: number;

  constructor(
    at: { readonly file: string; readonly path: string; readonly line: number },
    what: string,
    options?: ErrorOptions,
  ) {
    super(`${at.file}:${at.line}: ${at.path === '' ? '' : `${at.path}: `}${what}`, options);
    this.file = at.file;
    this.path = at.path;
    this.line = at.line;
  }
}

/** What every part of one file shares. */
interface Source {
  readonly file: string;
  readonly lines: LineCounter;
  readonly document: Document;
  readonly warnings: string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** One place in a Compose file. Reading it checks it; every error says file, line and path. */
export class Reader {
  readonly #source: Source;
  readonly #node: Node | undefined;
  /** Where the value is. */
  readonly #line: number;
  /** Where its key is. */
  readonly #keyLine: number;
  readonly path: string;

  private constructor(source: Source, node: unknown, path: string, line: number) {
    this.#source = source;
    this.path = path;
    this.#keyLine = line;
    this.#line = lineOf(source, node) ?? line;
    this.#node = isAlias(node)
      ? (node.resolve(source.document) ?? this.fail(`there is no anchor &${node.source}`))
      : (node as Node | undefined);
    this.#line = lineOf(source, this.#node) ?? this.#line;
  }

  /** Parses a file. Throws {@link ComposeError} where it is not YAML. */
  static parse(text: string, file: string, env: Source['env']): Reader {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    const [error] = document.errors;
    if (error)
      throw new ComposeError(
        { file, path: '', line: lines.linePos(error.pos[0]).line || 1 },
        error.code === 'MULTIPLE_DOCS'
          ? 'there is a second document (---): a Compose file has one'
          : (error.message.split('\n')[0] ?? 'not YAML'),
      );
    const warnings = document.warnings.map(
      ({ pos, message }) => `${file}:${lines.linePos(pos[0]).line}: ${message.split('\n')[0]}`,
    );
    const source = { file, lines, document, warnings, env };
    return new Reader(source, document.contents ?? undefined, '', 1);
  }

  get warnings(): readonly string[] {
    return this.#source.warnings;
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
    throw new ComposeError(
      { file: this.#source.file, path: this.path, line: this.#line },
      what,
      cause === undefined ? undefined : { cause },
    );
  }

  warn(what: string, line = this.#line): void {
    this.#source.warnings.push(`${this.#source.file}:${line}: ${this.path === '' ? '' : `${this.path}: `}${what}`);
  }

  /** The value of a key; absent when the map has none. */
  get(key: string): Reader {
    const [, reader] = this.entries().find(([name]) => name === key) ?? [];
    return reader ?? new Reader(this.#source, undefined, this.#join(key), this.#line);
  }

  /** Names keys that mean nothing here; `x-…` is everybody's own. */
  warnUnknown(known: readonly string[]): void {
    const unknown = this.entries().filter(([key]) => !known.includes(key) && !key.startsWith('x-'));
    for (const [key, value] of unknown) value.warn(`"${key}" is not supported and is left out`, value.#keyLine);
  }

  entries(): [key: string, value: Reader][] {
    return this.absent ? [] : [...this.#pairs(new Set())];
  }

  /** What is written here, and what `<<: *anchor` brings in beside it. */
  #pairs(outer: ReadonlySet<unknown>): Map<string, Reader> {
    const map = this.#map();
    if (outer.has(map)) this.fail('<< leads back to where it stands');
    const pairs = new Map<string, Reader>();
    const merged: Reader[] = [];
    for (const { key, value } of map.items) {
      const name = keyName(key) ?? this.fail('keys must be plain words');
      const line = lineOf(this.#source, key) ?? this.#line;
      if (name !== '<<') pairs.set(name, new Reader(this.#source, value, this.#join(name), line));
      else {
        const from = new Reader(this.#source, value, this.path, line);
        merged.push(...(from.isList ? from.items() : [from]));
      }
    }
    for (const from of merged) {
      if (!from.isMap) from.fail('<< must name a map, or a list of maps');
      for (const [name, reader] of from.#pairs(new Set([...outer, map]))) {
        if (!pairs.has(name))
          pairs.set(name, new Reader(this.#source, reader.#node, this.#join(name), reader.#keyLine));
      }
    }
    return pairs;
  }

  items(): Reader[] {
    if (this.absent) return [];
    if (!isSeq(this.#node)) this.fail(`must be a list, is ${this.#what()}`);
    return (this.#node as { items: unknown[] }).items.map(
      (item, i) => new Reader(this.#source, item, `${this.path}[${i}]`, this.#line),
    );
  }

  /** Text, with `${NAME}` filled in; numbers and booleans count as what they look like. */
  text(wanted = 'text'): string {
    const value = isScalar(this.#node) ? this.#node.value : undefined;
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
      this.fail(`must be ${wanted}, is ${this.#what()}`);
    if (typeof value !== 'string') return String((this.#node as { source?: string }).source ?? value);
    if (!value.isWellFormed()) this.fail('holds half a character (a lone surrogate)');
    return this.#interpolate(value);
  }

  optionalText(): string | undefined {
    return this.absent ? undefined : this.text();
  }

  flag(): boolean | undefined {
    if (this.absent) return undefined;
    const value = this.text('true or false');
    if (value !== 'true' && value !== 'false') this.fail(`must be true or false, is "${value}"`);
    return value === 'true';
  }

  whole(max: number = Number.MAX_SAFE_INTEGER): number | undefined {
    if (this.absent) return undefined;
    const value = this.text('a whole number');
    const number = Number(value);
    if (!/^\d+$/.test(value) || number > max) this.fail(`must be a whole number from 0 to ${max}, is "${value}"`);
    return number;
  }

  number(max: number): number | undefined {
    if (this.absent) return undefined;
    const value = this.text('a number');
    const number = Number(value);
    if (value.trim() === '' || !Number.isFinite(number) || number < 0 || number > max)
      this.fail(`must be a number from 0 to ${max}, is "${value}"`);
    return number;
  }

  /** Milliseconds: `1m30s`, `500ms`, `2h`. */
  duration(): number | undefined {
    if (this.absent) return undefined;
    const value = this.text('a duration like 1m30s');
    if (value === '0') return 0;
    const factors: Record<string, number> = { us: 0.001, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
    const parts = [...value.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|m|h)/g)];
    if (parts.length === 0 || parts.map(([part]) => part).join('') !== value)
      this.fail(`must be a duration like 1m30s, is "${value}"`);
    const ms = Math.round(parts.reduce((sum, [, count, unit]) => sum + Number(count) * (factors[unit ?? ''] ?? 0), 0));
    return Number.isSafeInteger(ms) ? ms : this.fail(`is too long: "${value}"`);
  }

  /** Bytes: `512`, `64k`, `300M`, `1.5gb`. */
  bytes(): number | undefined {
    if (this.absent) return undefined;
    const value = this.text('a size like 300M');
    const [, count, unit = ''] =
      /^(\d+(?:\.\d+)?)\s*(b|[kmgt](?:i?b)?)?$/i.exec(value) ?? this.fail(`must be a size like 300M, is "${value}"`);
    const bytes = Math.round(Number(count) * 1024 ** 'bkmgt'.indexOf(unit.toLowerCase()[0] ?? 'b'));
    return Number.isSafeInteger(bytes) ? bytes : this.fail(`is too much: "${value}"`);
  }

  word<W extends string>(words: readonly W[]): W | undefined {
    if (this.absent) return undefined;
    const value = this.text();
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
    return this.#named((name) => this.#source.env[name]);
  }

  #named(unset: (name: string) => string | undefined): Record<string, string> {
    if (!this.absent && !this.isList && !this.isMap)
      this.fail(`must be a map or a list of NAME=value, is ${this.#what()}`);
    const pairs: [name: string, value: string | undefined, at: Reader][] = this.isList
      ? this.items().map((item) => {
          const text = item.text();
          const at = text.indexOf('=');
          return at < 0 ? [text, unset(text), item] : [text.slice(0, at), text.slice(at + 1), item];
        })
      : this.entries().map(([key, value]) => [key, value.absent ? unset(key) : value.text(), value]);
    const bad = pairs.find(([name]) => name === '' || name === '__proto__');
    if (bad) bad[2].fail(bad[0] === '' ? 'must have a name before the =' : 'is no name that can be used');
    return Object.fromEntries(pairs.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
  }

  #map(): YAMLMap {
    if (!isMap(this.#node)) this.fail(`must be a map, is ${this.#what()}`);
    return this.#node;
  }

  #join(key: string): string {
    return this.path === '' ? key : `${this.path}.${key}`;
  }

  #what(): string {
    if (this.absent) return 'empty';
    if (this.isMap) return 'a map';
    if (this.isList) return 'a list';
    return JSON.stringify((this.#node as { value?: unknown }).value);
  }

  /**
   * `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME:+other}`, `${NAME:?message}`, each without the colon too: then an empty
   * value counts as set. What follows the operator is filled in as well. `$$` is a dollar.
   */
  #interpolate(text: string): string {
    let filled = '';
    for (let at = 0; at < text.length;) {
      const [whole = '', dollar, plain] = /^(?:(\$\$)|\$([A-Za-z_]\w*)|\$(?!\{)|[^$]+)/.exec(text.slice(at)) ?? [];
      if (whole === '') {
        const end = closingBrace(text, at) ?? this.fail(`has a \${ that is not closed: write $$ for a dollar`);
        filled += this.#braced(text.slice(at + 2, end));
        at = end + 1;
        continue;
      }
      at += whole.length;
      if (dollar !== undefined) filled += '$';
      else filled += plain === undefined ? whole : this.#variable(plain);
    }
    return filled;
  }

  /** What is between the braces. */
  #braced(inside: string): string {
    const [, name = '', operator, operand = ''] =
      /^([A-Za-z_]\w*)(?:(:?[-?+])([^]*))?$/.exec(inside) ??
      this.fail(`cannot use "\${${inside}}": write $$ for a dollar`);
    if (operator === undefined) return this.#variable(name);
    const value = this.#source.env[name];
    const set = value !== undefined && !(operator.startsWith(':') && value === '');
    if (operator.endsWith('+')) return set ? this.#interpolate(operand) : '';
    if (set) return value;
    if (operator.endsWith('-')) return this.#interpolate(operand);
    return this.fail(`${name} must be set in the environment${operand ? `: ${operand}` : ''}`);
  }

  #variable(name: string): string {
    const value = this.#source.env[name];
    if (value === undefined) this.warn(`${name} is not set in the environment and counts as empty`);
    return value ?? '';
  }
}

/** Where the `${` at `from` is closed; what is nested inside is skipped. */
function closingBrace(text: string, from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if (text.startsWith('$$', at)) at++;
    else if (text.startsWith('${', at)) depth++;
    else if (text[at] === '}' && --depth === 0) return at;
  }
  return undefined;
}

function lineOf({ lines }: Source, node: unknown): number | undefined {
  const offset = (node as Node | null | undefined)?.range?.[0];
  return offset === undefined ? undefined : lines.linePos(offset).line;
}

function keyName(key: unknown): string | undefined {
  const value = isScalar(key) ? key.value : undefined;
  if (typeof value === 'symbol') return value.description; // a %YAML 1.1 file has one for <<
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}
