import { plainEqual } from '../base/plain.js';
import { StoreError } from '../base/store-error.js';
import type { Config, Network, Secret, Service } from '../kinds/index.js';
import { stackLabel } from './labels.js';

/** Kinds of which a stack has objects. */
export type StackKind = 'network' | 'secret' | 'config' | 'service';
/** Object of a stack. */
export type StackObject = Network | Secret | Config | Service;

/** One thing to do to the cluster so that it is what the file says. */
export type PlannedChange =
  | { readonly op: 'create'; readonly kind: StackKind; readonly name: string; readonly object: StackObject }
  | {
      readonly op: 'update';
      readonly kind: StackKind;
      readonly name: string;
      readonly object: StackObject;
      readonly version: number;
    }
  | {
      readonly op: 'remove';
      readonly kind: StackKind;
      readonly name: string;
      readonly id: string;
      readonly version: number;
    };

/** Plan as it grows: changes, and the objects that the stack keeps. */
export class Draft {
  readonly changes: PlannedChange[] = [];
  readonly wanted = new Set<string>();
  /** Secrets and configs of the stack whose content the file has no more. */
  readonly superseded = new Set<string>();
  readonly stack: string;

  constructor(stack: string) {
    this.stack = stack;
  }

  /** Adds what makes `object` out of `old`: nothing when the specs are equal. */
  add(kind: StackKind, object: StackObject, old: StackObject | undefined): void {
    this.wanted.add(object.id);
    const { name } = object.spec.annotations;
    if (!old) this.changes.push({ op: 'create', kind, name, object });
    else if (!plainEqual(old.spec, object.spec))
      this.changes.push({ op: 'update', kind, name, object, version: old.meta.version });
  }

  /** Refuses to change what another stack, or a person, made. */
  checkOwner(kind: StackKind, old: StackObject | undefined): void {
    if (!old) return;
    const { name, labels } = old.spec.annotations;
    const owner = labels[stackLabel];
    if (owner === this.stack) return;
    const whose = owner === undefined ? 'belongs to no stack' : `belongs to the stack "${owner}"`;
    throw new StoreError('NAME_CONFLICT', `there is a ${kind} "${name}" already, and it ${whose}`);
  }
}

/** Keeps the parts of a spec that a Compose file cannot express. */
export function kept(old: StackObject | undefined) {
  return old && { indices: old.spec.annotations.indices };
}

/** Names are compared without case. */
export function byName<T extends StackObject>(objects: readonly T[]): ReadonlyMap<string, T> {
  return new Map(objects.map((object) => [object.spec.annotations.name.toLowerCase(), object]));
}

/** Metadata of an object that the cluster will fill in. */
export const noMeta = Object.freeze({ version: 0, createdAt: 0, updatedAt: 0 });
