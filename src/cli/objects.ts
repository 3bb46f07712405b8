import { isStoreError, StoreError } from '../base/store-error.js';
import type { Client, Where } from '../client/index.js';
import { stackLabel } from '../compose/index.js';
import { isKind, kindNames, kindOf, type StoredObject } from '../kinds/index.js';

// Finds kinds and objects by the names that people use.

/** Returns the name of an object, for people; custom kinds have no known name field here. */
export function nameOf(kind: string, object: StoredObject): string {
  return isKind(kind) ? kindOf(kind).nameOf(object) : '';
}

/** The reference to an object that the next command takes: its name, or its id where the name is empty or not unique. */
export function callable(kind: string, objects: readonly StoredObject[]): (object: StoredObject) => string {
  const times = new Map<string, number>();
  for (const object of objects) {
    const name = nameOf(kind, object);
    times.set(name, (times.get(name) ?? 0) + 1);
  }
  return (object) => {
    const name = nameOf(kind, object);
    return name !== '' && times.get(name) === 1 ? name : object.id;
  };
}

/** Finds a kind by its singular or plural name. Asks the cluster about kinds that are not built in. */
export async function findKind(client: Client, given: string): Promise<string> {
  const own = kindNames.find((kind) => kind === given || kindOf(kind).plural === given);
  if (own) return own;
  const kinds = await client.kinds();
  const found = kinds.find(({ kind, plural }) => kind === given || plural === given);
  if (found) return found.kind;
  throw new StoreError(
    'UNKNOWN_KIND',
    `there is no kind "${given}"; use one of ${kinds.map(({ kind }) => kind).join(', ')}`,
  );
}

/** `KIND/ID` in its parts. */
export async function splitReference(client: Client, reference: string): Promise<{ kind: string; id: string }> {
  const at = reference.indexOf('/');
  if (at <= 0 || at === reference.length - 1)
    throw new StoreError('INVALID_OBJECT', `"${reference}" must be KIND/ID, like service/web`);
  return { kind: await findKind(client, reference.slice(0, at)), id: reference.slice(at + 1) };
}

/**
 * Finds an object by id, else by name, else by its name in the file of its stack, else by the beginning of an id. Exactly one
 * must match. A removal takes a complete id or name: the same command given twice must not remove another object.
 */
export async function findObject(
  client: Client,
  kind: string,
  given: string,
  { whole = false, stale = false }: { whole?: boolean; stale?: boolean } = {},
): Promise<StoredObject> {
  const look = async (filter: Where): Promise<StoredObject | undefined> => {
    const { objects } = await client.list(kind, filter, { limit: 2, stale }).catch(nothingNamed(kind));
    const [first, second] = objects;
    if (second) throw new StoreError('INVALID_OBJECT', `"${given}" matches more than one ${kind}; give more of the id`);
    return first;
  };
  const named = (await look({ ids: [given] })) ?? (await look({ names: [given] }));
  if (named) return named;
  // Every id begins with nothing.
  const guessed =
    whole || given === ''
      ? undefined
      : ((await inStack(client, kind, given, stale)) ?? (await look({ idPrefixes: [given] })));
  if (guessed) return guessed;
  throw new StoreError('NOT_FOUND', `there is no ${kind} "${given}"`);
}

/** Returns the object that has this name in the file of a stack: `web` of the stack `shop` is the service `shop_web`. */
async function inStack(client: Client, kind: string, given: string, stale: boolean): Promise<StoredObject | undefined> {
  if (kind !== 'service' && kind !== 'network') return undefined;
  const { objects } = await client.list(kind, undefined, { stale });
  const found = objects.filter(({ spec: { annotations } }) => {
    const stack = annotations.labels[stackLabel];
    return stack !== undefined && annotations.name === `${stack}_${given}`;
  });
  if (found.length > 1)
    throw new StoreError(
      'INVALID_OBJECT',
      `"${given}" is in more than one stack; use one of ${found.map((object) => nameOf(kind, object)).join(', ')}`,
    );
  return found[0];
}

/** Objects of custom kinds need not have names. */
function nothingNamed(kind: string): (error: unknown) => { readonly objects: readonly StoredObject[] } {
  return (error) => {
    if (!isKind(kind) && isStoreError(error, 'INVALID_FIND_BY')) return { objects: [] };
    throw error;
  };
}
