import type { Lookup, TableReader } from '../table/index.js';
import { StoreError } from './errors.js';
import { foldName, type KindDefinition, type StoredObject } from './kind.js';
import type { NodeMembership, NodeRole } from './tables/node.js';
import type { TaskState } from './tables/task.js';

/** How `find` looks objects up. Made by the functions below. */
export type By =
  | { readonly by: 'all' }
  | { readonly by: 'id'; readonly id: string }
  | { readonly by: 'idPrefix'; readonly prefix: string }
  | { readonly by: 'index'; readonly lookup: Lookup }
  | { readonly by: 'or'; readonly bys: readonly By[] };

function byIndex(index: string, parts: readonly string[], prefix?: string): By {
  return Object.freeze({ by: 'index', lookup: prefix === undefined ? { index, parts } : { index, parts, prefix } });
}

/** Everything, by id. */
export const all: By = Object.freeze({ by: 'all' });
export const byId = (id: string): By => Object.freeze({ by: 'id', id });
/** Ordered by id. `''` finds all. */
export const byIdPrefix = (prefix: string): By => Object.freeze({ by: 'idPrefix', prefix });
/** Without case. */
export const byName = (name: string): By => byIndex('name', [foldName(name)]);
/** Without case, ordered by name and then id. `''` finds all that have a name. */
export const byNamePrefix = (prefix: string): By => byIndex('name', [], foldName(prefix));
/** Objects whose annotations carry the index entry `{ key: index, val: value }`. */
export const byCustom = (index: string, value: string): By => byIndex('custom', [index, value]);
export const byCustomPrefix = (index: string, prefix: string): By => byIndex('custom', [index], prefix);
/** What any of the branches finds, in the order of the branches, without repeats. `or()` finds nothing. */
export const or = (...bys: readonly By[]): By => Object.freeze({ by: 'or', bys });

/** Nodes whose `role` (not `spec.desiredRole`) is this. */
export const byRole = (role: NodeRole): By => byIndex('role', [role]);
/** Nodes by `spec.membership`. */
export const byMembership = (membership: NodeMembership): By => byIndex('membership', [membership]);

/** Tasks of a service. */
export const byServiceId = (serviceId: string): By => byIndex('service', [serviceId]);
/** Tasks on a node. */
export const byNodeId = (nodeId: string): By => byIndex('node', [nodeId]);
/** Tasks that are this replica of a service. */
export const bySlot = (serviceId: string, slot: number): By => byIndex('slot', [serviceId, String(slot)]);
export const byDesiredState = (state: TaskState): By => byIndex('desiredState', [state]);
/** Tasks by `status.state`. */
export const byTaskState = (state: TaskState): By => byIndex('state', [state]);
/** Services and tasks that use a network. */
export const byReferencedNetworkId = (networkId: string): By => byIndex('referencedNetwork', [networkId]);

function refuse(kind: KindDefinition<StoredObject>, by: unknown): StoreError {
  const name = (by as { lookup?: Lookup } | undefined)?.lookup?.index;
  return new StoreError(
    'INVALID_FIND_BY',
    name === undefined
      ? `find for ${kind.plural} takes what all, byId, byName, … make`
      : `${kind.plural} have no index "${name}"; they have ${Object.keys(kind.table.indexes).join(', ')}`,
  );
}

/** Throws `INVALID_FIND_BY` unless `by`, to its last branch, is for this kind. */
function checkBy(kind: KindDefinition<StoredObject>, by: By): void {
  switch (by?.by) {
    case 'all':
    case 'id':
    case 'idPrefix':
      return;
    case 'index':
      if (!Object.hasOwn(kind.table.indexes, by.lookup.index)) throw refuse(kind, by);
      return;
    case 'or':
      for (const branch of by.bys) checkBy(kind, branch);
      return;
    default:
      throw refuse(kind, by);
  }
}

/** Runs a lookup. The array is the caller's, the objects are shared. Throws `INVALID_FIND_BY`. */
export function findBy<T extends StoredObject>(kind: KindDefinition<T>, rows: TableReader<T>, by: By): T[] {
  checkBy(kind as unknown as KindDefinition<StoredObject>, by);
  return run(rows, by);
}

function run<T extends StoredObject>(rows: TableReader<T>, by: By): T[] {
  switch (by.by) {
    case 'all':
      return rows.all();
    case 'id': {
      const row = rows.get(by.id);
      return row === undefined ? [] : [row];
    }
    case 'idPrefix':
      return rows.byIdPrefix(by.prefix);
    case 'index':
      return rows.find(by.lookup);
    case 'or': {
      const found = new Map<string, T>();
      for (const branch of by.bys) for (const row of run(rows, branch)) if (!found.has(row.id)) found.set(row.id, row);
      return [...found.values()];
    }
  }
}
