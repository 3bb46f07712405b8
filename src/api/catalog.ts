import type { ServerWritableStream, UntypedServiceImplementation } from '@grpc/grpc-js';
import { groupedToLast } from '../base/grouped.js';
import { StoreError } from '../base/store-error.js';
import type { Caller } from '../identity/index.js';
import {
  all,
  indexLookup,
  type Kind,
  leases,
  type ReadTx,
  specifierFor,
  type StoredObject,
  type WriteTable,
} from '../kinds/index.js';
import type { Replica } from '../replica/index.js';
import { callerIn, methodOf } from '../rpc/index.js';
import { tableOf, watch } from '../state/index.js';
import type { messages } from '../wire/index.js';
import { type Forwarder, forwardingHandler } from './forward.js';
import { checkLeases } from './lease.js';
import { foundIn, pageBytes, pageOf, readHandler, type ReadRequest } from './reads.js';
import { Rights } from './rights.js';
import { type Answers, streaming } from './streaming.js';
import { turns } from './turns.js';

type Instance = messages.CatalogInstance;
type WatchCall = ServerWritableStream<messages.CatalogWatchRequest, messages.CatalogWatchResponse>;

/** The kind of instances: defined by the catalogue, known here by its name. */
const instancesKind = 'instances';
const ttlDefaultMs = 30_000;

interface StoredInstance extends StoredObject, Omit<Instance, 'lost' | 'weight'> {
  readonly weight: number;
  readonly session: string;
  readonly lease: string;
  readonly owner?: string;
}

/** Selection of instances: of a service, with all of these tags. */
interface Wanted {
  readonly name: string;
  readonly tags: readonly string[];
}

/** The `Catalog` service: what skep/catalog does with objects, for programs that have no such library. */
export function catalogService(replica: Replica, forwarder: Forwarder): UntypedServiceImplementation {
  const { store } = replica;
  const onLeader = <Req>(
    name: string,
    run: (request: Req, timeoutMs: number, caller: Caller | undefined) => Promise<unknown>,
  ) => forwardingHandler(methodOf('catalog', name), { replica, forwarder }, run);
  const rightsIn = (tx: Tx, caller: Caller | undefined) => Rights.in(tx, store.kinds, caller);
  return {
    Register: onLeader('Register', async (request: messages.CatalogRegisterRequest, timeoutMs, caller) => {
      const made = await store.update((tx) => register(tx, request, rightsIn(tx, caller)), {
        ...request.info,
        timeoutMs,
      });
      return made ?? madeBefore(replica, request);
    }),
    Renew: onLeader('Renew', async ({ sessions }: messages.CatalogRenewRequest, _timeoutMs, caller) => {
      checkLeases(replica, sessions, caller);
      return { lost: await replica.keepAlive(sessions) };
    }),
    Deregister: onLeader('Deregister', async (request: messages.CatalogDeregisterRequest, timeoutMs, caller) => {
      await store.update((tx) => deregister(tx, request, rightsIn(tx, caller)), { ...request.info, timeoutMs });
      return {};
    }),
    List: readHandler(replica, (request: messages.CatalogListRequest & ReadRequest, tx, rights) => {
      const found = instancesIn(tx, request, { rights, after: request.after });
      const wanted = request.passing ? having(found, ({ health }) => health === 'passing') : found;
      const { items, more } = pageOf(wanted, request.limit, bytesOf);
      return { instances: items, more };
    }),
    Watch: streaming((call: WatchCall, answers) => follow(replica, call, answers)),
  };
}

type Tx = Parameters<Parameters<Replica['store']['update']>[0]>[0];

/** A new session and its first instance are one transaction. */
function register(
  tx: Tx,
  { instance, session, ttlMs }: messages.CatalogRegisterRequest,
  rights: Rights,
): { id: string; session: string } {
  const known = session === '' ? undefined : tx.kind(leases).get(session);
  if (session !== '' && !known)
    throw new StoreError('LEASE_LOST', `the session ${session} is over: register without one, and use the new one`);
  if (known) rights.checkOwner(leases.name, known);
  const { owner } = rights;
  const byOwner = owner !== undefined && { owner };
  const holder = instance.agent;
  const lease =
    session || tx.kind(leases).create({ ttlMs: ttlMs || ttlDefaultMs, holder, guarded: true, ...byOwner }).id;
  const { id, lost: _lost, weight = 1, ...rest } = instance;
  const object = { ...rest, weight, session: lease, lease, ...byOwner };
  const table = tableOf(tx, instancesKind) as WriteTable<StoredObject, object, { readonly id: string }>;
  const old = id === '' ? undefined : (table.get(id) as StoredInstance | undefined);
  if (id !== '') rights.check('write', instancesKind, old, id); // before a refusal could tell whose it is
  if (old) rights.checkOwner(instancesKind, old);
  const stored = old ? table.update({ ...object, id }) : table.create({ ...object, ...(id !== '' && { id }) });
  rights.check('write', instancesKind, stored);
  return { id: stored.id, session: lease };
}

