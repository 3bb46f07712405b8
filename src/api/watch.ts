import type { ServerWritableStream, UntypedServiceImplementation } from '@grpc/grpc-js';
import { Slicer, systemClock } from '../base/clock.js';
import { messageOf } from '../base/errors.js';
import { groupedToLast } from '../base/grouped.js';
import { isStoreErrorOf, StoreError } from '../base/store-error.js';
import { all, type Event, type ObjectEvent, type StoredObject } from '../kinds/index.js';
import type { Replica } from '../replica/index.js';
import { type MemoryStore, watch } from '../state/index.js';
import { type messages, toAny } from '../wire/index.js';
import { foundIn, pageBytes, pagesOf } from './reads.js';
import { allKinds, type Selection, selectionsOf, specifiersOf } from './selectors.js';
import { showObject } from './shown.js';
import { type Answers, streaming } from './streaming.js';

type WatchRequest = messages.WatchRequest;
type WatchResponse = messages.WatchResponse;
type Call = ServerWritableStream<WatchRequest, WatchResponse>;
type Say = (body: object) => Promise<void>;

const bookmarkDefaultMs = 10_000;
/**
 * Bookmark intervals after which a bookmark is sent although nothing has happened: it shows a watcher that the member
 * is alive.
 */
const quietTimes = 5;

/** Most encoded bytes that wait for a reader that is slow. */
const waitingBytesMax = 16 * 1024 * 1024;

/** The `Watch` service: whole transactions, from any member, resumable. */
export function watchService(replica: Replica): UntypedServiceImplementation {
  return {
    Watch: streaming((call: Call, answers) => serve(replica, call, answers)),
  };
}

async function serve(replica: Replica, call: Call, { say: write, signal }: Answers<WatchResponse>): Promise<void> {
  const { request } = call;
  const { store } = replica;
  const { lineage } = replica.status();
  if (request.snapshot && request.resumeFrom !== undefined)
    throw new StoreError('INVALID_OBJECT', 'snapshot and resume_from exclude each other', { path: 'snapshot' });
  const selections = selectionsOf(request.selectors, store);
  const say: Say = (body) => write({ lineage, ...body });

  if (request.lineage !== undefined && request.lineage !== lineage) {
    await say({ resync: { reason: `this history is another one (lineage ${lineage})`, version: store.version } });
    return;
  }
  const from = request.resumeFrom ?? store.version;
  const events = eventsFrom(store, from, request, selections, signal);
  const iterator = events[Symbol.asyncIterator]();
  try {
    if (request.snapshot) await saySnapshot(store, selections, say, signal);
    // A version that is no longer in memory may be missing on disk too: then the watch was never established.
    const first = from < store.use().history.reachesBackTo ? await iterator.next() : undefined;
    if (from <= store.version || request.wait) await say({ synced: { version: from } });
    await pass(store, { events: iterator, first, from }, request.bookmarkMs || bookmarkDefaultMs, say);
  } catch (error) {
    const lost = isStoreErrorOf(error, ['RESYNC', 'VERSION_COMPACTED', 'WATCH_OVERFLOW']);
    if (!lost) throw error;
    await say({ resync: { reason: messageOf(error).replace(/^[A-Z_]+: /, ''), version: store.version } });
  } finally {
    await iterator.return?.();
  }
}

function eventsFrom(
  store: MemoryStore,
  from: number,
  request: WatchRequest,
  selections: readonly Selection[],
  signal: AbortSignal,
): AsyncIterable<Event> {
  const options = {
    after: from,
    match: request.matchEither ? ('either' as const) : ('new' as const),
    ahead: request.wait ? ('wait' as const) : ('refuse' as const),
    signal,
    limitBytes: waitingBytesMax,
  };
  return watch(store.queue, options, ...(selections.length > 0 ? specifiersOf(selections) : []));
}

