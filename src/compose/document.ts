import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  Parser,
  visit,
  type YAMLMap,
} from 'yaml';
import { ComposeError, type Place, type Spot } from './errors.js';

/** Deepest nesting of lists and maps: the parser is recursive. */
const depthMax = 100;
/** Longest chain of merges (`<<`). */
const mergesMax = 100;
/** Most values in a file once its anchors are expanded. */
const valuesMax = 500_000;
/** Most characters of text in a file once its anchors and variables are expanded. */
const charsMax = 16 * 1024 * 1024;

/** One entry of a map: its value, and the place of its key. */
export interface Pair extends Spot {
  readonly node: unknown;
}

/** Parsed YAML file whose anchors and merges cost as much as their expansion, within limits. */
export class YamlDocument {
  readonly file: string;
  readonly warnings: readonly string[];
  readonly root: unknown;
  readonly #lines: LineCounter;
  /** Target node of each alias. */
  readonly #targets = new Map<unknown, Node>();
  /** Entries of each map, merges included: computed once, however often the map is merged. */
  readonly #pairs = new Map<YAMLMap, ReadonlyMap<string, Pair>>();
  /** Maps whose merges are being resolved. */
  readonly #merging = new Set<YAMLMap>();
  #valuesLeft = valuesMax;
  #charsLeft = charsMax;

  private constructor(file: string, lines: LineCounter, document: Document) {
    this.file = file;
    this.#lines = lines;
    this.root = document.contents ?? undefined;
    this.warnings = document.warnings
      .filter(({ message }) => !/Unresolved tag: !(?:reset|override)\b/.test(message))
      .map(({ pos, message }) => {
        const { line, column } = this.#spotAt(pos[0]);
        return `${file}:${line}:${column}: ${message.split('\n')[0]}`;
      });
    this.#look(document);
  }

  /** Parses a file. @throws {ComposeError} where it is not YAML, and where it is more than one document. */
  static parse(text: string, file: string): YamlDocument {
    const lines = new LineCounter();
    const refuse = (offset: number, what: string): never => {
      const { line, col } = lines.linePos(offset);
      throw new ComposeError({ file, path: '', line: line || 1, column: col || 1 }, what);
    };
    const tokens = [...new Parser(lines.addNewLine).parse(text)];
    for (const token of tokens) {
      const deep = tooDeep(token);
      if (deep !== undefined) refuse(deep, `lists and maps are nested more than ${depthMax} deep`);
    }
    const composer = new Composer({ prettyErrors: false, uniqueKeys: false });
    const [document, second] = [...composer.compose(tokens, true, text.length)] as [Document, Document | undefined];
    const [error] = document.errors;
    if (error) refuse(error.pos[0], error.message.split('\n')[0] ?? 'not YAML');
    if (second) refuse(second.range?.[0] ?? 0, 'there is a second document (---): a Compose file has one');
    return new YamlDocument(file, lines, document);
  }

  fail(at: Place, what: string, cause?: unknown): never {
    throw new ComposeError({ ...at, file: this.file }, what, cause === undefined ? undefined : { cause });
  }

  spotOf(node: unknown): Spot | undefined {
    const offset = (node as Node | null | undefined)?.range?.[0];
    return offset === undefined ? undefined : this.#spotAt(offset);
  }

  /** Returns the node itself, or the target of its alias. */
  resolve(node: unknown, at: Place): Node | undefined {
    if (!isAlias(node)) return (node ?? undefined) as Node | undefined;
    const place = { ...at, ...this.spotOf(node) };
    return this.#targets.get(node) ?? this.fail(place, `there is no anchor &${node.source}`);
  }

