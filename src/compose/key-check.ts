import { nearest } from './nearest.js';
import type { Entry, Origin } from './value.js';

/** Most characters of a key that are shown. */
const shownMax = 100;

/** Warns about keys without a meaning here, and refuses those that Compose does not know, with the nearest that it does. */
export function checkKeys(
  entries: ReadonlyMap<string, Entry>,
  {
    known,
    leftOut,
    join,
  }: {
    readonly known: readonly string[];
    readonly leftOut: readonly string[];
    readonly join: (key: string) => string;
  },
): void {
  for (const [key, { origin }] of entries) {
    if (known.includes(key) || key.startsWith('x-')) continue;
    const path = join(key);
    if (leftOut.includes(key)) {
      warnAt(origin, path, `"${key}" is not supported and is left out`);
      continue;
    }
    const near = nearest(key, [...known, ...leftOut]);
    const remedy = near === undefined ? 'remove it, or begin it with x-' : `write "${near}"`;
    const { source, line, column } = origin;
    source.document.fail({ path, line, column }, `"${key.slice(0, shownMax)}" is not a key of Compose here; ${remedy}`);
  }
}

/** Adds a warning with its place. */
export function warnAt({ source, line, column }: Origin, path: string, what: string): void {
  source.warnings.add(`${source.document.file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${what}`);
}
