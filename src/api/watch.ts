import type { ServerWritableStream, UntypedServiceImplementation } from '@grpc/grpc-js';
import { timerMaxMs } from '../base/clock.js';
import { messageOf } from '../base/errors.js';
import { isStoreErrorOf, StoreError } from '../base/store-error.js';
import { all, type Event, type MatchMode, type StoredObject } from '../kinds/index.js';
import type { Replica } from '../replica/index.js';
import { callerIn } from '../rpc/index.js';
import { type MemoryStore, transactionsOf, watch } from '../state/index.js';
import type { messages } from '../wire/index.js';
import { mayReadEvent } from './readable.js';
import { foundIn, pagesOf } from './reads.js';
import { Rights } from './rights.js';
import { allKinds, type Selection, type Wanted, wantedOf } from './selectors.js';
import { type Answers, streaming } from './streaming.js';
import { turns } from './turns.js';
import { type Step, WatchMessages } from './watch-messages.js';

type WatchRequest = messages.WatchRequest;
type WatchResponse = messages.WatchResponse;
type Call = ServerWritableStream<WatchRequest, WatchResponse>;
type Say = (body: object) => Promise<void>;
/** Messages with what is wanted of a transaction. */
type MessagesOf = (transaction: readonly Event[]) => Iterable<Step>;

const bookmarkDefaultMs = 10_000;
/**
 * Bookmark intervals after which a bookmark is sent although nothing has happened: it shows a watcher that the member
 * is alive.
 */
const quietTimes = 5;

/** Most events, wanted or not, and most encoded bytes that wait for a reader that is slow. */
const waitingMax = 50_000;
const waitingBytesMax = 16 * 1024 * 1024;

/** The `Watch` service: whole transactions, from any member, resumable. */
export function watchService(replica: Replica): UntypedServiceImplementation {
  const shared = new SharedWanted(replica.store);
  const made = new WatchMessages(replica.store);
  return {
    Watch: streaming((call: Call, answers) => serve({ replica, shared, made }, call, answers)),
  };
}

/** Parts that all watches of a member share. */
interface Serving {
  readonly replica: Replica;
  readonly shared: SharedWanted;
  readonly made: WatchMessages;
}

async function serve(
  { replica, shared, made }: Serving,
  call: Call,
  { say: write, signal }: Answers<WatchResponse>,
): Promise<void> {
  const { request } = call;
  const { store } = replica;
  const { lineage } = replica.status();
  if (request.snapshot && request.resumeFrom !== undefined)
    throw new StoreError('INVALID_OBJECT', 'snapshot and resume_from exclude each other', { path: 'snapshot' });
  const rights = Rights.in(store.openView(), store.kinds, callerIn(call));
  const wanted = readable(shared.of(request), rights);
  const say: Say = (body) => write({ lineage, ...body });

  if (request.lineage !== undefined && request.lineage !== lineage) {
    await say({ resync: { reason: `this history is another one (lineage ${lineage})`, version: store.version } });
    return;
  }
  const from = request.resumeFrom ?? store.version;
  const iterator = transactionsFrom(store, from, request, wanted, signal);
  try {
    if (request.snapshot) await saySnapshot(store, wanted.selections, rights, { say, signal });
    // A version that is no longer in memory may be missing on disk too: then the watch was never established.
    const first = from < store.use().history.reachesBackTo ? await iterator.nextTransaction() : undefined;
    if (from <= store.version || request.wait) await say({ synced: { version: from } });
    const messagesOf: MessagesOf = (transaction) => made.of(lineage, wanted, transaction);
    await pass(
      { transactions: iterator, first, from },
      Math.min(request.bookmarkMs || bookmarkDefaultMs, timerMaxMs),
      messagesOf,
      write,
      (version) => ({ lineage, bookmark: { version } }),
    );
  } catch (error) {
    const lost = isStoreErrorOf(error, ['RESYNC', 'VERSION_COMPACTED', 'WATCH_OVERFLOW']);
    if (!lost) throw error;
    await say({ resync: { reason: messageOf(error).replace(/^[A-Z_]+: /, ''), version: store.version } });
  } finally {
    await iterator.return();
  }
}