/** Removes the instances that are still the session's, as an agent does. Throws `INVALID_OBJECT` without a session. */
function deregister(tx: Tx, { ids, session }: messages.CatalogDeregisterRequest, rights: Rights): void {
  if (session === '')
    throw new StoreError('INVALID_OBJECT', 'the session is missing: give the one that Register answered', {
      path: 'session',
    });
  const table = tableOf(tx, instancesKind);
  for (const id of new Set(ids)) {
    const instance = table.get(id) as StoredInstance | undefined;
    if (instance?.session !== session) continue;
    rights.check('remove', instancesKind, instance);
    rights.checkOwner(instancesKind, instance);
    table.delete(id);
  }
}

/** A repeated request is answered with what the first one made. */
function madeBefore({ store }: Replica, { info, instance, session }: messages.CatalogRegisterRequest) {
  const version = store.versionOfRequest(info?.requestId ?? '') ?? store.version;
  const made = store.transaction(version)?.events.find(({ kind }) => (kind as string) === instancesKind)?.object;
  return { id: made?.id ?? instance.id, session: (made as StoredInstance | undefined)?.session ?? session };
}

/** The instances that a caller wants and may read. */
function* instancesIn(
  tx: ReadTx,
  { name, tags }: Wanted,
  { rights, after }: { readonly rights: Rights; readonly after?: string | undefined },
): Generator<Instance, void> {
  const by = name === '' ? all : indexLookup('service', { value: name });
  const found = foundIn(tx, instancesKind, by, { after }) as Iterable<StoredObject> as Iterable<StoredInstance>;
  for (const one of found) {
    const { meta: _meta, session: _session, owner: _owner, lease, ...instance } = one;
    if (!tags.every((tag) => instance.tags.includes(tag)) || !rights.mayRead(instancesKind, one)) continue;
    yield { ...instance, lost: tx.kind(leases).get(lease)?.lost ?? false };
  }
}

function* having<T>(items: Iterable<T>, holds: (item: T) => boolean): Generator<T, void> {
  for (const item of items) if (holds(item)) yield item;
}

/** Approximate bytes of an instance in a message. */
const bytesOf = (instance: Instance) => JSON.stringify(instance).length;

/** Compares what is there with what was sent, whenever an instance or a lease has changed. */
async function follow(
  { store }: Replica,
  call: WatchCall,
  { say, signal }: Answers<messages.CatalogWatchResponse>,
): Promise<void> {
  const told = new Map<string, Instance>();
  const rights = store.view((tx) => Rights.in(tx, store.kinds, callerIn(call)));
  const tell = async (first: boolean) => {
    const changes = await turns.do(() =>
      changesSince(
        told,
        store.view((tx) => [...instancesIn(tx, call.request, { rights })]),
      ),
    );
    if (!first && changes.length === 0) return;
    for (const { group, last } of groupedToLast(changes, { bytes: pageBytes }, ({ instance }) => bytesOf(instance)))
      await say({ changes: group, ...(!last && { continued: true }) });
  };
  const specifiers = [
    ...(['create', 'update', 'delete'] as const).map((action) =>
      specifierFor(action, instancesKind as Kind, undefined),
    ),
    leases.updated(),
  ];
  const events = watch(store.queue, { after: store.version, signal }, ...specifiers)[Symbol.asyncIterator]();
  try {
    await tell(true);
    // We send what is there now, so a slow reader misses nothing that matters.
    for (let next = await events.next(); !next.done; next = await events.next()) await tell(false);
  } finally {
    await events.return?.();
  }
}

/** Brings `told` up to date, and says how. */
function changesSince(told: Map<string, Instance>, now: readonly Instance[]): messages.CatalogChange[] {
  const changes: messages.CatalogChange[] = [];
  const there = new Set<string>();
  for (const instance of now) {
    there.add(instance.id);
    const before = told.get(instance.id);
    if (before && JSON.stringify(before) === JSON.stringify(instance)) continue;
    told.set(instance.id, instance);
    changes.push({ op: before ? 'update' : 'add', instance });
  }
  for (const [id, instance] of told) {
    if (there.has(id)) continue;
    told.delete(id);
    changes.push({ op: 'delete', instance });
  }
  return changes;
}
