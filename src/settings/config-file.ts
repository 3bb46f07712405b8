import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { messageOf } from '../base/errors.js';
import { flagName, nearest } from './names.js';
import type { Layer, Source } from './sources.js';
import { type ManagerSetting, managerTable, type TextSetting } from './table.js';

const rows = new Map(managerTable.map((row) => [flagName(row[0]), row]));
const keys = [...rows.keys()];
const jsTypes = { text: 'string', number: 'number', switch: 'boolean' } as const;
const nouns = { text: 'text', number: 'a number', switch: 'true or false' } as const;

/** A value that cannot be used, and where it is. */
class Mistake extends Error {
  constructor(
    readonly node: Node | null | undefined,
    message: string,
  ) {
    super(message);
  }
}

/** Reads a config file: a map in YAML whose keys are the names of the flags. Every mistake has `FILE:LINE:COLUMN`. */
export function fromFile(text: string, file: string): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const placeOf = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line || 1}:${col || 1}`;
  };
  const unreadable = [...document.errors, ...document.warnings].map(
    ({ pos, message }) => `${placeOf(pos[0])}: ${message.split('\n')[0]}`,
  );
  if (unreadable.length > 0) return { layer: {}, mistakes: unreadable };
  const layer: Layer = {};
  const mistakes: string[] = [];
  for (const read of readersOf(document)) {
    try {
      const { name, value, key } = read();
      layer[name] = { value, from: 'file', at: placeOf(key.range?.[0] ?? 0) };
    } catch (error) {
      if (!(error instanceof Mistake)) throw error;
      mistakes.push(`${placeOf(error.node?.range?.[0] ?? 0)}: ${error.message}`);
    }
  }
  return { layer, mistakes };
}

interface Entry {
  readonly name: ManagerSetting;
  readonly value: unknown;
  readonly key: Node;
}

/** Returns one reader for each line of the map; each throws a {@link Mistake} of its own. */
function readersOf(document: Document): (() => Entry)[] {
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null)) return [];
  if (!isMap(contents)) {
    const refuse = () => {
      throw new Mistake(contents, 'a config file is a map of settings, such as "name: m1"');
    };
    return [refuse];
  }
  return contents.items.map((pair) => () => {
    const key = pair.key as Node;
    const [name, row] = rowOf(key);
    const value = valueOf(key, resolved(pair.value as Node | null, document), row, document);
    return { name, value, key };
  });
}

function rowOf(key: Node): readonly [ManagerSetting, TextSetting] {
  const given = isScalar(key) ? String(key.value) : 'a list or a map';
  const row = rows.get(given);
  if (row === undefined) {
    const near = nearest(given, keys);
    const hint = near === undefined ? `use one of ${keys.join(', ')}` : `did you mean "${near}"?`;
    throw new Mistake(key, `there is no setting "${given}"; ${hint}`);
  }
  const { flagOnly } = row[1];
  if (flagOnly !== undefined)
    throw new Mistake(key, `${given} cannot be in a file, because ${flagOnly}; use the flag --${given}`);
  return row;
}

function valueOf(key: Node, node: Node | null, { type, example }: TextSetting, document: Document): unknown {
  const name = String(isScalar(key) && key.value);
  if (node === null || (isScalar(node) && node.value === null))
    throw new Mistake(node ?? key, `${name} has no value; write one, such as ${example}, or remove the line`);
  const { item } = type;
  if (item === undefined) return scalar(node, type, name);
  if (!isSeq(node)) throw new Mistake(node, `${name} must be a list, such as ${example}`);
  return node.items.map((one) => scalar(resolved(one as Node, document), item, name));
}

function scalar(node: Node | null, { form, read }: TextSetting['type'], name: string): unknown {
  const value = isScalar(node) ? node.value : undefined;
  const shown = isScalar(node) ? JSON.stringify(value) : 'a list or a map';
  if (form !== 'list' && typeof value !== jsTypes[form]) {
    const hint = form === 'text' && isScalar(node) ? '; put it in quotes' : '';
    throw new Mistake(node, `${name} must be ${nouns[form]}, is ${shown}${hint}`);
  }
  try {
    return read(String(value));
  } catch (error) {
    throw new Mistake(node, `${name}: ${messageOf(error)}, is ${shown}`);
  }
}

/** Follows an alias. */
function resolved(node: Node | null, document: Document): Node | null {
  if (!isAlias(node)) return node;
  const target = node.resolve(document);
  if (target === undefined) throw new Mistake(node, `there is no anchor &${node.source}`);
  return target;
}
