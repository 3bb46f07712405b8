import { messageOf } from '../base/errors.js';
import { isStoreError, isStoreErrorOf, StoreError } from '../base/store-error.js';
import { changeOf, type Client, type messages, type WriteOptions } from '../client/index.js';
import { canonicalObject, isKind, kindOf, type StoredObject } from '../kinds/index.js';
import type { ObjectDocument } from './object-files.js';
import { findKind, nameOf } from './objects.js';

/** Maximum number of attempts when others write the same objects. */
const attempts = 3;

/** An object of a file beside the one of the cluster. */
export interface ObjectChange {
  readonly op: 'create' | 'update';
  readonly kind: string;
  readonly name: string;
  readonly id: string;
  readonly wire: messages.Change;
  /** Fields that differ. */
  readonly fields: readonly messages.FieldChange[];
}

/** Makes the cluster hold the objects of a file, in one transaction; those that differ in nothing are left out. */
export async function applyObjects(
  client: Client,
  documents: readonly ObjectDocument[],
  { dryRun, said }: { readonly dryRun: boolean; readonly said: WriteOptions },
): Promise<ObjectChange[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      const changes = await differences(client, documents);
      if (!dryRun && changes.length > 0) await client.apply(changes.map(({ wire }) => wire), said); // prettier-ignore
      return changes;
    } catch (error) {
      // A version in the file is a condition of its author: no newer one will do.
      const pinned = documents.some(({ object }) => versionIn(object) !== undefined);
      const passing = isStoreErrorOf(error, ['SEQUENCE_CONFLICT', 'NAME_CONFLICT', 'ALREADY_EXISTS', 'NOT_FOUND']);
      if (pinned || !passing || attempt === attempts) throw error;
    }
  }
}

async function differences(client: Client, documents: readonly ObjectDocument[]): Promise<ObjectChange[]> {
  const changes: Omit<ObjectChange, 'fields'>[] = [];
  for (const document of documents) changes.push(await changeFor(client, document));
  const twice = changes.find(({ kind, id }, i) => changes.findIndex((one) => one.kind === kind && one.id === id) < i);
  if (twice)
    throw new StoreError('INVALID_OBJECT', `${twice.kind} ${twice.name || twice.id} is there twice; leave one`);
  if (changes.length === 0) return [];
  const planned = await client.plan(changes.map(({ wire }) => wire));
  return changes
    .map((change, i) => ({ ...change, fields: planned[i]?.fields ?? [] }))
    .filter(({ op, fields }, i) => op === 'create' || fields.length > 0 || (planned[i]?.fieldsLeftOut ?? 0) > 0);
}

async function changeFor(
  client: Client,
  { place, kind: written, object }: ObjectDocument,
): Promise<Omit<ObjectChange, 'fields'>> {
  try {
    const kind = await findKind(client, written);
    const current = await currentOf(client, kind, object);
    const seen = versionIn(object);
    if (!current) {
      if (seen !== undefined)
        throw new StoreError('NOT_FOUND', `there is no ${kind} with meta.version ${seen} any more`);
      const wire = changeOf('create', kind, withoutMeta(object));
      return { op: 'create', kind, name: nameIn(kind, object), id: wire.id, wire };
    }
    const { id, meta } = current;
    const whole = { ...replaced(kind, current, withoutMeta(object)), id };
    const wire = changeOf('update', kind, whole, { version: seen ?? meta.version });
    return { op: 'update', kind, name: nameIn(kind, whole) || nameOf(kind, current), id, wire };
  } catch (error) {
    if (!isStoreError(error)) throw error;
    throw new StoreError(error.code, `${place}: ${messageOf(error).replace(/^[A-Z_]+: /, '')}`, { cause: error });
  }
}

/** Finds the object that a file means: by id, else by name, which must then be the only one. */
async function currentOf(client: Client, kind: string, object: object): Promise<StoredObject | undefined> {
  const { id } = object as { id?: unknown };
  if (typeof id === 'string') return (await client.list(kind, { ids: [id] })).objects[0];
  if (id !== undefined) throw new StoreError('INVALID_OBJECT', 'id must be text');
  const name = nameIn(kind, object);
  if (name === '')
    throw new StoreError(
      'INVALID_OBJECT',
      `give the id of this ${kind}: without it, each apply would make another one`,
    );
  const { objects } = await client.list(kind, { names: [name] }, { limit: 2 });
  if (objects.length > 1)
    throw new StoreError('INVALID_OBJECT', `more than one ${kind} is named "${name}"; give the id`);
  return objects[0];
}

/** The new content: of a built-in kind, fields at the top that the file leaves out stay, such as a status. */
export function replaced(kind: string, current: StoredObject, given: object): object {
  return isKind(kind) ? { ...current, ...given } : given;
}

/** Name of an object as a file writes it; `''` where its kind has none. Throws `INVALID_OBJECT`. */
function nameIn(kind: string, object: object): string {
  if (!isKind(kind)) return '';
  const meta = { version: 0, createdAt: 0, updatedAt: 0 };
  return nameOf(kind, canonicalObject(kindOf(kind), withoutMeta(object), 'unnamed', meta));
}

function withoutMeta(object: object): object {
  const { meta: _meta, ...rest } = object as { meta?: unknown };
  return rest;
}

/** The version that the author of the file saw. */
function versionIn(object: object): number | undefined {
  const { meta } = object as { meta?: { version?: unknown } };
  return typeof meta?.version === 'number' ? meta.version : undefined;
}
