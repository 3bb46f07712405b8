import { StoreError } from '../base/store-error.js';
import type { Caller } from '../identity/index.js';
import {
  type AnyObject,
  type KindSet,
  leases,
  type ReadTx,
  securityKinds,
  specVersionOf,
  type StoredObject,
  toldTo,
  type Tx,
} from '../kinds/index.js';
import { endLease } from '../replica/index.js';
import { tableOf } from '../state/index.js';
import type { messages } from '../wire/index.js';
import { checkLookups } from './lookup-checks.js';
import { checkedKind } from './names.js';
import { checkAttached, checkLease, type Owned, owned } from './owners.js';
import { Rights } from './rights.js';
import { checkObject, checkRemoval, rulesOf } from './rules.js';
import { withHiddenParts } from './shown.js';

/** Version of the object that an update or a removal saw. */
export interface Seen {
  /** The object must be of this version. */
  readonly version?: number | undefined;
  /** The spec must be of this version; nothing but the spec is replaced. */
  readonly specVersion?: number | undefined;
}

/** Writer of one request. */
export interface ApiWriter {
  /** Caller whose rights are asked; absent has all. */
  readonly caller?: Caller | undefined;
  /** Lock that the caller holds: it may give that one back, and nothing else that is held. */
  readonly fence?: messages.Condition | undefined;
}

/**
 * The writes of one request in one transaction. Rules about several objects are asked at the end, so that the order of
 * the changes does not matter.
 */
export class ApiWrites {
  readonly #tx: Tx;
  readonly #kinds: KindSet;
  readonly #rights: Rights;
  readonly #checks: (() => void)[] = [];
  /** By kind and id. */
  readonly #removed = new Map<string, StoredObject>();
  readonly #fence: messages.Condition | undefined;

  /** Without a caller, all rights are there. */
  constructor(tx: Tx, kinds: KindSet, { caller, fence }: ApiWriter = {}) {
    this.#tx = tx;
    this.#kinds = kinds;
    this.#fence = fence;
    this.#rights = Rights.in(tx, kinds, caller);
  }

