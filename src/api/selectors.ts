import { StoreError } from '../base/store-error.js';
import {
  and,
  type AnyObject,
  byIndex,
  type CheckFunc,
  checkId,
  type EventAction,
  EventCommit,
  fitsBy,
  foldName,
  isKind,
  type Kind,
  type KindDefinition,
  kindNames,
  kindOf,
  type MatchMode,
  type ObjectEvent,
  type SelectorField,
  type Specifier,
  specifierFor,
  type StoredObject,
} from '../kinds/index.js';
import type { MemoryStore } from '../state/index.js';
import { type messages, selectedMax } from '../wire/index.js';
import { indexLookup } from './filters.js';

type Selector = messages.Selector;
type Test = (object: StoredObject) => boolean;

const objectActions: readonly Exclude<EventAction, 'commit'>[] = ['create', 'update', 'delete'];

function refuse(message: string): never {
  throw new StoreError('INVALID_OBJECT', message, { path: 'selectors' });
}

/** Conditions of one selector, kind by kind. */
export interface Selection {
  readonly kind: string;
  readonly actions: readonly Exclude<EventAction, 'commit'>[];
  readonly selector: Selector;
  readonly test: Test;
}

/** The selectors of a request, checked. None selects every kind. Throws `INVALID_OBJECT`, `INVALID_FIND_BY`. */
function selectionsOf(selectors: readonly Selector[], store: MemoryStore): Selection[] {
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
    selected +=
      valuesIn(selector) * kindsOf(selector, store).length * (selector.actions.length || objectActions.length);
  }
  if (selected <= selectedMax) return;
  throw new StoreError(
    'LIMIT_EXCEEDED',
    `the selectors hold ${selected} values, counted for each kind and action, at most ${selectedMax}: name kinds and actions, or open several watches`,
  );
}

/** Counts the values of a selector, and the selector itself. */
function valuesIn(selector: Selector): number {
  let values = 1;
  for (const part of Object.values(selector))
    if (Array.isArray(part) && part !== selector.actions) values += part.length;
  return values;
}

/** Wishes of one watch, as the queue is asked for them and as events are judged. */
export interface Wanted {
  readonly selections: readonly Selection[];
  /** Those that the queue can find with look-ups alone, commits included. Empty asks it for everything. */
  readonly specifiers: readonly Specifier[];
  /** Judges an event that the queue gave. The queue asks every watch in one go; this can be done watch by watch. */
  readonly wants: (event: ObjectEvent) => boolean;
  /** Values that an event may be compared with. */
  readonly values: number;
}

/** Most specifiers of a watch: each is an entry in the queue, and is asked of each event of the history. */
const specifiersMax = 256;

/** The selectors of a request as a watch needs them. Throws as {@link selectionsOf}. */
export function wantedOf(selectors: readonly Selector[], match: MatchMode, store: MemoryStore): Wanted {
  const selections = selectionsOf(selectors, store);
  const found = selections.flatMap((one) => one.actions.map((action) => lookupsFor(one, action)));
  const keyed = found.length > 0 && found.every((lookups) => lookups !== undefined);
  const specifiers = keyed ? found.flatMap((lookups) => lookups ?? []) : [];
  const byKind = new Map<string, Selection[]>();
  for (const one of selections) byKind.set(one.kind, [...(byKind.get(one.kind) ?? []), one]);
  return {
    selections,
    specifiers: specifiers.length > 0 && specifiers.length <= specifiersMax ? [...specifiers, EventCommit()] : [],
    wants: (event) => selections.length === 0 || (byKind.get(event.kind)?.some((one) => selects(one, event, match)) ?? false), // prettier-ignore
    values: selectors.reduce((sum, selector) => sum + valuesIn(selector), 0),
  };
}

function selects({ actions, test }: Selection, event: ObjectEvent, match: MatchMode): boolean {
  if (!actions.includes(event.action)) return false;
  return test(event.object) || (match === 'either' && event.action === 'update' && test(event.old));
}

