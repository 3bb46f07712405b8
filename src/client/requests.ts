import { newId } from '../base/ids.js';
import { systemRandom } from '../base/random.js';
import { canonicalObject, isKind, kindOf, plainObject, type StoredObject } from '../kinds/index.js';
import { type messages, toAny } from '../wire/index.js';
import type { KindRef, ListOptions, UpdateOptions, WaitOptions, WriteOptions } from './client.js';
import { completeFilter, type Where } from './filters.js';

const noMeta = { version: 0, createdAt: 0, updatedAt: 0 };

/** Returns the name of a kind. */
export const nameOf = (kind: KindRef): string => (typeof kind === 'string' ? kind : kind.name);

/** One change of a write of several: an object of any kind, created or replaced. */
export function changeOf(
  op: 'create' | 'update',
  kind: KindRef,
  object: object,
  seen: Pick<UpdateOptions, 'version' | 'specVersion'> = {},
): messages.Change {
  const name = nameOf(kind);
  const whole = complete(name, { id: newId(systemRandom), ...object });
  return { op, kind: name, id: whole.id, ...seen, object: toAny(name, whole) };
}

/** Returns the request of a list. @throws {TypeError} for a wrong limit. */
export function listRequest(kind: string, filter: Where | undefined, options: ListOptions): messages.ListRequest {
  const { stale = false, limit, after } = options;
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit >= 1))
    throw new TypeError('limit must be a whole number from 1');
  return {
    kind,
    ...(filter && { filter: completeFilter(filter) }),
    stale,
    limit: limit ?? 0,
    ...(after !== undefined && { after }),
  };
}

/** Keeps only the option for the wait, which is not sent to the member. */
export const waitOf = ({ signal }: WaitOptions): WaitOptions => ({ signal });

/** Author, reason and id of a write; makes an id where none is given. */
export function infoOf({ actor, reason, requestId = newId(systemRandom) }: WriteOptions): messages.WriteInfo {
  return { ...(actor !== undefined && { actor }), ...(reason !== undefined && { reason }), requestId };
}

/**
 * A draft with every field filled in, as messages have it; of a custom kind as it is: the leader fills in. Throws
 * `INVALID_OBJECT`.
 */
export function complete(kind: string, draft: object & { readonly id: string }): StoredObject {
  if (isKind(kind)) return canonicalObject(kindOf(kind), draft, draft.id, noMeta);
  return plainObject(kind, { ...draft, meta: noMeta });
}

/** Wraps the pieces of a saved state. */
export async function* asRequests(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<messages.RestoreRequest, void> {
  for await (const chunk of chunks) yield { chunk };
}
