import { isStoreError } from '../base/store-error.js';
import type { Client, WriteOptions } from '../client/index.js';
import type { StoredObject } from '../kinds/index.js';
import { assigned, type Assignment, fieldAt, withField } from './object-path.js';
import { findObject } from './objects.js';

/** Maximum number of attempts when others write the same object. */
const attempts = 5;

/** Changes of single fields. */
export interface FieldChanges {
  readonly assignments: readonly Assignment[];
  readonly removals: readonly Assignment['path'][];
}

/**
 * Sets and removes fields of an object. Reads again when others have written it meanwhile: the changes hold for whatever
 * is there.
 */
export async function setFields(
  client: Client,
  reference: { readonly kind: string; readonly id: string },
  changes: FieldChanges,
  said: WriteOptions,
): Promise<StoredObject> {
  for (let attempt = 1; ; attempt++) {
    const current = await findObject(client, reference.kind, reference.id, { whole: true });
    try {
      return await asMeant(changes.assignments, (assignments) => {
        const made = { ...withChanges(current, { ...changes, assignments }), id: current.id };
        return client.update(reference.kind, made, { ...said, version: current.meta.version });
      });
    } catch (error) {
      if (!isStoreError(error, 'SEQUENCE_CONFLICT') || attempt === attempts) throw error;
    }
  }
}

/** Creates an object of these fields; without an id the store gives one. */
export async function createWith(
  client: Client,
  { kind, id }: { readonly kind: string; readonly id?: string },
  given: readonly Assignment[],
  said: WriteOptions,
): Promise<StoredObject> {
  return asMeant(given, (assignments) => {
    const draft = assigned({ ...(id !== undefined && { id }) }, assignments);
    return client.create(kind, draft, said);
  });
}

function withChanges(object: object, { assignments, removals }: FieldChanges): object {
  const set = assigned(object, assignments);
  return removals.reduce<object>(
    (made, path) => (fieldAt(made, path) === undefined ? made : (withField(made, path, undefined) as object)),
    set,
  );
}

/**
 * Writes; when a field refuses a number or a flag whose value could also be meant as text, once more with the text. So
 * `labels.tier=1` needs no quotes.
 */
async function asMeant<T>(
  assignments: readonly Assignment[],
  write: (assignments: readonly Assignment[]) => Promise<T>,
): Promise<T> {
  let tried = assignments;
  for (;;) {
    try {
      return await write(tried);
    } catch (error) {
      if (!isStoreError(error, 'INVALID_OBJECT')) throw error;
      const { path: refused = '' } = error.details;
      const wrong = tried.findIndex(
        ({ path, loose }) => loose !== undefined && refused === plainPath(path) && error.message.includes('string'),
      );
      const { path, loose } = tried[wrong] ?? {};
      if (path === undefined || loose === undefined) throw error;
      tried = tried.map((one, i) => (i === wrong ? { path, value: loose } : one));
    }
  }
}

/** The path as errors name it. */
function plainPath(path: Assignment['path']): string {
  return path.map((key, i) => (typeof key === 'number' ? `[${key}]` : i === 0 ? key : `.${key}`)).join('');
}
