/** Tells whether two values that came as JSON are the same. The order of fields matters: an engine keeps to its own. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [names, others] = [Object.keys(a), Object.keys(b)];
  return (
    names.length === others.length &&
    names.every((name, at) => name === others[at] && sameJson(fieldOf(a, name), fieldOf(b, name)))
  );
}

/** The value before when the one after is the same: what others have of it stays, and is not held twice. */
export function keepSame<T>(before: T, after: T): T {
  return sameJson(before, after) ? before : after;
}

const fieldOf = (object: object, name: string) => (object as Readonly<Record<string, unknown>>)[name];
