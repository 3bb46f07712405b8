import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { StoreError } from '../base/store-error.js';
import type { Caller } from '../identity/index.js';
import type { AnyObject, Tx } from '../kinds/index.js';
import type { Replica } from '../replica/index.js';
import { methodOf } from '../rpc/index.js';
import { controlOf, fieldChanges, type UpdateOptions } from '../state/index.js';
import { bodyCharactersMax, fromAny, itemsTotalMax, type messages, toAny } from '../wire/index.js';
import { type Forwarder, forwardingHandler } from './forward.js';
import { kindsService } from './history.js';
import { checkedKind } from './names.js';
import { answerBytes, getObject, listObjects, readHandler } from './reads.js';
import { FieldRoom, showObject, wireFields } from './shown.js';
import { inTurns, turns } from './turns.js';
import { ApiWrites } from './writes.js';

type WriteInfo = messages.WriteInfo;
type ApplyRequest = messages.ApplyRequest;

/** Makes the `Control` service: it reads from this member and writes through the leader. */
export function controlService(replica: Replica, forwarder: Forwarder): UntypedServiceImplementation {
  const writer = new ControlWriter(replica);
  const written = <Req>(
    name: string,
    run: (request: Req, timeoutMs: number, caller: Caller | undefined) => Promise<unknown>,
  ) => ({
    [name]: forwardingHandler(methodOf('control', name), { replica, forwarder }, run),
  });
  return {
    Get: readHandler<messages.GetRequest>(replica, ({ kind, id }, tx, rights) => ({
      object: toAny(kind, getObject(tx, checkedKind(kind), id, rights)),
    })),
    List: listObjects(replica),
    ...kindsService(replica),
    ...written('Create', (request: messages.UpdateRequest, timeoutMs, caller) =>
      writer.write('create', request, { timeoutMs, caller }),
    ),
    ...written('Update', (request: messages.UpdateRequest, timeoutMs, caller) =>
      writer.write('update', request, { timeoutMs, caller }),
    ),
    ...written('Remove', (request: messages.RemoveRequest, timeoutMs, caller) =>
      writer.remove(request, { timeoutMs, caller }),
    ),
    ...written('Apply', (request: ApplyRequest, timeoutMs, caller) =>
      request.dryRun ? writer.plan(request, caller) : writer.apply(request, { timeoutMs, caller }),
    ),
  };
}

/** Caller of a write, and the time there is for it. */
interface Asking {
  readonly timeoutMs: number;
  readonly caller: Caller | undefined;
}

/** Writes of the `Control` service on the leader. A repeated request changes nothing: its answer comes from the first one. */
class ControlWriter {
  readonly #replica: Replica;
  readonly #store: Replica['store'];

  constructor(replica: Replica) {
    this.#replica = replica;
    this.#store = replica.store;
  }

