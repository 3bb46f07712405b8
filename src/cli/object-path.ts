import { StoreError } from '../base/store-error.js';

// Paths to fields of objects, as people write them: `spec.mode.replicated.replicas`, `spec.ports[0].target`,
// `spec.annotations.labels["com.example.tier"]`.

/** Steps from an object to one of its fields: names of fields, and places in lists. */
export type Path = readonly (string | number)[];

/** A field and its new value. `loose`: the text could also be meant as it stands. */
export interface Assignment {
  readonly path: Path;
  readonly value: unknown;
  readonly loose?: string;
}

const step = /([^.[\]]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/y;

/** Reads a path. Throws `INVALID_OBJECT`. */
export function parsePath(text: string): Path {
  const path: (string | number)[] = [];
  let at = 0;
  while (at < text.length) {
    if (path.length > 0 && text[at] === '.') at++;
    step.lastIndex = at;
    const found = step.exec(text);
    if (!found) break;
    const [whole, name, place, quoted] = found;
    path.push(
      place !== undefined ? Number(place) : quoted !== undefined ? (JSON.parse(quoted) as string) : String(name),
    );
    at += whole.length;
  }
  if (at < text.length || path.length === 0 || text.endsWith('.'))
    throw new StoreError('INVALID_OBJECT', `"${text}" is not a path, such as spec.ports[0].target or labels["a.b"]`);
  if (path.includes('__proto__')) throw new StoreError('INVALID_OBJECT', `"${text}" names a field that no object has`);
  return path;
}

/** Reads `path=value`: JSON where the value is JSON, else text. Throws `INVALID_OBJECT`. */
export function parseAssignment(text: string): Assignment {
  const at = equalSign(text);
  if (at <= 0) throw new StoreError('INVALID_OBJECT', `"${text}" must be PATH=VALUE, like spec.annotations.name=web`);
  const path = parsePath(text.slice(0, at));
  const given = text.slice(at + 1);
  try {
    const value: unknown = JSON.parse(given);
    return typeof value === 'string' ? { path, value } : { path, value, loose: given };
  } catch {
    return { path, value: given };
  }
}

/** Place of the first `=` that is not part of a quoted name. */
function equalSign(text: string): number {
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\' && quoted) i++;
    else if (text[i] === '"') quoted = !quoted;
    else if (text[i] === '=' && !quoted) return i;
  }
  return -1;
}

/** Returns the field at a path; `undefined` where there is none. */
export function fieldAt(object: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string | number, unknown>)[key]
        : undefined,
    object,
  );
}

/** Returns a copy with another field; `undefined` removes it. Throws `INVALID_OBJECT`. */
export function withField(object: unknown, path: Path, value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const inner = fieldAt(object, [key]);
  const made = withField(inner, rest, value);
  if (typeof key === 'number' || Array.isArray(object)) return withItem(object, key, made);
  if (typeof object === 'object' || object === undefined) {
    const copy: Record<string, unknown> = { ...object };
    if (made === undefined) delete copy[key];
    else copy[key] = made;
    return copy;
  }
  throw new StoreError('INVALID_OBJECT', `${pathText(path)}: ${JSON.stringify(object)} has no fields`);
}

function withItem(object: unknown, key: string | number, made: unknown): unknown[] {
  const items: unknown[] = Array.isArray(object) ? [...(object as unknown[])] : [];
  if (typeof key !== 'number' || (object !== undefined && !Array.isArray(object)) || key > items.length)
    throw new StoreError(
      'INVALID_OBJECT',
      `[${key}] is no place in a list of ${items.length}; the next is [${items.length}]`,
    );
  if (made === undefined) items.splice(key, 1);
  else items[key] = made;
  return items;
}

/** Writes a path as {@link parsePath} reads it. */
export function pathText(path: Path): string {
  return path
    .map((key, i) => {
      if (typeof key === 'number') return `[${key}]`;
      if (/[.[\]="]/.test(key)) return `[${JSON.stringify(key)}]`;
      return i === 0 ? key : `.${key}`;
    })
    .join('');
}

/** Makes the changes. A value that could be a number or text is text where the field holds text. */
export function assigned(object: object, assignments: readonly Assignment[]): object {
  return assignments.reduce<object>((made, { path, value, loose }) => {
    const isText = loose !== undefined && typeof fieldAt(made, path) === 'string';
    return withField(made, path, isText ? loose : value) as object;
  }, object);
}
