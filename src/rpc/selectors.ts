import {
  and,
  byIndex,
  fitsBy,
  EventCommit,
  foldName,
  idCheck,
  isKind,
  specifierFor,
  StoreError,
  taskCheckNodeId,
  taskCheckServiceId,
  taskStateOrder,
  type AnyObject,
  type CheckFunc,
  type EventAction,
  type Kind,
  type KindDefinition,
  type MemoryStore,
  type Node,
  type Specifier,
  type StoredObject,
  type Task,
} from '../state/index.js';
import { selectedMax, type messages } from '../wire/index.js';
import { indexLookup } from './filters.js';

type Selector = messages.Selector;
type Test = (object: StoredObject) => boolean;

const objectActions: readonly Exclude<EventAction, 'commit'>[] = ['create', 'update', 'delete'];

function refuse(message: string): never {
  throw new StoreError('INVALID_OBJECT', message, { path: 'selectors' });
}

/** What one selector asks of objects, kind by kind. */
export interface Selection {
  readonly kind: string;
  readonly actions: readonly Exclude<EventAction, 'commit'>[];
  readonly selector: Selector;
  readonly test: Test;
}

/** The selectors of a request, checked. None selects every kind. Throws `INVALID_OBJECT`, `INVALID_FIND_BY`. */
export function selectionsOf(selectors: readonly Selector[], store: MemoryStore): Selection[] {
  checkAmount(selectors, store);
  return selectors.flatMap((selector) => {
    checkConflicts(selector);
    const actions = objectActions.filter((action) => selector.actions.includes(action));
    return kindsOf(selector, store).map((kind) => ({
      kind,
      actions: selector.actions.length > 0 ? actions : objectActions,
      selector,
      test: testOf(store.kinds.get(kind), selector),
    }));
  });
}

/** Before anything is made of them. Throws `LIMIT_EXCEEDED`. */
function checkAmount(selectors: readonly Selector[], store: MemoryStore): void {
  let selected = 0;
  for (const selector of selectors) {
    let values = 1;
    for (const part of Object.values(selector))
      if (Array.isArray(part) && part !== selector.actions) values += part.length;
    selected += values * kindsOf(selector, store).length * (selector.actions.length || objectActions.length);
  }
  if (selected <= selectedMax) return;
  throw new StoreError(
    'LIMIT_EXCEEDED',
    `the selectors hold ${selected} values, counted for each kind and action, at most ${selectedMax}: name kinds and actions, or open several watches`,
  );
}

/** The store's specifiers for these; always with the commits, which close each transaction. */
export function specifiersOf(selections: readonly Selection[]): Specifier[] {
  return [
    ...selections.flatMap((selection) => selection.actions.flatMap((action) => specifiersFor(selection, action))),
    EventCommit(),
  ];
}

/** One specifier for each value that the queue can look up; what is left is asked of the object. */
function specifiersFor({ kind, selector, test }: Selection, action: EventAction): Specifier[] {
  const rest: CheckFunc<Kind> = (_wanted, object) => test(object);
  const of = (wanted: object | undefined, ...checks: unknown[]) =>
    specifierFor(action, kind as Kind, wanted, ...(checks as CheckFunc<Kind>[]), rest);
  if (selector.nodeIds.length > 0) return selector.nodeIds.map((nodeId) => of({ nodeId }, taskCheckNodeId));
  if (selector.serviceIds.length > 0)
    return selector.serviceIds.map((serviceId) => of({ serviceId }, taskCheckServiceId));
  if (selector.ids.length > 0 && isKind(kind)) return selector.ids.map((id) => of({ id }, idCheck(kind)));
  return [of(undefined)];
}

/** What there may be objects of: the kinds that are known here, and those that we were told of. */
export function allKinds(store: MemoryStore): string[] {
  return [...new Set([...store.kinds.names(), ...store.descriptions().map(({ kind }) => kind)])];
}

function kindsOf({ kind }: Selector, store: MemoryStore): readonly string[] {
  const known = allKinds(store);
  if (kind === '') return known;
  if (!known.includes(kind)) refuse(`there is no kind "${kind}"; known are ${known.join(', ')}`);
  return [kind];
}

