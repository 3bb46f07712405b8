import type { Metadata } from '@grpc/grpc-js';
import { messageOf } from '../base/errors.js';
import { isStoreErrorOf, StoreError } from '../base/store-error.js';
import { all, type MatchMode, type StoredObject } from '../kinds/index.js';
import type { Replica } from '../replica/index.js';
import { callerIn } from '../rpc/index.js';
import { type MemoryStore, transactionsOf, watch } from '../state/index.js';
import type { messages } from '../wire/index.js';
import { mayReadEvent } from './readable.js';
import { foundIn, pagesOf } from './reads.js';
import { Rights } from './rights.js';
import { allKinds, type Selection, type Wanted, wantedOf } from './selectors.js';
import type { Transactions } from './watch-feed.js';
import type { WatchMessages } from './watch-messages.js';

type WatchRequest = messages.WatchRequest;
type WatchResponse = messages.WatchResponse;

/** Most events, wanted or not, and most encoded bytes that wait for a reader that is slow. */
const waitingMax = 50_000;
const waitingBytesMax = 16 * 1024 * 1024;

/** Parts that all watches of a member share. */
export interface Serving {
  readonly replica: Replica;
  readonly shared: SharedWanted;
  readonly made: WatchMessages;
}

/** One watch, as it is asked for. */
interface Asked {
  readonly request: WatchRequest;
  readonly wanted: Wanted;
  readonly rights: Rights;
}

/** Output of a watch. */
interface Output {
  /** Sends one message; waits when the reader is slow. */
  readonly say: (response: WatchResponse) => Promise<void>;
  /** Aborts when the reader has gone. */
  readonly signal: AbortSignal;
  /** True: its transactions go on without this reader, for others. */
  readonly shared?: boolean;
}

/** Watch that stands: what follows comes out of its transactions. */
interface OpenedWatch {
  readonly lineage: string;
  /** Everything after this version follows. */
  readonly from: number;
  readonly transactions: Transactions;
  /** First result, which has been read already. */
  readonly first: Awaited<ReturnType<Transactions['nextTransaction']>> | undefined;
}

/** Rights of the caller of a watch, in the state as it is now. */
export function rightsOf({ replica: { store } }: Serving, call: { readonly metadata: Metadata }): Rights {
  return Rights.in(store.openView(), store.kinds, callerIn(call));
}

/**
 * Sends what a watch begins with: a snapshot, if it was asked for, and that it stands. `undefined`: the history is another
 * one, and the caller was told so.
 */
export async function openWatch(
  { replica }: Serving,
  { request, wanted, rights }: Asked,
  { say, signal, shared = false }: Output,
): Promise<OpenedWatch | undefined> {
  const { store } = replica;
  const { lineage } = replica.status();
  if (request.snapshot && request.resumeFrom !== undefined)
    throw new StoreError('INVALID_OBJECT', 'snapshot and resume_from exclude each other', { path: 'snapshot' });
  if (request.lineage !== undefined && request.lineage !== lineage) {
    const reason = `this history is another one (lineage ${lineage})`;
    await say({ lineage, resync: { reason, version: store.version } });
    return undefined;
  }
  const from = request.resumeFrom ?? store.version;
  const transactions = transactionsAfter(store, from, request, { wanted, ...(!shared && { signal }) });
  try {
    const sayPage = (snapshot: messages.WatchSnapshot) => say({ lineage, snapshot });
    if (request.snapshot) await saySnapshot(store, wanted.selections, rights, { say: sayPage, signal });
    // A version that is no longer in memory may be missing on disk too: then the watch was never established.
    const first = from < store.use().history.reachesBackTo ? await transactions.nextTransaction() : undefined;
    if (from <= store.version || request.wait) await say({ lineage, synced: { version: from } });
    return { lineage, from, transactions, first };
  } catch (error) {
    await transactions.return();
    throw error;
  }
}

