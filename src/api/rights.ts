import { StoreError } from '../base/store-error.js';
import { actorOf, adminRole, type Caller, callerText, mayDo, type Role, type Verb } from '../identity/index.js';
import type { KindSet } from '../kinds/index.js';
import { type ReadTx, type StoredObject, users } from '../kinds/index.js';
import { rolesOf } from './directory.js';

/** Rights of a caller on objects, as a state gives them. */
export class Rights {
  readonly #caller: Caller;
  /** `undefined` allows everything: this machine, and the members, which hold all of it anyway. */
  readonly #roles: readonly Role[] | undefined;
  readonly #kinds: KindSet;
  /** Owner of what the caller makes; absent in clear text, where no caller is known. */
  readonly owner: string | undefined;

  private constructor(caller: Caller | undefined, roles: readonly Role[] | undefined, kinds: KindSet) {
    this.#caller = caller ?? { as: 'local' };
    this.owner = caller && actorOf(caller);
    this.#roles = roles;
    this.#kinds = kinds;
  }

  /**
   * Rights of a caller in a transaction: a right that was taken away a moment ago is gone. `undefined` is a caller in clear
   * text, who may do everything.
   */
  static in(tx: ReadTx, kinds: KindSet, caller: Caller | undefined): Rights {
    if (!caller || caller.as === 'local' || caller.as === 'member') return new Rights(caller, undefined, kinds);
    if (caller.as !== 'user') return new Rights(caller, [], kinds);
    const user = tx.kind(users).get(caller.identity.name);
    return new Rights(caller, user && !user.disabled ? rolesOf(tx, user.roles) : [], kinds);
  }

  /** True when some objects may be hidden from the caller. */
  get limited(): boolean {
    return this.#roles !== undefined;
  }

  /** True when a caller with these rights may do the same as one with the others. */
  equals(other: Rights): boolean {
    return this.#roles === other.#roles || JSON.stringify(this.#roles) === JSON.stringify(other.#roles);
  }

  /** Tells whether there may be objects of this kind that the caller may read. */
  mayReadKind(kind: string): boolean {
    return this.#roles === undefined || mayDo(this.#roles, { verb: 'read', kind }).allowed;
  }

  mayRead(kind: string, object: StoredObject): boolean {
    return this.#may('read', kind, object);
  }

  /** Throws `DENIED` unless the caller may do this to the object; to one that is not there, by its id. */
  check(verb: Verb, kind: string, object: StoredObject | undefined, id = object?.id ?? ''): void {
    if (object ? this.#may(verb, kind, object) : this.#mayByNames(verb, kind, [id])) return;
    throw this.#denied(verb, kind, id);
  }

  /** Throws `DENIED` when the caller may read no object of the kind. */
  checkKind(kind: string): void {
    if (!this.mayReadKind(kind)) throw this.#denied('read', kind, '');
  }

  /** Throws `DENIED` when the object is another identity's. Without an owner it is everyone's who has the right; an admin's is all. */
  checkOwner(kind: string, { id, owner }: { readonly id: string; readonly owner?: string | undefined }): void {
    if (owner === undefined || owner === this.owner || this.#roles === undefined) return;
    if (this.#roles.some(({ name }) => name === adminRole)) return;
    throw new StoreError(
      'DENIED',
      `${kind} "${id}" belongs to ${owner}, and ${callerText(this.#caller)} is no admin: ask its owner, or an admin`,
    );
  }

  #may(verb: Verb, kind: string, object: StoredObject): boolean {
    if (this.#roles === undefined) return true;
    const name = this.#kinds.find(kind)?.nameOf(object) ?? '';
    // The caller may choose the id of an object that it makes: where there is a name, the id gives no right.
    return this.#mayByNames(verb, kind, [name === '' ? object.id : name]);
  }

  #mayByNames(verb: Verb, kind: string, names: readonly string[]): boolean {
    return this.#roles === undefined || mayDo(this.#roles, { verb, kind, names }).allowed;
  }

  #denied(verb: Verb, kind: string, id: string): StoreError {
    const what = id === '' ? kind : `${kind} "${id}"`;
    const asked = ['skep can', verb, kind, ...(id === '' ? [] : [id])].join(' ');
    return new StoreError('DENIED', `${callerText(this.#caller)} may not ${verb} ${what}: "${asked}"`);
  }
}
