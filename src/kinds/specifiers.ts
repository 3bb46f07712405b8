import { StoreError } from '../base/store-error.js';
import type { CommitEvent, CreateEvent, DeleteEvent, Event, EventAction, UpdateEvent } from './events.js';
import type { Kind, ObjectOf } from './registry.js';
import type { DeepPartial } from './schema.js';

/**
 * Compares what a watcher named with an object that changed. A check that throws ends its watch with the error.
 */
export type CheckFunc<K extends Kind> = (wanted: DeepPartial<ObjectOf<K>>, changed: ObjectOf<K>) => boolean;

/**
 * Key by which a check can be answered with one lookup instead of a call for each watcher: the check holds exactly when both
 * keys are there and equal.
 */
export interface CheckKeys<K extends Kind> {
  readonly wanted: (wanted: DeepPartial<ObjectOf<K>>) => string | undefined;
  readonly changed: (changed: ObjectOf<K>) => string | undefined;
}

const keyed = new WeakMap<object, CheckKeys<Kind>>();

/** A built-in check that holds when two keys are equal. The queue finds its watchers by that key. */
export function keyCheck<K extends Kind>(keys: CheckKeys<K>): CheckFunc<K> {
  const check: CheckFunc<K> = (wanted, changed) => {
    const key = keys.wanted(wanted);
    return key !== undefined && key === keys.changed(changed);
  };
  keyed.set(check, keys as unknown as CheckKeys<Kind>);
  return check;
}

export function keysOf(check: CheckFunc<Kind>): CheckKeys<Kind> | undefined {
  return keyed.get(check);
}

/** A selection of events. Made by `EventCreateNode(…)` and its siblings. */
export interface Specifier<E = unknown> {
  /** Action of the events. */
  readonly action: EventAction;
  /** Kind of the objects. */
  readonly kind: Kind | 'commit';
  /** The literal; `{}` without one. */
  readonly wanted: DeepPartial<ObjectOf<Kind>>;
  /** AND-ed. */
  readonly checks: readonly CheckFunc<Kind>[];
  /** No checks were given: the literal itself says what must hold. */
  readonly literal: boolean;
  /** Never there: carries the type of the events. */
  readonly event?: E;
}

function named(wanted: unknown, actual: unknown): boolean {
  if (wanted === undefined) return true;
  if (typeof wanted !== 'object' || wanted === null) return Object.is(wanted, actual);
  if (typeof actual !== 'object' || actual === null) return false;
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(actual) && wanted.length === actual.length && wanted.every((item, i) => named(item, actual[i]))
    );
  }
  return Object.entries(wanted).every(
    ([key, part]) =>
      part === undefined || (Object.hasOwn(actual, key) && named(part, (actual as Record<string, unknown>)[key])),
  );
}

/** Checks that the changed object has each field of the literal. The default of a literal without checks. */
const literalCheck: CheckFunc<Kind> = (wanted, changed) => named(wanted, changed);

/** {@link EventCreateNode} and its sisters, for a kind and action that are only known at run time. */
export function specifierFor(
  action: EventAction,
  kind: Kind,
  wanted: object | undefined,
  ...checks: CheckFunc<Kind>[]
): Specifier {
  return specifierOf(action, kind, [wanted, ...checks]);
}

function specifierOf(action: EventAction, kind: Kind, args: readonly unknown[]): Specifier {
  const [first, ...rest] = args;
  const literal = typeof first === 'function' || first === undefined ? undefined : first;
  const checks = (typeof first === 'function' ? args : rest) as CheckFunc<Kind>[];
  if (
    (literal !== undefined && (typeof literal !== 'object' || literal === null)) ||
    checks.some((check) => typeof check !== 'function')
  ) {
    throw new StoreError(
      'INVALID_OBJECT',
      `a specifier for ${kind} takes an optional literal and then check functions`,
    );
  }
  for (const check of checks) checkWanted(kind, check, literal ?? {});
  // Checks that are answered by a look-up come first: live events are found by them, and older ones must be judged alike.
  const ordered = [...checks.filter(keysOf), ...checks.filter((check) => !keysOf(check))];
  const byLiteral = checks.length === 0 && literal !== undefined;
  return Object.freeze({
    action,
    kind,
    wanted: literal ?? {},
    checks: Object.freeze(byLiteral ? [literalCheck] : ordered),
    literal: byLiteral,
  });
}

/** A built-in check compares text: what is wanted must be that. */
function checkWanted(kind: string, check: CheckFunc<Kind>, literal: DeepPartial<ObjectOf<Kind>>): void {
  const keys = keysOf(check);
  if (!keys) return;
  let key: unknown;
  try {
    key = keys.wanted(literal);
  } catch {
    key = null; // the literal has something else there
  }
  if (key !== undefined && typeof key !== 'string')
    throw new StoreError('INVALID_OBJECT', `a specifier for ${kind} names a field that its check compares as text`);
}

/** Makes a specifier: an optional literal, then checks. */
export interface SpecifierFunction<K extends Kind, E> {
  (...checks: CheckFunc<K>[]): Specifier<E>;
  (wanted: DeepPartial<ObjectOf<K>> | undefined, ...checks: CheckFunc<K>[]): Specifier<E>;
}

/** Makes the three specifier functions of a built-in kind: `EventCreateTask` and its sisters. */
export function specifiersOf<K extends Kind>(kind: K) {
  const make =
    <E>(action: EventAction): SpecifierFunction<K, E> =>
    (...args: unknown[]) =>
      specifierOf(action, kind, args) as Specifier<E>;
  return {
    create: make<CreateEvent<K>>('create'),
    update: make<UpdateEvent<K>>('update'),
    delete: make<DeleteEvent<K>>('delete'),
  };
}

const commitSpecifier: Specifier<CommitEvent> = Object.freeze({
  action: 'commit',
  kind: 'commit',
  wanted: {},
  checks: Object.freeze([]),
  literal: false,
});

/** The commits of all transactions, whatever they changed. */
export function EventCommit(): Specifier<CommitEvent> {
  return commitSpecifier;
}

export type EventCommit = CommitEvent;

/** `new`: the object as the event leaves it must match. `either`: an update also matches by what the object was before. */
export type MatchMode = 'new' | 'either';

/** Does one specifier want this event? Calls the checks. */
export function matches(specifier: Specifier, event: Event, mode: MatchMode): boolean {
  if (specifier.action !== event.action || specifier.kind !== event.kind) return false;
  if (event.action === 'commit') return true;
  const holds = (object: ObjectOf<Kind>) => specifier.checks.every((check) => check(specifier.wanted, object));
  return holds(event.object) || (mode === 'either' && event.action === 'update' && holds(event.old));
}