/** Yields what matches now, in pages of one version. Called in the tick in which the watch begins: no gap lies between. */
async function saySnapshot(
  store: MemoryStore,
  selections: readonly Selection[],
  say: Say,
  signal: AbortSignal,
): Promise<void> {
  const view = store.openView();
  const { version } = view;
  const kinds = selections.length > 0 ? [...new Set(selections.map(({ kind }) => kind))] : allKinds(store);
  for (const kind of kinds) {
    const tests = selections.filter((one) => one.kind === kind).map(({ test }) => test);
    const where = (object: StoredObject) => tests.length === 0 || tests.some((test) => test(object));
    for await (const objects of pagesOf(store, kind, foundIn(view, kind, all), where)) {
      if (signal.aborted) return;
      await say({ snapshot: { version, objects: objects.map((object) => ({ kind, object })) } });
    }
  }
}

interface Begun {
  /** Sends everything after this version. */
  readonly from: number;
  readonly events: AsyncIterator<Event>;
  /** First result, which has been read already. */
  readonly first: IteratorResult<Event> | undefined;
}

/** Collects each transaction and sends it whole; a bookmark when nothing of interest has happened for a while. */
async function pass(store: MemoryStore, { events, first, from }: Begun, bookmarkMs: number, say: Say): Promise<void> {
  let collected: ObjectEvent[] = [];
  let unsaid = false; // true when something has happened since the last message
  let seen = from;
  let quiet = 0;
  let saying: Promise<void> = Promise.resolve();
  const slicer = new Slicer(systemClock);
  const inTurn = (bodies: Iterable<object>) =>
    (saying = saying.then(async () => {
      for (const body of bodies) {
        await say(body);
        if (slicer.due) await slicer.pause();
      }
    }));
  let marking = false; // one bookmark waits for a reader that is slow, not one for each interval
  const timer = setInterval(() => {
    if (marking || (!unsaid && ++quiet < quietTimes)) return;
    marking = true;
    inTurn([{ bookmark: { version: seen } }]).then(
      () => (marking = false),
      () => undefined,
    );
    unsaid = false;
    quiet = 0;
  }, bookmarkMs);
  try {
    for (let next = first ?? (await events.next()); !next.done; next = await events.next()) {
      const event: Event = next.value;
      if (event.action !== 'commit') {
        collected.push(event);
        continue;
      }
      seen = event.version;
      if (collected.length === 0) unsaid = true;
      else {
        unsaid = false;
        quiet = 0;
        await inTurn(partsOf(store, event.version, collected));
      }
      collected = [];
    }
  } finally {
    clearInterval(timer);
  }
}

/**
 * Splits a transaction into as many messages as its objects need: a small one can remove much, and its events are
 * large.
 */
function* partsOf(
  store: MemoryStore,
  version: number,
  events: readonly ObjectEvent[],
): Generator<{ transaction: messages.WatchTransaction }, void> {
  const { time = 0, actor, reason, requestId } = store.transaction(version) ?? {};
  const info = {
    version,
    time,
    ...(actor !== undefined && { actor }),
    ...(reason !== undefined && { reason }),
    ...(requestId !== undefined && { requestId }),
  };
  const bytesOf = (event: ObjectEvent) =>
    eventBytes +
    store.bytesOf(event.kind, event.object) +
    (event.action === 'update' ? store.bytesOf(event.kind, event.old) : 0);
  for (const { group, last } of groupedToLast(events, { bytes: pageBytes }, bytesOf))
    yield { transaction: { ...info, events: group.map(toWire), ...(!last && { continued: true }) } };
}

/** Overhead of an event beside its objects, bytes. */
const eventBytes = 32;

function toWire(event: ObjectEvent): messages.WatchEvent {
  const { action, kind, object } = event;
  const shown = (one: StoredObject) => toAny(kind, showObject(kind, one));
  return { action, kind, object: shown(object), ...(event.action === 'update' && { old: shown(event.old) }) };
}
