import { isStoreError, StoreError } from '../base/store-error.js';
import type { Client, WriteOptions } from '../client/index.js';
import { kv } from '../kinds/index.js';
import { findKind } from './objects.js';

// Texts under keys. A key is the id of an object of the kind `kv`.

/** An object of the kind `kv`, as a client reads it. */
export type Pair = Awaited<ReturnType<typeof readPair>>;

/** Maximum number of attempts when others create and remove the same key. */
const attempts = 5;

/** Reads a reference: a key, unless the part before the first slash is a kind. Returns that kind and the rest. */
export async function kindIn(client: Client, reference: string): Promise<{ kind: string; id: string } | undefined> {
  const at = reference.indexOf('/');
  if (at <= 0) return undefined;
  try {
    return { kind: await findKind(client, reference.slice(0, at)), id: reference.slice(at + 1) };
  } catch (error) {
    if (isStoreError(error, 'UNKNOWN_KIND')) return undefined;
    throw error;
  }
}

/** Returns the key in a reference: `kv/KEY` and `KEY` name the same one. Refuses what names an object of another kind. */
export async function keyIn(client: Client, reference: string): Promise<string> {
  const found = await kindIn(client, reference);
  const key = found?.kind === kv.name ? found.id : reference;
  if (found && found.kind !== kv.name)
    throw new StoreError(
      'INVALID_OBJECT',
      `"${reference}" names an object of the kind ${found.kind}; give kv/${reference} if it is a key`,
    );
  if (key === '') throw new StoreError('INVALID_OBJECT', 'a key is empty; give it at least one character');
  return key;
}

/** Reads the text under a key. */
export async function readPair(client: Client, key: string, options: { readonly stale?: boolean } = {}) {
  try {
    return await client.get(kv, key, options);
  } catch (error) {
    if (isStoreError(error, 'NOT_FOUND'))
      throw new StoreError('NOT_FOUND', `there is no key "${key}"; put it, or give KIND/ID for an object`);
    throw error;
  }
}

/** Yields the keys that begin with `prefix`, in order. */
export async function pairsUnder(
  client: Client,
  prefix: string,
  options: { readonly stale?: boolean } = {},
): Promise<readonly Pair[]> {
  return (await client.list(kv, { idPrefixes: [prefix] }, options)).objects;
}

/** Writes a text under a key. `ifVersion` is the version that it must have now; 0 is a key that must not exist. */
export async function putPair(
  client: Client,
  { key, value, ifVersion }: { readonly key: string; readonly value: string; readonly ifVersion?: number | undefined },
  said: WriteOptions,
): Promise<Pair> {
  const pair = { id: key, value };
  if (ifVersion === 0) return client.create(kv, pair, said);
  if (ifVersion !== undefined) return client.update(kv, pair, { ...said, version: ifVersion });
  for (let attempt = 1; ; attempt++) {
    try {
      return await client.update(kv, pair, said);
    } catch (error) {
      if (!isStoreError(error, 'NOT_FOUND')) throw error;
    }
    try {
      return await client.create(kv, pair, said);
    } catch (error) {
      if (!isStoreError(error, 'ALREADY_EXISTS') || attempt === attempts) throw error;
    }
  }
}

/** Removes keys in one transaction; with `ifVersion`, only while they have this version. */
export async function removePairs(
  client: Client,
  keys: readonly string[],
  { ifVersion, ...said }: WriteOptions & { readonly ifVersion?: number | undefined },
): Promise<void> {
  const seen = ifVersion === undefined ? {} : { version: ifVersion };
  await client.apply(
    keys.map((id) => ({ op: 'remove', kind: kv.name, id, ...seen })),
    said,
  );
}