  create(kind: string, object: AnyObject): AnyObject {
    refuseSecurityKind(kind);
    const draft = owned(kind, this.#prepared(kind, object, undefined), { owner: this.#rights.owner });
    this.#rights.check('write', kind, draft); // before a refusal could tell which names there are
    const created = tableOf(this.#tx, kind).create(draftOf(draft)) as AnyObject;
    // For the rules, an object that is removed and created again in one request is changed.
    this.#checks.push(() => this.#check(kind, created.id, this.#removed.get(`${kind}/${created.id}`)));
    return created;
  }

  update(kind: string, object: AnyObject, seen: Seen): AnyObject {
    refuseSecurityKind(kind);
    const table = tableOf(this.#tx, kind);
    const old = table.get(object.id);
    this.#rights.check('write', kind, old, object.id);
    if (old) checkAttached(this.#tx, { kind, object: old, definition: this.#kinds.get(kind) }, this.#rights);
    const merged = withHiddenParts(kind, mergedSpec(kind, object, old, seen), old);
    const next = owned(kind, this.#prepared(kind, merged, old), (old ?? {}) as Owned);
    if (old) this.#rights.check('write', kind, next); // before a refusal could tell which names there are
    const { meta: _meta, ...rest } = next;
    const { version } = seen;
    const updated = table.update({ ...rest, ...(version !== undefined && { meta: { version } }) }) as AnyObject;
    this.#rights.check('write', kind, updated); // under the name that it has now, too
    this.#checks.push(() => this.#check(kind, updated.id, old));
    return updated;
  }

  remove(kind: string, id: string, { version }: Seen = {}): void {
    refuseSecurityKind(kind);
    const table = tableOf(this.#tx, kind);
    const old = table.get(id);
    this.#rights.check('remove', kind, old, id);
    if (old) checkAttached(this.#tx, { kind, object: old, definition: this.#kinds.get(kind) }, this.#rights);
    if (old && version !== undefined && old.meta.version !== version)
      throw new StoreError('SEQUENCE_CONFLICT', `${kind} ${id} is at version ${old.meta.version}, not ${version}`);
    if (kind === leases.name && old)
      endLease(this.#tx, this.#kinds, id); // with everything attached to it
    else table.delete(id);
    if (old) this.#removed.set(`${kind}/${id}`, old);
    const givenBack = this.#fence?.kind === kind && this.#fence.id === id;
    this.#checks.push(() => {
      if (old && !givenBack && !table.get(id)) checkRemoval(this.#tx, kind, old);
    });
  }

  /** Checks conditions with the rights of the caller. */
  checkConditions(request: Pick<messages.ApplyRequest, 'conditions' | 'fence'>): void {
    checkConditions(this.#tx, request, this.#rights);
  }

  /** Checks lookups with the rights of the caller, in slices. */
  checkLookups({ lookups }: Pick<messages.ApplyRequest, 'lookups'>): Generator<undefined, void> {
    return checkLookups(this.#tx, lookups, this.#rights);
  }

  /** Returns an error as the caller may hear it: without objects that it may not read. */
  told(error: unknown): unknown {
    return toldTo(error, (kind, object) => this.#rights.mayRead(kind, object));
  }

  /** Asks the rules. Throws `INVALID_OBJECT` or `IN_USE`. */
  finish(): void {
    for (const check of this.#checks) check();
  }

  /** Asks the rules, and yields after each change. */
  *finishInSlices(): Generator<undefined, void> {
    for (const check of this.#checks) {
      check();
      yield undefined;
    }
  }

  #check(kind: string, id: string, old: StoredObject | undefined): void {
    const object = tableOf(this.#tx, kind).get(id);
    if (!object) return;
    checkObject(this.#tx, kind, object as AnyObject, old);
    checkLease(this.#tx, { kind, object, definition: this.#kinds.get(kind) }, this.#rights);
  }

  #prepared(kind: string, object: AnyObject, old: StoredObject | undefined): AnyObject {
    const rules = rulesOf(kind);
    return (rules.prepare?.(object, old, this.#tx.version) ?? object) as AnyObject;
  }
}

/** Refuses kinds whose objects are made by methods of their own: a written one could let its writer in. */
function refuseSecurityKind(kind: string): void {
  if (securityKinds.has(kind))
    throw new StoreError(
      'DENIED',
      `objects of kind ${kind} are not written: "skep user", "skep role" and "skep token" do`,
    );
}

/** Checks the conditions of the changes: they tell what is there. Throws `DENIED`, `LEASE_LOST`, `CONDITION_FAILED`. */
export function checkConditions(
  tx: ReadTx,
  { conditions, fence }: Pick<messages.ApplyRequest, 'conditions' | 'fence'>,
  rights?: Rights,
): void {
  for (const { kind, id } of fence ? [fence, ...conditions] : conditions)
    rights?.check('read', kind, tableOf(tx, checkedKind(kind)).get(id), id);
  if (fence && !holds(tx, fence))
    throw new StoreError('LEASE_LOST', `${fence.kind} ${fence.id} is over; stop, because another process may hold it`);
  for (const condition of conditions) {
    if (holds(tx, condition)) continue;
    const { kind, id, version } = condition;
    const expected = version === undefined ? 'must not be there' : `must be at version ${version}`;
    throw new StoreError('CONDITION_FAILED', `${kind} ${id} ${expected}: it has changed since it was read`);
  }
}

function holds(tx: ReadTx, { kind, id, version }: messages.Condition): boolean {
  return tableOf(tx, checkedKind(kind)).get(id)?.meta.version === version;
}

/** A message has `''` where a caller of the library leaves the id out. */
function draftOf(object: AnyObject): AnyObject {
  if (object.id !== '') return object;
  const { id: _id, ...rest } = object;
  return rest as AnyObject;
}

/** With a `specVersion` the spec alone is new, and the rest is what is there. */
function mergedSpec(kind: string, object: AnyObject, old: StoredObject | undefined, { specVersion }: Seen): AnyObject {
  if (specVersion === undefined) return object;
  if (!('spec' in object))
    throw new StoreError('INVALID_OBJECT', `${kind} has no spec: name the version`, { path: 'spec_version' });
  if (!old) return object; // update says that it is not there
  if (specVersionOf(old) !== specVersion) {
    throw new StoreError(
      'SEQUENCE_CONFLICT',
      `the spec of ${kind} ${object.id} is of version ${specVersionOf(old)}, not ${specVersion}: read it again`,
    );
  }
  return { ...old, spec: object.spec } as AnyObject;
}
