import type { handleUnaryCall, sendUnaryData, ServerUnaryCall, UntypedServiceImplementation } from '@grpc/grpc-js';
import type { Replica } from '../replica/index.js';
import {
  all,
  byIdPrefix,
  byName,
  byNamePrefix,
  byId,
  kindNames,
  kindOf,
  or,
  StoreError,
  tableOf,
  type AnyObject,
  type By,
  type Kind,
  type ReadTx,
  type Tx,
  type UpdateOptions,
} from '../state/index.js';
import type { messages } from '../wire/index.js';
import { methodOf } from './definitions.js';
import { forwardingHandler, timeLeft, type Forwarder } from './forward.js';
import { checkName } from './names.js';
import { toStatus } from './status.js';

type Filter = messages.Filter;
type WriteInfo = messages.WriteInfo;
type ApplyRequest = messages.ApplyRequest;

const capitalized = (word: string) => word[0]?.toUpperCase() + word.slice(1);

function lookup({ ids, idPrefixes, names, namePrefixes }: Filter): By[] {
  return [ids.map(byId), idPrefixes.map(byIdPrefix), names.map(byName), namePrefixes.map(byNamePrefix)]
    .filter((bys) => bys.length > 0)
    .map((bys) => or(...bys));
}

/** What is in every one of the lists, in the order of the first. */
function intersection<T extends { readonly id: string }>(lists: readonly T[][]): T[] {
  const [first = [], ...rest] = lists;
  const others = rest.map((list) => new Set(list.map(({ id }) => id)));
  return first.filter(({ id }) => others.every((ids) => ids.has(id)));
}

function optionsOf(info: WriteInfo | undefined, timeoutMs: number): UpdateOptions {
  return { ...info, timeoutMs };
}

/** The `Control` service: reads from here, writes through the leader. */
export function controlService(replica: Replica, forwarder: Forwarder): UntypedServiceImplementation {
  const { store } = replica;
  const handlers: Record<string, handleUnaryCall<never, unknown>> = {};

  const read = <Req extends { readonly stale: boolean }>(
    name: string,
    answer: (request: Req, tx: ReadTx) => unknown,
  ) => {
    handlers[name] = (call: ServerUnaryCall<Req, unknown>, done: sendUnaryData<unknown>) => {
      const reading = (tx: ReadTx) => answer(call.request, tx);
      const answered = call.request.stale
        ? Promise.resolve().then(() => store.view(reading))
        : replica.linearizable(reading, { timeoutMs: timeLeft(call) });
      answered.then(
        (response) => done(null, response),
        (error: unknown) => done(toStatus(error)),
      );
    };
  };
  const write = <Req>(name: string, run: (request: Req, timeoutMs: number) => Promise<unknown>) => {
    handlers[name] = forwardingHandler(methodOf('control', name), { replica, forwarder }, run);
  };

  for (const kind of kindNames) addKind(kind);
  function addKind(kind: Kind): void {
    const { plural } = kindOf(kind);
    const [one, many] = [capitalized(kind), capitalized(plural)];
    type Written = { info?: WriteInfo; version?: number; id: string } & Record<Kind, AnyObject>;

    read(`Get${one}`, ({ id }: { id: string; stale: boolean }, tx) => {
      const object = tableOf(tx, kind).get(id);
      if (!object) throw new StoreError('NOT_FOUND', `there is no ${kind} ${id}`);
      return { [kind]: object };
    });
    read(`List${many}`, ({ filter }: { filter?: Filter; stale: boolean }, tx) => {
      const bys = filter ? lookup(filter) : [];
      const found = intersection((bys.length > 0 ? bys : [all]).map((by) => tableOf(tx, kind).find(by) as AnyObject[]));
      return { [plural]: found, version: tx.version };
    });
    write(`Create${one}`, async (request: Written, timeoutMs) => {
      const options = optionsOf(request.info, timeoutMs);
      const object = await store.update((tx) => create(tx, kind, request[kind]), options);
      return { [kind]: object ?? madeBefore(kind, request), version: object?.meta.version ?? versionBefore(request) };
    });
    write(`Update${one}`, async (request: Written, timeoutMs) => {
      const options = optionsOf(request.info, timeoutMs);
      const object = await store.update((tx) => update(tx, kind, request[kind], request.version), options);
      return { [kind]: object ?? madeBefore(kind, request), version: object?.meta.version ?? versionBefore(request) };
    });
    write(`Remove${one}`, async (request: Written, timeoutMs) => {
      const version = await store.update(
        (tx) => {
          tableOf(tx, kind).delete(request.id);
          return tx.version;
        },
        optionsOf(request.info, timeoutMs),
      );
      return { version: version ?? versionBefore(request) };
    });
  }

  write('Apply', async (request: ApplyRequest, timeoutMs) => {
    const { changes, info } = request;
    const applied = await store.update(
      (tx) => {
        const { version } = tx;
        return {
          version: changes.length > 0 ? version : version - 1,
          ids: changes.map((change) => applyChange(tx, change)),
        };
      },
      optionsOf(info, timeoutMs),
    );
    if (applied) return applied;
    const version = versionBefore(request);
    const events = store.transaction(version)?.events;
    return { version, ids: events?.map(({ object }) => object.id) ?? changes.map(({ id }) => id) };
  });

  /** A repeated request does nothing now: it is answered with what the first one made, as far as that is known. */
  function versionBefore({ info }: { info?: WriteInfo }): number {
    return store.versionOfRequest(info?.requestId ?? '') ?? store.version;
  }

  function madeBefore(kind: Kind, request: { info?: WriteInfo } & Record<Kind, AnyObject>): AnyObject {
    const { id } = request[kind];
    const made = store.transaction(versionBefore(request))?.events.find((event) => event.kind === kind);
    const found = made?.object ?? store.view((tx) => tableOf(tx, kind).get(id));
    if (!found)
      throw new StoreError('NOT_FOUND', `this request was carried out before, and ${kind} ${id} is gone since`);
    return found;
  }
  return handlers as unknown as UntypedServiceImplementation;
}

