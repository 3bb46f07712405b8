import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { StoreError } from '../base/store-error.js';
import type { AnyObject, Tx } from '../kinds/index.js';
import type { Replica } from '../replica/index.js';
import { methodOf } from '../rpc/index.js';
import type { UpdateOptions } from '../state/index.js';
import { bodyCharactersMax, fromAny, itemsTotalMax, type messages, toAny } from '../wire/index.js';
import { type Forwarder, forwardingHandler } from './forward.js';
import { kindsService } from './history.js';
import { checkedKind } from './names.js';
import { answerBytes, getObject, listObjects, readHandler } from './reads.js';
import { FieldRoom, showObject, wireFields } from './shown.js';
import { ApiWrites, checkConditions, type Seen } from './writes.js';

type WriteInfo = messages.WriteInfo;
type ApplyRequest = messages.ApplyRequest;

/** Fields that every write request has. */
interface WriteRequest extends Seen {
  readonly info?: WriteInfo;
}

/** The `Control` service: reads from here, writes through the leader. */
export function controlService(replica: Replica, forwarder: Forwarder): UntypedServiceImplementation {
  const { store } = replica;
  const handlers: UntypedServiceImplementation = {};

  const write = <Req>(name: string, run: (request: Req, timeoutMs: number) => Promise<unknown>) => {
    handlers[name] = forwardingHandler(methodOf('control', name), { replica, forwarder }, run);
  };

  /** Runs the writes of one request as one transaction, with the rules at its end. */
  const transact = <T>(info: WriteInfo | undefined, timeoutMs: number, run: (writes: ApiWrites, tx: Tx) => T) =>
    store.update(
      (tx) => {
        const writes = new ApiWrites(tx, store.kinds);
        const result = { value: run(writes, tx), version: tx.version };
        writes.finish();
        return result;
      },
      { ...info, timeoutMs } satisfies UpdateOptions,
    ) as Promise<{ value: T; version: number } | undefined>;

  /** Writes one object. A repeated request does nothing: it is answered with what the first one made. */
  const writeOne = async (
    request: WriteRequest & { readonly kind: string; readonly object: AnyObject },
    timeoutMs: number,
    action: 'create' | 'update',
  ): Promise<{ object: AnyObject; version: number }> => {
    const { kind, object: given } = request;
    const done = await transact(request.info, timeoutMs, (writes) =>
      action === 'create' ? writes.create(kind, given) : writes.update(kind, given, request),
    );
    const object = done?.value ?? madeBefore(kind, given.id, request);
    return { object: showObject(kind, object), version: done?.version ?? versionBefore(request) };
  };

  handlers.Get = readHandler<messages.GetRequest>(replica, ({ kind, id }, tx) => ({
    object: toAny(kind, getObject(tx, checkedKind(kind), id)),
  }));
  handlers.List = listObjects(replica);
  for (const action of ['create', 'update'] as const) {
    const method = action === 'create' ? 'Create' : 'Update';
    write(method, async (request: messages.UpdateRequest, timeoutMs) => {
      const given = unwrapped(request.kind, request.object);
      const { object, version } = await writeOne({ ...request, ...given }, timeoutMs, action);
      return { object: toAny(given.kind, object), version };
    });
  }
  write('Remove', async (request: messages.RemoveRequest, timeoutMs) => {
    const kind = checkedKind(request.kind);
    const done = await transact(request.info, timeoutMs, (writes) => writes.remove(kind, request.id, request));
    return { version: done?.version ?? versionBefore(request) };
  });
  Object.assign(handlers, kindsService(replica));

  write('Apply', async (request: ApplyRequest, timeoutMs) => {
    if (request.dryRun) return planned(request);
    const { changes, info } = request;
    const applied = await transact(info, timeoutMs, (writes, tx) => {
      checkConditions(tx, request);
      return changes.map((change) => applyChange(writes, change));
    });
    if (applied) {
      const version = changes.length > 0 ? applied.version : applied.version - 1;
      return { version, ids: applied.value, planned: [] };
    }
    const version = versionBefore(request);
    const events = store.transaction(version)?.events;
    return { version, ids: events?.map(({ object }) => object.id) ?? changes.map(({ id }) => id), planned: [] };
  });

  /** Plans the changes on the newest state of the leader. */
  async function planned(request: ApplyRequest): Promise<messages.ApplyResponse> {
    await replica.confirmLeadership();
    const plan = store.plan((tx) => {
      checkConditions(tx, request);
      const writes = new ApiWrites(tx, store.kinds);
      const ids = request.changes.map((change) => applyChange(writes, change));
      writes.finish();
      return ids;
    });
    const room = new FieldRoom(answerBytes);
    return {
      version: plan.version,
      ids: plan.value,
      planned: plan.changes.map(({ action, kind, object, fields }) => ({
        op: action === 'delete' ? 'remove' : action,
        kind,
        id: object.id,
        ...wireFields(kind, fields, room),
      })),
    };
  }

  function versionBefore({ info }: { readonly info?: WriteInfo }): number {
    return store.versionOfRequest(info?.requestId ?? '') ?? store.version;
  }

  function madeBefore(kind: string, id: string, request: WriteRequest): AnyObject {
    const made = store.transaction(versionBefore(request))?.events.find((event) => event.kind === kind);
    const found = made?.object ?? (store.view((tx) => getObject(tx, kind, id)) as AnyObject);
    return found;
  }
  return handlers;
}

/** Before it is parsed: a few characters a value are cheap to send, and not to keep. Throws `TOO_LARGE`, `LIMIT_EXCEEDED`. */
function checkBody(body: string): void {
  if (body.length > bodyCharactersMax)
    throw new StoreError('TOO_LARGE', `an object of ${body.length} characters, at most ${bodyCharactersMax} can be kept`, { path: 'object' }); // prettier-ignore
  let values = 1;
  let inText = false;
  for (let i = 0; i < body.length; i++) {
    const code = body.charCodeAt(i);
    if (code === quote) inText = !inText;
    else if (code === backslash) i++;
    else if (code === comma && !inText) values++;
  }
  if (values > itemsTotalMax)
    throw new StoreError('LIMIT_EXCEEDED', `an object of ${values} values, at most ${itemsTotalMax} can be kept`, { path: 'object' }); // prettier-ignore
}

const [quote, backslash, comma] = [34, 92, 44];

/** Returns the object of a request and its kind. Throws `INVALID_OBJECT`. */
function unwrapped(kind: string, wrapped: messages.AnyObject | undefined): { kind: string; object: AnyObject } {
  if (kind !== '') checkedKind(kind);
  if (wrapped && 'custom' in wrapped) checkBody(wrapped.custom.body);
  try {
    return fromAny(kind, wrapped ?? ({} as messages.AnyObject));
  } catch (cause) {
    throw new StoreError('INVALID_OBJECT', (cause as Error).message, { path: 'object', cause });
  }
}

/** Makes one change of an `Apply`. Returns the id of the object. */
function applyChange(writes: ApiWrites, change: messages.Change): string {
  const { op, id } = change;
  if (op === 'remove') {
    writes.remove(checkedKind(change.kind), id, change);
    return id;
  }
  const { kind, object } = unwrapped(change.kind, change.object);
  return (op === 'create' ? writes.create(kind, object) : writes.update(kind, object, change)).id;
}