  /** Returns the map's own entries, and those merged in by `<<: *anchor`. */
  pairs(map: YAMLMap, at: Place): ReadonlyMap<string, Pair> {
    const known = this.#pairs.get(map);
    if (known) return known;
    if (this.#merging.has(map)) this.fail(at, '<< leads back to where it stands');
    if (this.#merging.size === mergesMax) this.fail(at, `more than ${mergesMax} merges (<<) follow one another`);
    this.#merging.add(map);
    const pairs = new Map<string, Pair>();
    const merged = new Map<YAMLMap, Place>();
    for (const { key, value } of map.items) {
      const place = { ...at, ...this.spotOf(key) };
      const { line, column } = place;
      const name = keyName(key) ?? this.fail(place, 'keys must be plain words');
      if (name !== '<<') pairs.set(name, { node: value, line, column });
      else for (const from of this.#sources(value, place)) merged.set(from, place);
    }
    this.spendValues(pairs.size, at);
    for (const [from, place] of merged) {
      const others = this.pairs(from, place);
      this.spendValues(others.size, at);
      for (const [name, pair] of others) if (!pairs.has(name)) pairs.set(name, pair);
    }
    this.#merging.delete(map);
    this.#pairs.set(map, pairs);
    return pairs;
  }

  /** Counts values as they are read, those behind an alias each time. @throws {ComposeError} when they are too many. */
  spendValues(count: number, at: Place): void {
    this.#valuesLeft -= count;
    if (this.#valuesLeft < 0)
      this.fail(at, `the file holds more than ${valuesMax} values once its anchors are filled in: split it`);
  }

  /** Counts characters of text in the same way. */
  spendChars(count: number, at: Place): void {
    this.#charsLeft -= count;
    if (this.#charsLeft < 0)
      this.fail(
        at,
        `the file holds more than ${charsMax} characters once anchors and variables are filled in: split it`,
      );
  }

  /** Returns the maps that one `<<` names. */
  #sources(value: unknown, at: Place): readonly YAMLMap[] {
    const node = this.resolve(value, at);
    const place = { ...at, ...this.spotOf(value) };
    const each = isSeq(node) ? node.items.map((item) => this.resolve(item, place)) : [node];
    this.spendValues(each.length, at);
    return each.map((one) =>
      isMap(one) ? one : this.fail({ ...place, ...this.spotOf(one) }, '<< must name a map, or a list of maps'),
    );
  }

  /** Visits the file once, in order: an alias refers to the last anchor of its name before it. */
  #look(document: Document): void {
    const anchors = new Map<string, Node>();
    visit(document, {
      Node: (_key, node) => {
        if (isAlias(node)) {
          const target = anchors.get(node.source);
          if (target) this.#targets.set(node, target);
        } else if (node.anchor !== undefined) anchors.set(node.anchor, node);
        if (isMap(node)) this.#checkKeys(node);
      },
    });
  }

  #checkKeys(map: YAMLMap): void {
    const seen = new Set<string>();
    for (const { key } of map.items) {
      const name = keyName(key);
      if (name === undefined) continue;
      if (seen.has(name))
        this.fail({ path: '', line: 1, column: 1, ...this.spotOf(key) }, `Map keys must be unique: "${name}"`);
      seen.add(name);
    }
  }

  #spotAt(offset: number): Spot {
    const { line, col } = this.#lines.linePos(offset);
    return { line, column: col };
  }
}

/** Finds a token that is nested too deeply to be composed. Not recursive, for that very reason. */
function tooDeep(token: CST.Token): number | undefined {
  const left: [token: CST.Token, depth: number][] = [[token, 0]];
  for (let next = left.pop(); next; next = left.pop()) {
    const [at, depth] = next;
    if (depth > depthMax) return at.offset;
    if ('value' in at && at.value) left.push([at.value, depth + 1]);
    if (!('items' in at)) continue;
    for (const { key, value } of at.items) for (const child of [key, value]) if (child) left.push([child, depth + 1]);
  }
  return undefined;
}

function keyName(key: unknown): string | undefined {
  const value = isScalar(key) ? key.value : undefined;
  if (typeof value === 'symbol') return value.description; // a %YAML 1.1 file has one for <<
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}
