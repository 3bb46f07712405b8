import { plainEqual } from '../../base/plain.js';

/** One field that differs between two objects. */
export interface FieldChange {
  /** E.g. `spec.annotations.labels.tier`, `spec.networks[0].target`. */
  readonly path: string;
  /** Absent where there was none. */
  readonly old?: unknown;
  /** Absent where there is none any more. */
  readonly new?: unknown;
}

/**
 * Differences, field by field, in the order of the fields; `id` and `meta` apart. Lists of the same length are compared
 * item by item, others as a whole. Without `before` everything is new, without `after` everything is gone.
 */
export function fieldChanges(before: object | undefined, after: object | undefined): readonly FieldChange[] {
  const changes: FieldChange[] = [];
  compare('', contentOf(before), contentOf(after), changes);
  return changes;
}

function contentOf(object: object | undefined): object {
  if (object === undefined) return {};
  const { id: _id, meta: _meta, ...content } = object as { id?: unknown; meta?: unknown };
  return content;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function compare(path: string, old: unknown, now: unknown, changes: FieldChange[]): void {
  if (plainEqual(old, now)) return;
  if (Array.isArray(old) && Array.isArray(now) && old.length === now.length) {
    old.forEach((item, i) => compare(`${path}[${i}]`, item, now[i], changes));
    return;
  }
  // A part that was added or removed is reported by its fields, unless it has none.
  const [was, is] = [old === undefined ? {} : old, now === undefined ? {} : now];
  if (isRecord(was) && isRecord(is) && Object.keys(was).length + Object.keys(is).length > 0) {
    for (const key of new Set([...Object.keys(was), ...Object.keys(is)]))
      compare(path === '' ? key : `${path}.${key}`, was[key], is[key], changes);
    return;
  }
  changes.push({ path, ...(old !== undefined && { old }), ...(now !== undefined && { new: now }) });
}