/**
 * Leaves out events of objects that the caller may not read: as they are now, and as they were. When its rights change, its
 * connections end, and its watch goes on with the new ones.
 */
function readable(wanted: Wanted, rights: Rights): Wanted {
  if (!rights.limited) return wanted;
  return { ...wanted, wants: (event) => mayReadEvent(rights, event) && wanted.wants(event) };
}

function transactionsFrom(
  store: MemoryStore,
  from: number,
  request: WatchRequest,
  { specifiers }: Wanted,
  signal: AbortSignal,
): Transactions {
  const options = {
    after: from,
    match: matchOf(request),
    ahead: request.wait ? ('wait' as const) : ('refuse' as const),
    signal,
    limit: waitingMax,
    limitBytes: waitingBytesMax,
  };
  return transactionsOf(watch(store.queue, options, ...specifiers));
}

/** Yields what matches now, in pages of one version. Called in the tick in which the watch begins: no gap lies between. */
async function saySnapshot(
  store: MemoryStore,
  selections: readonly Selection[],
  rights: Rights,
  { say, signal }: { readonly say: Say; readonly signal: AbortSignal },
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
      await say({ snapshot: { version, objects: objects.map((object) => ({ kind, object })) } });
    }
  }
}

type Transactions = ReturnType<typeof transactionsOf>;

interface Begun {
  /** Sends everything after this version. */
  readonly from: number;
  readonly transactions: Transactions;
  /** First result, which has been read already. */
  readonly first: Awaited<ReturnType<Transactions['nextTransaction']>> | undefined;
}

/** Sends each transaction whole; a bookmark when nothing of interest has happened for a while. */
async function pass(
  { transactions, first, from }: Begun,
  bookmarkMs: number,
  messagesOf: MessagesOf,
  say: (response: WatchResponse) => Promise<void>,
  bookmark: (version: number) => WatchResponse,
): Promise<void> {
  let unsaid = false; // true when something has happened since the last message
  let seen = from;
  let quiet = 0;
  let saying: Promise<unknown> = Promise.resolve();
  const inTurn = (responses: () => Iterable<Step>) => (saying = saying.then(() => sayAll(responses, say)));
  let marking = false; // one bookmark waits for a reader that is slow, not one for each interval
  const timer = setInterval(() => {
    if (marking || (!unsaid && ++quiet < quietTimes)) return;
    marking = true;
    const version = seen;
    inTurn(() => [bookmark(version)]).then(
      () => (marking = false),
      () => undefined,
    );
    unsaid = false;
    quiet = 0;
  }, bookmarkMs);
  try {
    for (
      let next = first ?? (await transactions.nextTransaction());
      !next.done;
      next = await transactions.nextTransaction()
    ) {
      // prettier-ignore
      const transaction = next.value;
      seen = (transaction[0] as Event).version;
      if ((await inTurn(() => messagesOf(transaction))) === 0) unsaid = true;
      else {
        unsaid = false;
        quiet = 0;
      }
    }
  } finally {
    clearInterval(timer);
  }
}

/** Makes one message after the other, and sends each. Resolves with how many there were. */
async function sayAll(
  responses: () => Iterable<Step>,
  say: (response: WatchResponse) => Promise<void>,
): Promise<number> {
  let said = 0;
  let steps: Iterator<Step> | undefined;
  const following = () => turns.do(() => (steps ??= responses()[Symbol.iterator]()).next());
  for (let next = await following(); next.done !== true; next = await following()) {
    if (!next.value) continue;
    await say(next.value);
    said++;
  }
  return said;
}

const matchOf = ({ matchEither }: WatchRequest): MatchMode => (matchEither ? 'either' : 'new');

/** Most selections that are remembered, and longest one that is, characters of JSON. */
const sharedMax = 256;
const sharedCharactersMax = 2_048;

/** Selections of requests: watches with the same selectors have the same one, whose events are judged once. */
class SharedWanted {
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
