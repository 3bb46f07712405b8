import { type Kind, kindNames, type Network, type Node, type ObjectOf, type Task } from '../../src/index.js';
import { taskName } from '../../src/kinds/task/schema.js';

type Any = ObjectOf<Kind>;

/** A store as one would write it in an hour: maps, full scans, sorting. The rules, without the speed. */
export class NaiveStore {
  version = 0;
  tables: Record<Kind, Map<string, Any>>;
  /** `create node n1 @3` … `commit @3`, of every transaction. */
  readonly history: string[][] = [];

  constructor(tables?: Record<Kind, Map<string, Any>>) {
    this.tables = tables ?? (Object.fromEntries(kindNames.map((kind) => [kind, new Map()])) as never);
  }

  copyTables(): Record<Kind, Map<string, Any>> {
    return Object.fromEntries(kindNames.map((kind) => [kind, new Map(this.tables[kind])])) as Record<
      Kind,
      Map<string, Any>
    >;
  }

  /** Runs `change`; keeps nothing when it throws, makes no version when it changes nothing. */
  transact(change: (lines: string[]) => void): boolean {
    const before = this.copyTables();
    const lines: string[] = [];
    try {
      change(lines);
    } catch (error) {
      this.tables = before;
      throw error;
    }
    if (lines.length === 0) return false;
    this.version++;
    this.history.push([...lines.map((line) => `${line} @${this.version}`), `commit @${this.version}`]);
    return true;
  }

  /** Why `object` may not be written, as the store would say it. */
  refusal(kind: Kind, action: 'create' | 'update', object: Any, expected?: number): string | undefined {
    const table = this.tables[kind];
    const old = table.get(object.id);
    if (action === 'update') {
      if (!old) return 'NOT_FOUND';
      if (expected !== undefined && expected !== old.meta.version) return 'SEQUENCE_CONFLICT';
    }
    const name = uniqueName(kind, object);
    const holder = name === '' ? undefined : [...table.values()].find((one) => uniqueName(kind, one) === name);
    if (holder && (action === 'create' || holder.id !== object.id)) return 'NAME_CONFLICT';
    return action === 'create' && old ? 'ALREADY_EXISTS' : undefined;
  }

  all(kind: Kind): Any[] {
    return [...this.tables[kind].values()].sort((a, b) => compare(a.id, b.id));
  }

  /** Ids of the objects that have one of `keysOf`, by that key and then by id. */
  ids(kind: Kind, keysOf: (object: Any) => readonly string[], fits: (key: string) => boolean): string[] {
    const hits = this.all(kind).flatMap((object) =>
      keysOf(object)
        .filter(fits)
        .map((key) => ({ key, id: object.id })),
    );
    hits.sort((a, b) => compare(a.key, b.key) || compare(a.id, b.id));
    return [...new Set(hits.map(({ id }) => id))];
  }
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function nameOf(kind: Kind, object: Any): string {
  switch (kind) {
    case 'node':
      return (object as Node).description?.hostname ?? '';
    case 'task':
      return taskName(object as Task);
    default:
      return (object as Network).spec.annotations.name;
  }
}

function uniqueName(kind: Kind, object: Any): string {
  return kind === 'node' || kind === 'task' ? '' : nameOf(kind, object).toLowerCase();
}

export function indicesOf(kind: Kind, object: Any): readonly { readonly key: string; readonly val: string }[] {
  return kind === 'task' ? (object as Task).annotations.indices : (object as Node).spec.annotations.indices;
}