/** One specifier for each value that the queue can look up. `undefined` when it can look up nothing. */
function lookupsFor({ kind, selector }: Selection, action: EventAction): Specifier[] | undefined {
  const of = (wanted: object, check: unknown) => specifierFor(action, kind as Kind, wanted, check as CheckFunc<Kind>);
  for (const [name, { lookup }] of fieldsOf(kind)) {
    const values = valuesOf(selector, name);
    if (lookup && values.length > 0)
      return values.map((value) => {
        const { wanted, check } = lookup(value as never);
        return of(wanted, check);
      });
  }
  return selector.ids.length > 0 && isKind(kind) ? selector.ids.map((id) => of({ id }, checkId)) : undefined;
}

/** Lists the kinds that may have objects: those known here, and those of which we only have a description. */
export function allKinds(store: MemoryStore): string[] {
  return [...new Set([...store.kinds.names(), ...store.descriptions().map(({ kind }) => kind)])];
}

function kindsOf({ kind }: Selector, store: MemoryStore): readonly string[] {
  const known = allKinds(store);
  if (kind === '') return known;
  if (!known.includes(kind))
    throw new StoreError('UNKNOWN_KIND', `there is no kind "${kind}"; known are ${known.join(', ')}`, {
      path: 'selectors',
    });
  return [kind];
}

/** The fields of a selector that only this kind has. */
function fieldsOf(kind: string): [string, SelectorField][] {
  return isKind(kind) ? Object.entries(kindOf(kind).selectorFields) : [];
}

/** The fields that only objects of one kind can pass, with that kind. */
const onlyFor: readonly (readonly [field: string, kind: Kind])[] = kindNames.flatMap((kind) =>
  fieldsOf(kind).map(([field]) => [field, kind] as const),
);

/** The values of a field, of which a selector may have one, a list or none. */
function valuesOf(selector: Selector, field: string): readonly unknown[] {
  const given: unknown = selector[field as keyof Selector];
  return Array.isArray(given) ? given : given === undefined ? [] : [given];
}

/** A selector that nothing can pass is a mistake, and says so. */
function checkConflicts(selector: Selector): void {
  for (const [field, kind] of onlyFor) {
    if (valuesOf(selector, field).length > 0 && selector.kind !== kind)
      refuse(
        `${field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)} selects ${kind}s only: set kind to "${kind}"`,
      );
  }
  if (selector.indexes.length > 0 && selector.kind === '') refuse('indexes belong to one kind: set kind');
  const none = (texts: readonly string[], prefixes: readonly string[]) =>
    texts.length > 0 &&
    prefixes.length > 0 &&
    !texts.some((text) => prefixes.some((prefix) => text.startsWith(prefix)));
  if (none(selector.ids, selector.idPrefixes))
    refuse('no object can have one of ids and begin with one of id_prefixes');
  if (none(selector.names.map(foldName), selector.namePrefixes.map(foldName)))
    refuse('no object can have one of names and begin with one of name_prefixes');
}

/** Fields of a selector are AND-ed, the values of a list are OR-ed; an empty list matches everything. */
function testOf(definition: KindDefinition, selector: Selector): Test {
  const { kind, nameOf } = definition;
  const tests: Test[] = [];
  const among = <T>(list: readonly T[], holds: (object: never, item: T) => boolean) => {
    if (list.length > 0) tests.push((object) => list.some((item) => holds(object as never, item)));
  };
  const exactly = (list: readonly string[], textOf: (object: never) => string) => {
    const wanted = new Set(list);
    if (wanted.size > 0) tests.push((object) => wanted.has(textOf(object as never)));
  };
  exactly(selector.ids, ({ id }: StoredObject) => id);
  among(selector.idPrefixes, ({ id }: StoredObject, prefix) => id.startsWith(prefix));
  exactly(selector.names.map(foldName), (object: AnyObject) => foldName(nameOf(object)));
  among(selector.namePrefixes.map(foldName), (object: AnyObject, prefix) =>
    foldName(nameOf(object)).startsWith(prefix),
  );
  for (const [name, { holds }] of fieldsOf(kind))
    among(valuesOf(selector, name), holds as (object: never, value: unknown) => boolean);
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
