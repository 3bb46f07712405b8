import { plainEqual } from '../base/plain.js';
import {
  specVersionOf,
  StoreError,
  tableOf,
  type AnyObject,
  type Service,
  type StoredObject,
  type Tx,
} from '../state/index.js';
import { checkObject, checkRemoval } from './rules.js';
import { withHiddenParts } from './shown.js';

/** What an update or a removal saw of the object. */
export interface Seen {
  /** The object must be of this version. */
  readonly version?: number | undefined;
  /** The spec must be of this version; nothing but the spec is replaced. */
  readonly specVersion?: number | undefined;
}

/**
 * The writes of one request in one transaction. Rules about several objects are asked at the end, so that the order of
 * the changes does not matter.
 */
export class ApiWrites {
  readonly #tx: Tx;
  readonly #checks: (() => void)[] = [];

  constructor(tx: Tx) {
    this.#tx = tx;
  }

  create(kind: string, object: AnyObject): AnyObject {
    const created = tableOf(this.#tx, kind).create(
      draftOf(this.#withSpecVersion(kind, object, undefined)),
    ) as AnyObject;
    this.#checks.push(() => this.#check(kind, created.id, undefined));
    return created;
  }

  update(kind: string, object: AnyObject, seen: Seen): AnyObject {
    const table = tableOf(this.#tx, kind);
    const old = table.get(object.id);
    const next = this.#withSpecVersion(kind, withHiddenParts(kind, mergedSpec(kind, object, old, seen), old), old);
    const { meta: _meta, ...rest } = next;
    const { version } = seen;
    const updated = table.update({ ...rest, ...(version !== undefined && { meta: { version } }) }) as AnyObject;
    this.#checks.push(() => this.#check(kind, updated.id, old));
    return updated;
  }

  remove(kind: string, id: string, { version }: Seen = {}): void {
    const table = tableOf(this.#tx, kind);
    const old = table.get(id);
    if (old && version !== undefined && old.meta.version !== version)
      throw new StoreError('SEQUENCE_CONFLICT', `${kind} ${id} is at version ${old.meta.version}, not ${version}`);
    table.delete(id);
    this.#checks.push(() => {
      if (old && !table.get(id)) checkRemoval(this.#tx, kind, old);
    });
  }

  /** Asks the rules. Throws `INVALID_OBJECT` or `IN_USE`. */
  finish(): void {
    for (const check of this.#checks) check();
  }

  #check(kind: string, id: string, old: StoredObject | undefined): void {
    const object = tableOf(this.#tx, kind).get(id);
    if (object) checkObject(this.#tx, kind, object as AnyObject, old);
  }

  /** A service carries in the open when its spec was last set, and what it was before: the API sees to that. */
  #withSpecVersion(kind: string, object: AnyObject, old: StoredObject | undefined): AnyObject {
    if (kind !== 'service') return object;
    const { previousSpec: _previous, ...service } = object as Service;
    const before = old as Service | undefined;
    if (!before) return { ...service, specVersion: this.#tx.version };
    if (plainEqual(before.spec, service.spec)) {
      const { specVersion, previousSpec } = before;
      return { ...service, specVersion, ...(previousSpec && { previousSpec }) };
    }
    return { ...service, specVersion: this.#tx.version, previousSpec: before.spec };
  }
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
