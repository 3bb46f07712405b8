import { isMap, isScalar, isSeq, type Node } from 'yaml';
import type { YamlDocument } from './document.js';
import type { Spot } from './errors.js';

/** Access to the files that a Compose file names. */
export interface Files {
  /** Makes a path absolute: `~` is the user's folder; others are relative to `folder`. */
  readonly absolute: (path: string, folder: string) => string;
  /** Returns the folder of a file. */
  readonly folderOf: (path: string) => string;
  /** Reads a file; `undefined` when there is none. @throws when it cannot be read. */
  readonly read: (path: string) => Uint8Array | undefined;
}

/** Context for reading a file: its meaning depends on its location. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder to which paths of the file are relative. */
  readonly folder: string;
  readonly files: Files;
  /** Collects warnings, each with its place. */
  readonly warnings: Set<string>;
}

/** A file and its context: part of the place of each value. */
export interface Source extends Surroundings {
  readonly document: YamlDocument;
}

/** Place of a value, which may be in any of the files of a stack. */
export interface Origin extends Spot {
  readonly source: Source;
}

/** Entry of a map or a list; an alias is resolved when the entry is read. */
export interface Entry {
  readonly origin: Origin;
  readonly read: (path: string) => Value;
}

/** Value of a file, or of several files merged. */
export interface Value {
  readonly origin: Origin;
  /** `none`: not there. */
  readonly kind: 'none' | 'scalar' | 'list' | 'map';
  /** Value of a scalar; `null` is empty. */
  readonly scalar?: unknown;
  /** Number, time or word of a scalar, as it is written. */
  readonly written?: string | undefined;
  /** True for text whose variables have been expanded. */
  readonly expanded?: boolean;
  /** True: it replaces a value of an earlier file, without a merge. */
  readonly override?: boolean;
  /** True: it removes a value of an earlier file. */
  readonly reset?: boolean;
  readonly items: () => readonly Entry[];
  readonly entries: (path: string) => ReadonlyMap<string, Entry>;
}

const noItems = (): readonly Entry[] => [];
const noEntries = (): ReadonlyMap<string, Entry> => new Map();

/** Value that is not there. */
export function noValue(origin: Origin): Value {
  return { origin, kind: 'none', items: noItems, entries: noEntries };
}

/** Text, or `null`, that stands for itself. */
export function textValue(origin: Origin, scalar: string | null): Value {
  return { origin, kind: 'scalar', scalar, expanded: true, items: noItems, entries: noEntries };
}

export function mapValue(origin: Origin, entries: ReadonlyMap<string, Entry>): Value {
  return { origin, kind: 'map', items: noItems, entries: () => entries };
}

export function listValue(origin: Origin, items: readonly Entry[]): Value {
  return { origin, kind: 'list', items: () => items, entries: noEntries };
}

/** Entry whose value is known already. */
export function entryOf(value: Value, origin: Origin = value.origin): Entry {
  return { origin, read: () => value };
}

/** Root of a YAML file. */
export function rootValue(source: Source): Value {
  return yamlValue(source, source.document.root, { path: '', line: 1, column: 1 });
}

function yamlValue(source: Source, given: unknown, at: Spot & { readonly path: string }): Value {
  const { document } = source;
  const node: Node | undefined = document.resolve(given, at);
  const origin = { source, line: at.line, column: at.column, ...document.spotOf(node) };
  if (node === undefined || node.tag === '!reset') return { ...noValue(origin), reset: node !== undefined };
  const override = node.tag === '!override' || undefined;
  const child = (value: unknown, spot: Spot): Entry => ({
    origin: { source, line: spot.line, column: spot.column },
    read: (path) => yamlValue(source, value, { path, line: spot.line, column: spot.column }),
  });
  const base = { origin, items: noItems, entries: noEntries, ...(override && { override }) };
  if (isScalar(node)) return { ...base, kind: 'scalar', scalar: node.value, written: node.source };
  if (isSeq(node)) return { ...base, kind: 'list', items: () => node.items.map((item) => child(item, origin)) };
  if (!isMap(node)) return noValue(origin);
  const entries = (path: string) => {
    const pairs = document.pairs(node, { path, line: origin.line, column: origin.column });
    return new Map([...pairs].map(([key, pair]) => [key, child(pair.node, pair)] as const));
  };
  return { ...base, kind: 'map', entries };
}
