import {
  foldName,
  kindNames,
  kindOf,
  StoreError,
  type AnyObject,
  type CheckFunc,
  type EventAction,
  type Kind,
  type Specifier,
  EventCommit,
  specifierFor,
  idCheck,
  taskCheckNodeId,
  taskCheckServiceId,
} from '../state/index.js';
import type { messages } from '../wire/index.js';

type Selector = messages.Selector;

const objectActions: readonly Exclude<EventAction, 'commit'>[] = ['create', 'update', 'delete'];

/** The store's specifiers for the selectors of a request; always with the commits, which close each transaction. */
export function specifiersOf(selectors: readonly Selector[]): Specifier[] {
  if (selectors.length === 0) return [];
  return [...selectors.flatMap(specifiersOfOne), EventCommit()];
}

function specifiersOfOne(selector: Selector): Specifier[] {
  const kinds = selector.kind === '' ? kindNames : [knownKind(selector.kind)];
  const actions =
    selector.actions.length > 0 ? selector.actions.filter((action) => action !== 'commit') : objectActions;
  const onlyTasks = selector.nodeIds.length > 0 || selector.serviceIds.length > 0;
  if (onlyTasks && (kinds.length !== 1 || kinds[0] !== 'task')) {
    throw new StoreError('INVALID_OBJECT', 'node_ids and service_ids select tasks only: set kind to "task"', {
      path: 'selectors',
    });
  }
  return kinds.flatMap((kind) => actions.flatMap((action) => specifiersOfKind(kind, action, selector)));
}

/** One specifier for each value that the queue can look up; what is left is asked of the object. */
function specifiersOfKind(kind: Kind, action: EventAction, selector: Selector): Specifier[] {
  const rest = remainder(kind, selector);
  if (selector.nodeIds.length > 0)
    return selector.nodeIds.map((nodeId) =>
      specifierFor(action, kind, { nodeId }, taskCheckNodeId as CheckFunc<Kind>, rest),
    );
  if (selector.serviceIds.length > 0)
    return selector.serviceIds.map((serviceId) =>
      specifierFor(action, kind, { serviceId }, taskCheckServiceId as CheckFunc<Kind>, rest),
    );
  if (selector.ids.length > 0) return selector.ids.map((id) => specifierFor(action, kind, { id }, idCheck(kind), rest));
  return [specifierFor(action, kind, undefined, rest)];
}

function remainder(kind: Kind, selector: Selector): CheckFunc<Kind> {
  const { ids, idPrefixes, serviceIds } = selector;
  const names = selector.names.map(foldName);
  const namePrefixes = selector.namePrefixes.map(foldName);
  const { nameOf } = kindOf(kind);
  const among = <T>(list: readonly T[], holds: (item: T) => boolean) => list.length === 0 || list.some(holds);
  return (_wanted, object: AnyObject) => {
    const name = foldName(nameOf(object));
    return (
      among(ids, (id) => object.id === id) &&
      among(idPrefixes, (prefix) => object.id.startsWith(prefix)) &&
      among(names, (wanted) => name === wanted) &&
      among(namePrefixes, (prefix) => name.startsWith(prefix)) &&
      among(serviceIds, (serviceId) => (object as { serviceId?: string }).serviceId === serviceId)
    );
  };
}

function knownKind(kind: string): Kind {
  const known = kindNames.find((name) => name === kind);
  if (!known)
    throw new StoreError('INVALID_OBJECT', `there is no kind "${kind}"; known are ${kindNames.join(', ')}`, {
      path: 'selectors.kind',
    });
  return known;
}
