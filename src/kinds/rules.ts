import { StoreError } from '../base/store-error.js';
import type { By } from './by.js';
import type { StoredObject } from './definition.js';
import type { Annotations } from './parts/index.js';
import { hasEnded, type Task, taskStateOrder } from './task/schema.js';
import { type MayRead, naming } from './told.js';
import type { ReadTx } from './tx.js';

/** Syntax of a kind's names. `says` completes the sentence "the name …". */
export interface NameRule {
  readonly holds: (name: string) => boolean;
  readonly says: string;
}

/** Rules of the API beyond those of the store: names, references, and values that must not collide. */
export interface KindRules<T extends StoredObject = StoredObject> {
  /** Without one, names are free. With one, they must not be empty. */
  readonly name?: NameRule;
  /** Throws `INVALID_OBJECT` or `IN_USE`. Called when the whole transaction has been made. */
  check?(tx: ReadTx, object: T, old: T | undefined): void;
  /** Throws `IN_USE` when others need the object. Called when the whole transaction has been made. */
  checkRemoval?(tx: ReadTx, object: T): void;
  /** Sets the fields that the API keeps itself, before the object is written. */
  prepare?(object: T, old: T | undefined, version: number): T;
}

/** Refuses with `INVALID_OBJECT` that names the field. */
export function refuse(kind: string, path: string, says: string): never {
  throw new StoreError('INVALID_OBJECT', `${kind}: ${path} ${says}`, { path });
}

/** An object with its kind, and its name where it has one. */
export interface Named {
  readonly kind: string;
  readonly object: StoredObject;
  readonly name: string;
}

/** Returns an object of a kind whose objects have annotations, with its name. */
export function named(
  kind: string,
  object: StoredObject & { readonly spec: { readonly annotations: Annotations } },
): Named {
  return { kind, object, name: object.spec.annotations.name };
}

/** Returns the kind with the object's name, or its id where it has none: `network front`. */
export function called({ kind, object: { id }, name }: Named): string {
  return `${kind} ${name || id}`;
}

/** Returns the same for a reader who may know of the object; for another one the kind: `a network`. */
export function calledFor(mayRead: MayRead, one: Named): string {
  return mayRead(one.kind, one.object) ? called(one) : `a ${one.kind}`;
}

/** Refuses with `IN_USE` that names the user. */
export function inUse(object: Named, by: Named): never {
  throw naming('IN_USE', (mayRead) => {
    // The caller has named the object by its id.
    const what = called(mayRead(object.kind, object.object) ? object : { ...object, name: '' });
    return `${what} is in use by ${calledFor(mayRead, by)}: change that first`;
  });
}

/**
 * Refuses with `IN_USE` while a service, or a task that is to run, is found by the lookup. A task that is to stop needs
 * nothing more: its driver removes what it has on the engine after the container.
 */
export function checkUnused(tx: ReadTx, object: Named, by: By): void {
  const [service] = tx.services().find(by, { limit: 1 });
  if (service) inUse(object, named('service', service));
  const [task] = tx.tasks().find(by, { limit: 1, where: (one) => isNeeded(tx, one) });
  if (task) inUse(object, { kind: 'task', object: task, name: '' });
}

function isNeeded(tx: ReadTx, { status, desiredState, serviceId }: Task): boolean {
  const stops = taskStateOrder(desiredState) >= taskStateOrder('shutdown');
  const isOrphan = serviceId !== undefined && !tx.services().get(serviceId);
  return !hasEnded(status.state) && !stops && !isOrphan;
}