  /** Creates or updates one object. */
  async write(
    action: 'create' | 'update',
    request: messages.UpdateRequest,
    asking: Asking,
  ): Promise<{ object: messages.AnyObject; version: number }> {
    const { kind, object: given } = unwrapped(request.kind, request.object);
    const done = await this.#transact(request.info, asking, (writes) =>
      action === 'create' ? writes.create(kind, given) : writes.update(kind, given, request),
    );
    const object = done?.value ?? this.#madeBefore(kind, given.id, request);
    return {
      object: toAny(kind, showObject(kind, object)),
      version: done?.version ?? this.#versionBefore(request),
    };
  }

  async remove(request: messages.RemoveRequest, asking: Asking): Promise<{ version: number }> {
    const kind = checkedKind(request.kind);
    const done = await this.#transact(request.info, asking, (writes) => writes.remove(kind, request.id, request));
    return { version: done?.version ?? this.#versionBefore(request) };
  }

  /** Makes the changes in one transaction. */
  async apply(request: ApplyRequest, { timeoutMs, caller }: Asking): Promise<messages.ApplyResponse> {
    const { changes, info } = request;
    const changing = (tx: Tx) => this.#changing(request, tx, caller);
    const made = function* (tx: Tx) {
      return { value: yield* changing(tx), version: tx.version };
    };
    const applied = await controlOf(this.#store).updateInSlices(made, { ...info, timeoutMs });
    if (applied) {
      const version = changes.length > 0 ? applied.version : applied.version - 1;
      return { version, ids: applied.value, planned: [], time: this.#timeOf(version, changes) };
    }
    const version = this.#versionBefore(request);
    const events = this.#store.transaction(version)?.events;
    return {
      version,
      ids: events?.map(({ object }) => object.id) ?? changes.map(({ id }) => id),
      planned: [],
      time: this.#timeOf(version, changes),
    };
  }

  #timeOf(version: number, changes: readonly unknown[]): number {
    return changes.length > 0 ? (this.#store.transaction(version)?.time ?? 0) : 0;
  }

  /** Plans the changes on the newest state of the leader. */
  async plan(request: ApplyRequest, caller: Caller | undefined): Promise<messages.ApplyResponse> {
    await this.#replica.confirmLeadership();
    const plan = await controlOf(this.#store).planInSlices((tx) => this.#changing(request, tx, caller), inTurns);
    const room = new FieldRoom(answerBytes);
    const shown: messages.PlannedChange[] = [];
    for (const change of plan.changes) shown.push(await turns.do(() => plannedChange(change, room)));
    return { version: plan.version, ids: plan.value, planned: shown, time: 0 };
  }

  /** Makes the changes of a request one by one: there may be thousands. Returns the ids of the objects. */
  *#changing(request: ApplyRequest, tx: Tx, caller: Caller | undefined): Generator<undefined, string[]> {
    const writes = new ApiWrites(tx, this.#store.kinds, { caller, fence: request.fence });
    try {
      writes.checkConditions(request);
      yield* writes.checkLookups(request);
      const ids: string[] = [];
      for (const change of request.changes) {
        ids.push(applyChange(writes, change));
        yield undefined;
      }
      yield* writes.finishInSlices();
      return ids;
    } catch (error) {
      throw writes.told(error);
    }
  }

  /** Runs the writes of one request as one transaction, with the rules at its end. */
  #transact<T>(
    info: WriteInfo | undefined,
    { timeoutMs, caller }: Asking,
    run: (writes: ApiWrites, tx: Tx) => T,
  ): Promise<{ value: T; version: number } | undefined> {
    return this.#store.update(
      (tx) => {
        const writes = new ApiWrites(tx, this.#store.kinds, { caller });
        try {
          const result = { value: run(writes, tx), version: tx.version };
          writes.finish();
          return result;
        } catch (error) {
          throw writes.told(error);
        }
      },
      { ...info, timeoutMs } satisfies UpdateOptions,
    );
  }

  #versionBefore({ info }: WriteRequest): number {
    return this.#store.versionOfRequest(info?.requestId ?? '') ?? this.#store.version;
  }

  #madeBefore(kind: string, id: string, request: WriteRequest): AnyObject {
    const made = this.#store.transaction(this.#versionBefore(request))?.events.find((event) => event.kind === kind);
    return made?.object ?? (this.#store.view((tx) => getObject(tx, kind, id)) as AnyObject);
  }
}

/** Fields that every write request has. */
interface WriteRequest {
  readonly info?: WriteInfo;
}

type Planned = Awaited<ReturnType<ReturnType<typeof controlOf>['planInSlices']>>['changes'][number];

function plannedChange({ action, kind, object, old }: Planned, room: FieldRoom): messages.PlannedChange {
  const op = action === 'delete' ? 'remove' : action;
  const fields = action === 'delete' ? fieldChanges(object, undefined) : fieldChanges(old, object);
  return { op, kind, id: object.id, ...wireFields(kind, fields, room) };
}

/** Checks the size before parsing: small values are cheap to send and expensive to keep. Throws `TOO_LARGE`, `LIMIT_EXCEEDED`. */
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
