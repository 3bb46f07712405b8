import { systemClock } from '../base/clock.js';
import { deferred } from '../base/deferred.js';
import { messageOf } from '../base/errors.js';
import { isStoreErrorOf, StoreError, type StoreErrorCode } from '../base/store-error.js';
import { orAborted, pause, within } from '../base/waiting.js';
import { lookupOf } from '../api/filters.js';
import { foundIn } from '../api/reads.js';
import { completeFilter } from '../client/filters.js';
import { Client } from '../client/index.js';
import { remoteLookups } from '../client/transaction/lookups.js';
import { wireChange } from '../client/transaction/run.js';
import { sha256Hex } from '../identity/index.js';
import { type By, EventCommit, type FindOptions, type ReadTx, type Tx } from '../kinds/index.js';
import {
  controlOf,
  type Draft,
  type DraftReads,
  type MemoryStore,
  tableOf,
  type UpdateOptions,
  watch,
} from '../state/index.js';
import type { messages } from '../wire/index.js';
import type { OpenReplica } from './open-replica.js';

const timeoutDefaultMs = 10_000;
/** Wait before another attempt when this member is a little behind, milliseconds. */
const againMs = 5;

/** Reads of a callback on a follower, in the words of `Apply`. */
class FollowerReads implements DraftReads {
  readonly #view: ReadTx;
  readonly #conditions = new Map<string, messages.Condition>();
  readonly #lookups = new Map<string, messages.LookupCondition>();

  constructor(store: MemoryStore) {
    this.#view = store.openView();
  }

  get all() {
    return { conditions: [...this.#conditions.values()], lookups: [...this.#lookups.values()] };
  }

  object(kind: string, id: string): void {
    const object = tableOf(this.#view, kind).get(id);
    this.#conditions.set(`${kind}/${id}`, { kind, id, ...(object && { version: object.meta.version }) });
  }

  lookup(kind: string, by: By, { limit, after, where: holds }: FindOptions, written: number): void {
    const whole = limit === undefined || after !== undefined || holds !== undefined;
    for (const { where, exact } of remoteLookups(kind, by)) {
      const most = whole || !exact ? 0 : limit + written;
      const filter = where && completeFilter(where);
      const objects = foundIn(this.#view, kind, lookupOf(kind, filter), most > 0 ? { limit: most } : {});
      const found = sha256Hex([...objects].map(({ id, meta }) => `${id} ${meta.version}\n`).join(''));
      this.#lookups.set(JSON.stringify([kind, where, most]), { kind, ...(filter && { filter }), limit: most, found });
    }
  }

  /** The leader checks by itself that the value is free. */
  unique(): void {
    return;
  }
}

type Forwarding = Pick<OpenReplica, 'store' | 'api' | 'isLeader' | 'linearizable'>;

/**
 * Runs an update on a member that may not lead: on its own state, with the changes made by the leader. Runs it again while
 * what it read has changed, until its time is over. Resolves when the result can be seen here, too.
 */
export async function forwardUpdate<T>(replica: Forwarding, write: (tx: Tx) => T, options: UpdateOptions): Promise<T> {
  const { timeoutMs = timeoutDefaultMs } = options;
  const client = new Client({ replica, timeoutMs });
  try {
    return await forwardBy(client, replica, write, { ...options, timeoutMs });
  } finally {
    client.close();
  }
}

async function forwardBy<T>(
  client: Client,
  replica: Forwarding,
  write: (tx: Tx) => T,
  options: UpdateOptions & { readonly timeoutMs: number },
): Promise<T> {
  const { timeoutMs, signal, requestId } = options;
  const until = systemClock.monotonic() + timeoutMs;
  const left = () => Math.max(1, until - systemClock.monotonic());
  for (;;) {
    signal?.throwIfAborted();
    // A repeated request does nothing, as on the leader.
    if (requestId !== undefined && replica.store.versionOfRequest(requestId) !== undefined) return undefined as T;
    try {
      return await attemptOnce(replica, client, write, { ...options, timeoutMs: left() });
    } catch (error) {
      if (!(error instanceof Outdated)) throw error;
      if (left() <= againMs) throw error.cause;
      await replica.linearizable(() => undefined, { timeoutMs: left() });
      await pause(systemClock, againMs, signal);
    }
  }
}

/** Says that the reads of the callback are outdated, or that this member leads no longer: it runs again. */
class Outdated extends Error {}

async function attemptOnce<T>(
  replica: Forwarding,
  client: Client,
  write: (tx: Tx) => T,
  options: UpdateOptions & { readonly timeoutMs: number },
): Promise<T> {
  const { store } = replica;
  const { forward: _forward, timeoutMs, ...own } = options;
  if (replica.isLeader) return orOutdated<T>(store.update<T>(write as never, { ...own, timeoutMs }), ['NOT_LEADER']);
  const reads = new FollowerReads(store);
  let draft: Draft<T>;
  try {
    draft = controlOf(store).draft(write, reads);
  } catch (error) {
    // It counts when what the callback saw is so.
    await orOutdated(client.apply([], { ...reads.all, signal: own.signal }), ['CONDITION_FAILED']);
    throw error;
  }
  const { value, changes, seal } = draft;
  const applied = client.apply(changes.map(wireChange), { ...reads.all, ...own });
  const { version, time } = await orOutdated(applied, ['CONDITION_FAILED', 'NAME_CONFLICT']);
  if (changes.length > 0) seal({ version, time });
  await seenHere(store, version, timeoutMs, own.signal);
  return value;
}

async function orOutdated<T>(promise: Promise<T>, codes: readonly StoreErrorCode[]): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    if (isStoreErrorOf(error, codes)) throw new Outdated(messageOf(error), { cause: error });
    throw error;
  }
}

/** Resolves when this member has the version. */
async function seenHere(store: MemoryStore, version: number, limitMs: number, signal?: AbortSignal): Promise<void> {
  if (store.version >= version) return;
  const arrived = deferred<void>();
  const subscription = watch(store.queue, EventCommit()).subscribe({
    next: () => (store.version >= version ? arrived.resolve() : undefined),
    error: () => arrived.resolve(), // the whole state was replaced
    complete: () => arrived.resolve(),
  });
  const late = () =>
    new StoreError('OUTCOME_UNKNOWN', `committed as version ${version}, which this member has not seen yet`);
  try {
    await within(systemClock, limitMs, orAborted(arrived.promise, signal), late);
  } finally {
    subscription.unsubscribe();
  }
}
