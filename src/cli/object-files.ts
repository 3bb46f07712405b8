import { type Document, isMap, LineCounter, parseAllDocuments } from 'yaml';
import { StoreError } from '../base/store-error.js';
import { isKindName } from '../kinds/index.js';
import { UsageError } from './exit-codes.js';

/** An object in a file: its kind and fields as they are written. */
export interface ObjectDocument {
  /** File and line, for messages. */
  readonly place: string;
  /** As written: singular or plural. */
  readonly kind: string;
  /** Fields beside `kind`. */
  readonly object: Readonly<Record<string, unknown>>;
}

export interface NamedText {
  readonly file: string;
  readonly text: string;
}

/**
 * Reads objects: YAML documents or JSON, each with `kind` at the top, or lists of those. `undefined` for a file without
 * any `kind`, such as a Compose file. Throws `INVALID_OBJECT` with file and line.
 */
export function readObjects({ file, text }: NamedText): ObjectDocument[] | undefined {
  const lines = new LineCounter();
  const documents = [...parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true })];
  const refuse = (offset: number, what: string): never => {
    throw new StoreError('INVALID_OBJECT', `${file}:${lines.linePos(offset).line}: ${what}`);
  };
  const parts = documents.flatMap(partsOf);
  if (!parts.some(({ value }) => isRecord(value) && typeof value.kind === 'string')) return undefined;
  const wrong = documents.flatMap(({ errors }) => errors)[0];
  if (wrong) refuse(wrong.pos[0], wrong.message);
  return parts.map(({ value, offset }) => {
    if (!isRecord(value)) return refuse(offset, 'an object must be a map with kind and its fields');
    const { kind, ...object } = value;
    if (!isKindName(kind)) return refuse(offset, 'kind is missing; begin each document with kind: NAME');
    return { place: `${file}:${lines.linePos(offset).line}`, kind, object };
  });
}

/** Reads files that are all of objects; `undefined` when none is. Objects and Compose files do not mix. */
export function objectsIn(texts: readonly NamedText[]): ObjectDocument[] | undefined {
  const read = texts.map((text) => readObjects(text));
  const other = texts[read.indexOf(undefined)];
  if (read.every((objects) => objects === undefined)) return undefined;
  if (other) throw new UsageError(`${other.file} has no kind: at the top; apply Compose files by themselves`);
  return read.flatMap((objects) => objects ?? []);
}

interface Part {
  readonly value: unknown;
  readonly offset: number;
}

/** The parts of one document: itself, or the items of its list. Empty documents have none. */
function partsOf(document: Document.Parsed): Part[] {
  const { contents } = document;
  const value: unknown =
    document.errors.length > 0 && !isMap(contents) ? undefined : document.toJS({ maxAliasCount: 100 });
  const offset = contents?.range?.[0] ?? 0;
  if (contents === null || value === null) return [];
  return Array.isArray(value) ? value.map((item: unknown) => ({ value: item, offset })) : [{ value, offset }];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
