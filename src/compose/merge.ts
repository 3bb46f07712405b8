import { listKey, ruleOf } from './merge-rules.js';
import { Reader } from './reader.js';
import { type Entry, entryOf, listValue, mapValue, noValue, textValue, type Value } from './value.js';

/**
 * Merges a value of a later file over that of an earlier one, as the Compose specification has it: maps are merged,
 * lists joined, and other values replaced. `!override` replaces, `!reset` removes.
 * @param at keys that lead to the value: the rules differ by place.
 */
export function merged(base: Value, over: Value, at: readonly string[]): Value {
  if (over.reset) return noValue(over.origin);
  if (over.override || base.kind === 'none') return over;
  if (over.kind === 'none') return base;
  const rule = ruleOf(at);
  const isEmpty = over.kind === 'scalar' && over.scalar === null;
  if (isEmpty) return base.kind === 'scalar' ? over : base;
  if (base.kind === 'scalar' && base.scalar === null) return over;
  if (rule === 'replace') return over;
  const path = at.join('.');
  if (rule === 'pairs') return mergedMaps(toPairs(base, path, '='), toPairs(over, path, '='), at);
  if (rule === 'keys') return mergedMaps(toKeys(base, path), toKeys(over, path), at);
  if (rule === 'hosts' && base.kind !== over.kind) return joined(toLines(base, path), toLines(over, path), at);
  if (rule === 'logging' && driverOf(base, path) !== driverOf(over, path)) return over;
  const lists = rule === 'texts' ? [toList(base), toList(over)] : [base, over];
  const [first = base, second = over] = lists;
  if (first.kind === 'scalar' && second.kind === 'scalar') return second;
  if (first.kind !== second.kind) {
    if (rule === 'either') return second;
    const { source, line } = base.origin;
    new Reader(over, path).fail(
      `is ${aKind(over)}, and ${aKind(base)} at ${source.document.file}:${line}: write both in one way, or use !override`,
    );
  }
  return first.kind === 'map' ? mergedMaps(first, second, at) : joined(first, second, at);
}

function aKind({ kind }: Value): string {
  return kind === 'scalar' ? 'one value' : `a ${kind}`;
}

/** Merges maps. Values are merged when they are read. */
function mergedMaps(base: Value, over: Value, at: readonly string[]): Value {
  const path = at.join('.');
  const entries = new Map(base.entries(path));
  for (const [key, entry] of over.entries(path)) {
    const before = entries.get(key);
    const value = entry.read(path === '' ? key : `${path}.${key}`);
    if (value.reset) entries.delete(key);
    else if (!before) entries.set(key, entry);
    else
      entries.set(key, {
        origin: entry.origin,
        read: (where) => merged(before.read(where), entry.read(where), [...at, key]),
      });
  }
  return mapValue(over.origin, entries);
}

/** Joins lists. An item of the later one replaces that with the same key: the same port, or the same target. */
function joined(base: Value, over: Value, at: readonly string[]): Value {
  const path = at.join('.');
  const keyed = new Map<string, Entry>();
  const add = (entry: Entry, i: number) => {
    const value = entry.read(`${path}[${i}]`);
    const key = value.kind === 'none' ? undefined : listKey(at, new Reader(value, `${path}[${i}]`));
    keyed.set(key ?? `#${keyed.size}`, entry);
  };
  base.items().forEach(add);
  over.items().forEach(add);
  return listValue(over.origin, [...keyed.values()]);
}

function toList(value: Value): Value {
  return value.kind === 'scalar' ? listValue(value.origin, [entryOf(value)]) : value;
}

/** Turns a list of `NAME=value` into a map. */
function toPairs(value: Value, path: string, separator: string): Value {
  if (value.kind !== 'list') return value;
  const entries = value.items().map((item, i): [string, Entry] => {
    const read = item.read(`${path}[${i}]`);
    const text = new Reader(read, `${path}[${i}]`).text();
    const at = text.indexOf(separator);
    if (at < 0) return [text, entryOf(textValue(read.origin, null))];
    return [text.slice(0, at), entryOf(textValue(read.origin, text.slice(at + 1)))];
  });
  return mapValue(value.origin, new Map(entries));
}

/** Turns a list of keys into a map without values. */
function toKeys(value: Value, path: string): Value {
  if (value.kind !== 'list') return value;
  const entries = value.items().map((item, i): [string, Entry] => {
    const read = item.read(`${path}[${i}]`);
    return [new Reader(read, `${path}[${i}]`).text(), entryOf(textValue(read.origin, null))];
  });
  return mapValue(value.origin, new Map(entries));
}

/** Turns a map of hosts into lines. */
function toLines(value: Value, path: string): Value {
  if (value.kind !== 'map') return value;
  const lines = new Reader(value, path)
    .entries()
    .map(([name, address]) => entryOf(textValue(address.value.origin, `${name}=${address.text()}`)));
  return listValue(value.origin, lines);
}

function driverOf(value: Value, path: string): string | undefined {
  return value.kind === 'map' ? new Reader(value, path).get('driver').optionalText() : undefined;
}
