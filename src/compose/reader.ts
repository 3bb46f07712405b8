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
  readonly #line: number;
  readonly path: string;

  private constructor(source: Source, node: unknown, path: string, line: number) {
    const resolved = isAlias(node) ? node.resolve(source.document) : (node as Node | undefined);
    this.#source = source;
    this.#node = resolved;
    this.path = path;
    const offset = resolved?.range?.[0];
    this.#line = offset === undefined ? line : source.lines.linePos(offset).line;
  }

  /** Parses a file. Throws {@link ComposeError} where it is not YAML. */
  static parse(text: string, file: string, env: Source['env']): Reader {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines, merge: true, prettyErrors: false });
    const source = { file, lines, document, warnings: [], env };
    const [error] = document.errors;
    if (error)
      throw new ComposeError(
        { file, path: '', line: lines.linePos(error.pos[0]).line || 1 },
        error.message.split('\n')[0] ?? 'not YAML',
      );
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

  warn(what: string): void {
    this.#source.warnings.push(
      `${this.#source.file}:${this.#line}: ${this.path === '' ? '' : `${this.path}: `}${what}`,
    );
  }

  /** The value of a key; absent when the map has none. */
  get(key: string): Reader {
    return new Reader(this.#source, this.absent ? undefined : this.#map().get(key, true), this.#join(key), this.#line);
  }

  /** Names keys that mean nothing here; `x-…` is everybody's own. */
  warnUnknown(known: readonly string[]): void {
    const unknown = this.entries().filter(([key]) => !known.includes(key) && !key.startsWith('x-'));
    for (const [key, value] of unknown) value.warn(`"${key}" is not supported and is left out`);
  }

  entries(): [key: string, value: Reader][] {
    if (this.absent) return [];
    const pairs: [string, unknown][] = [];
    for (const { key, value } of this.#map().items) {
      const name = isScalar(key) ? String(key.value) : this.fail('keys must be plain words');
      if (name === '<<') pairs.push(...this.#merged(value));
      else pairs.push([name, value]);
    }
    const own = new Map(pairs);
    return [...own].map(([key, value]) => [key, new Reader(this.#source, value, this.#join(key), this.#line)]);
  }

  items(): Reader[] {
    if (this.absent) return [];
    if (!isSeq(this.#node)) this.fail(`must be a list, is ${this.#what()}`);
    return (this.#node as { items: unknown[] }).items.map(
      (item, i) => new Reader(this.#source, item, `${this.path}[${i}]`, this.#line),
    );
  }

  /** Text, with `${NAME}` filled in; numbers and booleans count as what they look like. */
  text(): string {
    const value = isScalar(this.#node) ? this.#node.value : undefined;
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
      this.fail(`must be text, is ${this.#what()}`);
    return typeof value === 'string'
      ? this.#interpolate(value)
      : String((this.#node as { source?: string }).source ?? value);
  }

  optionalText(): string | undefined {
    return this.absent ? undefined : this.text();
  }

  flag(): boolean | undefined {
    if (this.absent) return undefined;
    const value = this.text();
    if (value !== 'true' && value !== 'false') this.fail(`must be true or false, is "${value}"`);
    return value === 'true';
  }

  whole(max: number = Number.MAX_SAFE_INTEGER): number | undefined {
    if (this.absent) return undefined;
    const value = this.text();
    const number = Number(value);
    if (!/^\d+$/.test(value) || number > max) this.fail(`must be a whole number from 0 to ${max}, is "${value}"`);
    return number;
  }

  number(): number | undefined {
    if (this.absent) return undefined;
    const value = this.text();
    const number = Number(value);
    if (value.trim() === '' || !Number.isFinite(number) || number < 0)
      this.fail(`must be a number from 0, is "${value}"`);
    return number;
  }

  /** Milliseconds: `1m30s`, `500ms`, `2h`. */
  duration(): number | undefined {
    if (this.absent) return undefined;
    const value = this.text();
    const factors: Record<string, number> = { us: 0.001, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
    const parts = [...value.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|m|h)/g)];
    if (parts.length === 0 || parts.map(([part]) => part).join('') !== value)
      this.fail(`must be a duration like 1m30s, is "${value}"`);
    return Math.round(parts.reduce((sum, [, count, unit]) => sum + Number(count) * (factors[unit ?? ''] ?? 0), 0));
  }

  /** Bytes: `512`, `64k`, `300M`, `1.5gb`. */
  bytes(): number | undefined {
    if (this.absent) return undefined;
    const value = this.text();
    const [, count, unit = ''] =
      /^(\d+(?:\.\d+)?)\s*(b|k|kb|m|mb|g|gb|t|tb)?$/i.exec(value) ??
      this.fail(`must be a size like 300M, is "${value}"`);
    return Math.round(Number(count) * 1024 ** 'bkmgt'.indexOf(unit.toLowerCase()[0] ?? 'b'));
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

  /** `NAME: value` pairs, or a list of `NAME=value`. A name without a value takes it from the environment, or is left out. */
  pairs(): Record<string, string> {
    const pairs: [string, string | undefined][] = this.isList
      ? this.items().map((item) => {
          const text = item.text();
          const at = text.indexOf('=');
          return at < 0 ? [text, this.#source.env[text]] : [text.slice(0, at), text.slice(at + 1)];
        })
      : this.entries().map(([key, value]) => [key, value.absent ? this.#source.env[key] : value.text()]);
    return Object.fromEntries(pairs.filter((pair): pair is [string, string] => pair[1] !== undefined));
  }

  #map(): YAMLMap {
    if (!isMap(this.#node)) this.fail(`must be a map, is ${this.#what()}`);
    return this.#node;
  }

  /** What `<<: *anchor` brings in; what is written beside it comes later and wins. */
  #merged(value: unknown): [string, unknown][] {
    const from = new Reader(this.#source, value, this.path, this.#line);
    const maps = from.isList ? from.items() : [from];
    return maps.flatMap((map) => map.entries().map(([key, reader]): [string, unknown] => [key, reader.#node]));
  }

  #join(key: string): string {
    return this.path === '' ? key : `${this.path}.${key}`;
  }

  #what(): string {
    if (this.absent) return 'empty';
    if (this.isMap) return 'a map';
    return this.isList ? 'a list' : 'something else';
  }

  /** `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `${NAME:?message}`; `$$` is a dollar. */
  #interpolate(text: string): string {
    return text.replace(
      /\$(?:(\$)|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-?])([^}]*))?\})/g,
      (_whole, dollar, plain, name, operator, operand: string) => {
        if (dollar) return '$';
        const key = (plain ?? name) as string;
        const value = this.#source.env[key];
        const unset = value === undefined || (typeof operator === 'string' && operator.startsWith(':') && value === '');
        if (!unset) return value;
        if (operator === ':-' || operator === '-') return operand;
        if (operator === ':?' || operator === '?')
          this.fail(`${key} must be set in the environment${operand ? `: ${operand}` : ''}`);
        this.warn(`${key} is not set in the environment and counts as empty`);
        return '';
      },
    );
  }
}