/** Runs a watch. When it cannot go on without a gap, its last message says so. */
export async function untilLost(
  { replica }: Serving,
  say: (response: WatchResponse) => Promise<void>,
  run: () => Promise<void>,
): Promise<void> {
  const { lineage } = replica.status();
  try {
    await run();
  } catch (error) {
    if (!isStoreErrorOf(error, ['RESYNC', 'VERSION_COMPACTED', 'WATCH_OVERFLOW'])) throw error;
    const reason = messageOf(error).replace(/^[A-Z_]+: /, '');
    await say({ lineage, resync: { reason, version: replica.store.version } });
  }
}

/**
 * Leaves out events of objects that the caller may not read: as they are now, and as they were. When its rights change, its
 * connections end, and its watch goes on with the new ones.
 */
export function readable(wanted: Wanted, rights: Rights): Wanted {
  if (!rights.limited) return wanted;
  return { ...wanted, wants: (event) => mayReadEvent(rights, event) && wanted.wants(event) };
}

/** Transactions after a version in which something may be wanted. */
export function transactionsAfter(
  store: MemoryStore,
  after: number,
  request: Pick<WatchRequest, 'matchEither' | 'wait'>,
  { wanted, signal }: { readonly wanted: Wanted; readonly signal?: AbortSignal },
): Transactions {
  const options = {
    after,
    match: matchOf(request),
    ahead: request.wait ? ('wait' as const) : ('refuse' as const),
    ...(signal && { signal }),
    limit: waitingMax,
    limitBytes: waitingBytesMax,
  };
  return transactionsOf(watch(store.queue, options, ...wanted.specifiers), { commits: 'history' });
}

/** Yields what matches now, in pages of one version. Called in the tick in which the watch begins: no gap lies between. */
async function saySnapshot(
  store: MemoryStore,
  selections: readonly Selection[],
  rights: Rights,
  { say, signal }: { readonly say: (page: messages.WatchSnapshot) => Promise<void>; readonly signal: AbortSignal },
): Promise<void> {
  const view = store.openView();
  const { version } = view;
  const kinds = selections.length > 0 ? [...new Set(selections.map(({ kind }) => kind))] : allKinds(store);
  for (const kind of kinds) {
    const tests = selections.filter((one) => one.kind === kind).map(({ test }) => test);
    const where = (object: StoredObject) =>
      rights.mayRead(kind, object) && (tests.length === 0 || tests.some((test) => test(object)));
    for await (const objects of pagesOf(store, kind, foundIn(view, kind, all), where)) {
      if (signal.aborted) return;
      await say({ version, objects: objects.map((object) => ({ kind, object })) });
    }
  }
}

const matchOf = ({ matchEither }: Pick<WatchRequest, 'matchEither'>): MatchMode => (matchEither ? 'either' : 'new');

/** Most selections that are remembered, and longest one that is, characters of JSON. */
const sharedMax = 256;
const sharedCharactersMax = 2_048;

/** Selections of requests: watches with the same selectors have the same one, whose events are judged once. */
export class SharedWanted {
  readonly #store: MemoryStore;
  readonly #known = new Map<string, Wanted>();

  constructor(store: MemoryStore) {
    this.#store = store;
  }

  /** Throws `INVALID_OBJECT`, `INVALID_FIND_BY`, `LIMIT_EXCEEDED`. */
  of(request: WatchRequest): Wanted {
    const { selectors } = request;
    const make = () => wantedOf(selectors, matchOf(request), this.#store);
    if (selectors.length > 16) return make();
    const key = JSON.stringify([selectors, matchOf(request), allKinds(this.#store)]);
    if (key.length > sharedCharactersMax) return make();
    let wanted = this.#known.get(key);
    if (!wanted) {
      for (const [oldest] of this.#known) if (this.#known.size >= sharedMax) this.#known.delete(oldest);
      this.#known.set(key, (wanted = make()));
    }
    return wanted;
  }
}