/** A message has `''` where a caller of the library leaves the id out. */
function draftOf(object: AnyObject): AnyObject {
  if (object.id !== '') return object;
  const { id: _id, ...rest } = object;
  return rest as AnyObject;
}

function create(tx: Tx, kind: Kind, object: AnyObject): AnyObject {
  const created = tableOf(tx, kind).create(draftOf(object)) as AnyObject;
  checkName(kind, created);
  return created;
}

function update(tx: Tx, kind: Kind, object: AnyObject, version: number | undefined): AnyObject {
  const { meta: _meta, ...rest } = object;
  const updated = tableOf(tx, kind).update({
    ...rest,
    ...(version !== undefined && { meta: { version } }),
  }) as AnyObject;
  checkName(kind, updated);
  return updated;
}

function applyChange(tx: Tx, change: messages.Change): string {
  const kind = kindNames.find((name) => name === change.kind);
  if (!kind)
    throw new StoreError('INVALID_OBJECT', `there is no kind "${change.kind}"; known are ${kindNames.join(', ')}`, {
      path: 'kind',
    });
  if (change.op === 'remove') {
    checkVersion(tx, kind, change);
    tableOf(tx, kind).delete(change.id);
    return change.id;
  }
  const object = (change as Partial<Record<Kind, AnyObject>>)[kind];
  if (!object) throw new StoreError('INVALID_OBJECT', `a change of kind ${kind} must carry a ${kind}`, { path: kind });
  return (change.op === 'create' ? create(tx, kind, object) : update(tx, kind, object, change.version)).id;
}

/** A removal may name the version that it saw, as an update does. */
function checkVersion(tx: Tx, kind: Kind, { id, version }: messages.Change): void {
  const object = version === undefined ? undefined : tableOf(tx, kind).get(id);
  if (object && object.meta.version !== version)
    throw new StoreError('SEQUENCE_CONFLICT', `${kind} ${id} is at version ${object.meta.version}, not ${version}`);
}
