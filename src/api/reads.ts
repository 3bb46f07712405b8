import type { handleServerStreamingCall, handleUnaryCall, sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js';
import { StoreError } from '../base/store-error.js';
import type { By, ReadTx, StoredObject } from '../kinds/index.js';
import type { Replica } from '../replica/index.js';
import { callerIn, toStatus } from '../rpc/index.js';
import { type MemoryStore, tableOf } from '../state/index.js';
import { type messages, toAny } from '../wire/index.js';
import { lookupOf } from './filters.js';
import { timeLeft } from './forward.js';
import { checkedKind } from './names.js';
import { Rights } from './rights.js';
import { showObject } from './shown.js';
import { streaming } from './streaming.js';
import { turns } from './turns.js';

/** Fields that every read request has. */
export interface ReadRequest {
  readonly stale: boolean;
}

/** Approximate bytes in one message of a stream. */
export const pageBytes = 256 * 1024;

/** Approximate bytes in the single message of an answer; another call asks for the rest. */
export const answerBytes = 1024 * 1024;

/** Runs `read` on what is committed in the cluster, or, where the request takes that, on what this member holds. */
export async function readCommitted<T>(
  replica: Replica,
  request: ReadRequest,
  timeoutMs: number,
  read: (tx: ReadTx) => T,
): Promise<T> {
  if (!request.stale) await replica.linearizable(() => undefined, { timeoutMs });
  // All that waited for the same round go on at the same time.
  return turns.do(() => replica.store.view(read as never));
}

/** A unary method that reads. */
export function readHandler<Req extends ReadRequest>(
  replica: Replica,
  answer: (request: Req, tx: ReadTx, rights: Rights) => unknown,
): handleUnaryCall<Req, unknown> {
  return (call: ServerUnaryCall<Req, unknown>, done: sendUnaryData<unknown>) => {
    const run = (tx: ReadTx) => {
      if (call.cancelled) throw new StoreError('CLOSED', 'the caller has gone away');
      return answer(call.request, tx, Rights.in(tx, replica.store.kinds, callerIn(call)));
    };
    readCommitted(replica, call.request, timeLeft(call), run).then(
      (response) => done(null, response),
      (error: unknown) => done(toStatus(error)),
    );
  };
}

export function getObject(tx: ReadTx, kind: string, id: string, rights?: Rights): StoredObject {
  const object = tableOf(tx, kind).get(id);
  rights?.check('read', kind, object, id);
  if (!object) throw new StoreError('NOT_FOUND', `there is no ${kind} ${id}`);
  return showObject(kind, object);
}

/**
 * Returns the first items that fit one answer: `limit` of them, or as many as {@link answerBytes} hold when it is 0.
 */
export function pageOf<T>(
  found: Iterable<T>,
  limit: number,
  bytesOf: (item: T) => number,
): { items: T[]; more: boolean } {
  const items: T[] = [];
  let bytes = 0;
  for (const item of found) {
    if (bytes >= answerBytes || (limit > 0 && items.length === limit)) return { items, more: true };
    items.push(item);
    bytes += bytesOf(item);
  }
  return { items, more: false };
}

/** Objects that are looked up at a time. */
const chunkObjects = 512;

/** A union has no order of its own that one could go on in: it is looked up at once. */
function isUnion(by: By): boolean {
  return by.by === 'or' || (by.by === 'and' && by.bys[0] !== undefined && isUnion(by.bys[0]));
}

/** Yields what a lookup finds, a few objects at a time, so that the reader can pause in between. */
export function* foundIn(
  view: ReadTx,
  kind: string,
  by: By,
  { limit = Infinity, after }: { limit?: number; after?: string | undefined } = {},
): Generator<StoredObject, void> {
  const table = tableOf(view, kind);
  if (isUnion(by)) {
    yield* table.find(by, { ...(limit < Infinity && { limit }), after });
    return;
  }
  let last: StoredObject | string | undefined = after;
  for (let left = limit; left > 0; left -= chunkObjects) {
    const wanted = Math.min(left, chunkObjects);
    const chunk: StoredObject[] = table.find(by, { limit: wanted, after: last });
    yield* chunk;
    if (chunk.length < wanted) return;
    last = chunk.at(-1);
  }
}

/** Cuts a list into messages of about {@link pageBytes}, giving the event loop back in between. */
export async function* pagesOf(
  store: MemoryStore,
  kind: string,
  objects: Iterable<StoredObject>,
  where: (object: StoredObject) => boolean = () => true,
): AsyncGenerator<messages.AnyObject[], void> {
  const left = objects[Symbol.iterator]();
  let page: messages.AnyObject[] = [];
  let bytes = 0;
  /** Adds to the page, for at most one turn. True when nothing is left. */
  const fill = () => {
    for (let looked = 0; looked < chunkObjects && bytes < pageBytes; looked++) {
      const next = left.next();
      if (next.done) return true;
      const object = next.value;
      if (!where(object)) continue;
      page.push(toAny(kind, showObject(kind, object)));
      bytes += store.bytesOf(kind, object);
    }
    return false;
  };
  for (let all = false; !all;) {
    all = await turns.do(fill);
    if (page.length === 0 || (bytes < pageBytes && !all)) continue;
    yield page;
    page = [];
    bytes = 0;
  }
}

/** `List`: a list of any length, all of it of one version. */
export function listObjects(replica: Replica): handleServerStreamingCall<messages.ListRequest, messages.ListResponse> {
  const { store } = replica;
  return streaming(async (call, { say, signal }) => {
    const { request } = call;
    const view = await readCommitted(replica, request, timeLeft(call), () => store.openView());
    const { version } = view;
    const { kind, filter, limit, after } = request;
    const by = lookupOf(checkedKind(kind), filter);
    const rights = Rights.in(view, store.kinds, callerIn(call));
    rights.checkKind(kind);
    const most = limit > 0 ? limit : Infinity;
    let left = most;
    // Objects that the caller may not read do not count for the limit.
    const readable = (object: StoredObject) => left > 0 && rights.mayRead(kind, object) && left-- > 0;
    const found = foundIn(view, kind, by, { ...(most < Infinity && !rights.limited && { limit }), after });
    let sent = 0;
    for await (const objects of pagesOf(store, kind, found, rights.limited ? readable : undefined)) {
      if (signal.aborted) return;
      await say({ version, objects });
      sent++;
    }
    if (sent === 0) await say({ version, objects: [] });
  });
}
