import { LongList } from '../base/long-list.js';
import type { Tree } from './btree.js';
import { keyIn, keyOf } from './key.js';
import { TreeBuilder } from './tree-builder.js';

/** Keys of a run: sorting so many takes about a millisecond. */
const runMax = 2_048;

/** Entries between two places where a builder can be paused. */
const entriesPerStep = 64;

/** The ids of all rows of one key, in order: most keys of some indexes have one. */
type Ids = string | LongList<string>;

interface Group {
  readonly key: string;
  readonly ids: Ids;
}

/** Groups in order of their keys. */
type Run = readonly Group[];

/**
 * Builds an index out of rows that come in order of their ids. Rows of one key are a group, which is in order by itself;
 * only the keys are sorted: some at a time, and then merged.
 */
export class IndexBuilder {
  /** By the only part of the key: no key need be made of it to find its group. */
  #byPart = new Map<string, Ids>();
  /** By the key, when it has several parts or none. */
  #byKey = new Map<string, Ids>();
  readonly #runs: Run[] = [];

  add(parts: readonly string[], id: string): void {
    const [part] = parts;
    if (parts.length === 1) addTo(this.#byPart, part as string, id);
    else addTo(this.#byKey, keyOf(...parts), id);
    if (this.#byPart.size + this.#byKey.size >= runMax) this.#endRun();
  }

  /** The index of all that was added. Yields after a little work, so that the caller can pause. */
  *build(): Generator<undefined, Tree<string>> {
    this.#endRun();
    const builder = new TreeBuilder<string>();
    let entries = 0;
    for (const { key, ids } of merged(this.#runs)) {
      for (const id of typeof ids === 'string' ? [ids] : ids) {
        builder.add(keyIn(key, id), id);
        if (++entries % entriesPerStep === 0) yield undefined;
      }
    }
    return builder.tree();
  }

  #endRun(): void {
    const run: Group[] = [];
    for (const [part, ids] of this.#byPart) run.push({ key: keyOf(part), ids });
    for (const [key, ids] of this.#byKey) run.push({ key, ids });
    run.sort((a, b) => (a.key < b.key ? -1 : 1));
    this.#runs.push(run);
    this.#byPart = new Map();
    this.#byKey = new Map();
  }
}

function addTo(groups: Map<string, Ids>, key: string, id: string): void {
  const known = groups.get(key);
  if (known === undefined) groups.set(key, id);
  else if (typeof known !== 'string') known.push(id);
  else groups.set(key, listOf(known, id));
}

function listOf(...ids: readonly string[]): LongList<string> {
  const list = new LongList<string>();
  for (const id of ids) list.push(id);
  return list;
}

/** Place in a run. */
interface Cursor {
  readonly run: Run;
  /** Runs that began earlier have the smaller ids of a key. */
  readonly order: number;
  at: number;
  key: string;
}

const before = (a: Cursor, b: Cursor) => a.key < b.key || (a.key === b.key && a.order < b.order);

/** The groups of all runs in order of their keys, and of one key in order of the runs. */
function* merged(runs: readonly Run[]): Generator<Group, void> {
  const heap: Cursor[] = [];
  for (const [order, run] of runs.entries()) {
    const [first] = run;
    if (first) heap.push({ run, order, at: 0, key: first.key });
  }
  for (let i = heap.length >>> 1; i-- > 0;) sink(heap, i);
  for (let top = heap[0]; top; top = heap[0]) {
    yield top.run[top.at++] as Group;
    const next = top.run[top.at];
    if (next) top.key = next.key;
    else {
      const last = heap.pop() as Cursor;
      if (last === top) return;
      heap[0] = last;
    }
    sink(heap, 0);
  }
}

/** Restores the order of a heap in which only the cursor at `at` may be too early. */
function sink(heap: Cursor[], at: number): void {
  const moved = heap[at] as Cursor;
  for (;;) {
    let child = 2 * at + 1;
    const [left, right] = [heap[child], heap[child + 1]];
    if (!left) break;
    if (right && before(right, left)) child++;
    const smaller = heap[child] as Cursor;
    if (!before(smaller, moved)) break;
    heap[at] = smaller;
    at = child;
  }
  heap[at] = moved;
}
