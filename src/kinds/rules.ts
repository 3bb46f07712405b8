import { StoreError } from '../base/store-error.js';
import type { By } from './by.js';
import type { StoredObject } from './definition.js';
import { hasEnded, type Task, taskStateOrder } from './task/schema.js';
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

/** Refuses with `IN_USE` that names the user. */
export function inUse(name: string, by: string): never {
  throw new StoreError('IN_USE', `${name} is in use by ${by}: change that first`);
}

/** Returns the kind with the object's name, or its id where it has none: `network front`. */
export function called(kind: string, { id }: StoredObject, name: string): string {
  return `${kind} ${name || id}`;
}

/**
 * Refuses with `IN_USE` while a service, or a task that is to run, is found by the lookup. A task that is to stop needs
 * nothing more: its driver removes what it has on the engine after the container.
 */
export function checkUnused(tx: ReadTx, name: string, by: By): void {
  const [service] = tx.services().find(by, { limit: 1 });
  if (service) inUse(name, called('service', service, service.spec.annotations.name));
  const [task] = tx.tasks().find(by, { limit: 1, where: (one) => isNeeded(tx, one) });
  if (task) inUse(name, `task ${task.id}`);
}

function isNeeded(tx: ReadTx, { status, desiredState, serviceId }: Task): boolean {
  const stops = taskStateOrder(desiredState) >= taskStateOrder('shutdown');
  const isOrphan = serviceId !== undefined && !tx.services().get(serviceId);
  return !hasEnded(status.state) && !stops && !isOrphan;
}
