import { entriesOf } from './entries.js';
import { Entry } from './entry.js';
import type { Tell } from './watch.js';

/** Entries are the values, in the order of their keys. One that is no address is an error beside the others. */
export function tellValues(tell: Tell, values: ReadonlyMap<string, string>): void {
  const entries: Entry[] = [];
  const wrong: unknown[] = [];
  for (const [, value] of [...values].sort(([a], [b]) => (a < b ? -1 : 1))) {
    // An empty value marks a directory, as older clients left it.
    if (value === '') continue;
    try {
      entries.push(Entry.parse(value));
    } catch (error) {
      wrong.push(error);
    }
  }
  tell.entries(entriesOf(entries));
  for (const error of wrong) tell.error(error);
}