/** Filters that only objects of one kind can pass. */
const onlyFor: Readonly<Partial<Record<keyof Selector, Kind>>> = {
  nodeIds: 'task',
  serviceIds: 'task',
  slots: 'task',
  desiredStates: 'task',
  stateGreaterThan: 'task',
  roles: 'node',
  memberships: 'node',
  states: 'node',
};

const isSet = (value: unknown) => (Array.isArray(value) ? value.length > 0 : value !== undefined);

/** A selector that nothing can pass is a mistake, and says so. */
function checkConflicts(selector: Selector): void {
  for (const [field, kind] of Object.entries(onlyFor)) {
    if (isSet(selector[field as keyof Selector]) && selector.kind !== kind)
      refuse(
        `${field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)} selects ${kind}s only: set kind to "${kind}"`,
      );
  }
  if (isSet(selector.indexes) && selector.kind === '') refuse('indexes belong to one kind: set kind');
  const none = (texts: readonly string[], prefixes: readonly string[]) =>
    texts.length > 0 &&
    prefixes.length > 0 &&
    !texts.some((text) => prefixes.some((prefix) => text.startsWith(prefix)));
  if (none(selector.ids, selector.idPrefixes))
    refuse('no object can have one of ids and begin with one of id_prefixes');
  if (none(selector.names.map(foldName), selector.namePrefixes.map(foldName)))
    refuse('no object can have one of names and begin with one of name_prefixes');
}

/** What stands in a selector is AND-ed, the values of a list are OR-ed; an empty list asks nothing. */
function testOf(definition: KindDefinition, selector: Selector): Test {
  const { kind, nameOf } = definition;
  const tests: Test[] = [];
  const among = <T>(list: readonly T[], holds: (object: never, item: T) => boolean) => {
    if (list.length > 0) tests.push((object) => list.some((item) => holds(object as never, item)));
  };
  among(selector.ids, ({ id }: StoredObject, wanted) => id === wanted);
  among(selector.idPrefixes, ({ id }: StoredObject, prefix) => id.startsWith(prefix));
  among(selector.names.map(foldName), (object: AnyObject, name) => foldName(nameOf(object)) === name);
  among(selector.namePrefixes.map(foldName), (object: AnyObject, prefix) =>
    foldName(nameOf(object)).startsWith(prefix),
  );
  among(selector.nodeIds, ({ nodeId }: Task, wanted) => nodeId === wanted);
  among(selector.serviceIds, ({ serviceId }: Task, wanted) => serviceId === wanted);
  among(selector.slots, ({ serviceId, slot }: Task, wanted) => serviceId === wanted.serviceId && slot === wanted.slot);
  among(selector.desiredStates, ({ desiredState }: Task, wanted) => desiredState === wanted);
  among(selector.roles, ({ role }: Node, wanted) => role === wanted);
  among(selector.memberships, ({ spec }: Node, wanted) => spec.membership === wanted);
  among(selector.states, ({ status }: Node, wanted) => status.state === wanted);
  const { stateGreaterThan } = selector;
  if (stateGreaterThan !== undefined)
    tests.push((object) => taskStateOrder((object as Task).status.state) > taskStateOrder(stateGreaterThan));
  const entries = (list: readonly messages.IndexEntry[], prefix: boolean) => {
    const fits = list.map(({ key, val }) =>
      fitsBy(definition, byIndex('custom', prefix ? [key] : [key, val], prefix ? { prefix: val } : {})),
    );
    if (fits.length > 0) tests.push((object) => fits.some((fit) => fit(object)));
  };
  if (isKind(kind)) {
    entries(selector.custom, false);
    entries(selector.customPrefixes, true);
  } else if (selector.custom.length + selector.customPrefixes.length > 0) {
    if (selector.kind !== '') refuse(`objects of kind ${kind} have no annotations: use indexes`);
    tests.push(() => false);
  }
  if (selector.indexes.length > 0)
    tests.push(fitsBy(definition, and(...selector.indexes.map((index) => indexLookup(kind, index)))));
  return (object) => tests.every((test) => test(object));
}
