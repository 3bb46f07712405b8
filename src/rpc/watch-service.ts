import type { ServerWritableStream, UntypedServiceImplementation } from '@grpc/grpc-js';
import { messageOf } from '../base/errors.js';
import type { Replica } from '../replica/index.js';
import { isStoreError, watch, type Event, type MemoryStore, type ObjectEvent, type Specifier } from '../state/index.js';
import type { messages } from '../wire/index.js';
import { specifiersOf } from './selectors.js';
import { toStatus } from './status.js';

type WatchRequest = messages.WatchRequest;
type WatchResponse = messages.WatchResponse;
type Call = ServerWritableStream<WatchRequest, WatchResponse>;

const bookmarkDefaultMs = 10_000;

/** Most encoded bytes that wait for a reader that is slow. */
const waitingBytesMax = 16 * 1024 * 1024;

/** The `Watch` service: whole transactions, from any member, resumable. */
export function watchService(replica: Replica): UntypedServiceImplementation {
  return {
    Watch: (call: Call) => {
      serve(replica, call).then(
        () => call.end(),
        (error: unknown) => call.emit('error', toStatus(error)),
      );
    },
  };
}

async function serve(replica: Replica, call: Call): Promise<void> {
  const { request } = call;
  const { store } = replica;
  const { lineage } = replica.status();
  const specifiers = specifiersOf(request.selectors);
  const stop = new AbortController();
  call.on('cancelled', () => stop.abort());
  call.on('close', () => stop.abort());
  const say = (body: object) => write(call, { lineage, ...body }, stop.signal);

  if (request.lineage !== undefined && request.lineage !== lineage) {
    await say({ resync: { reason: `this history is another one (lineage ${lineage})`, version: store.version } });
    return;
  }
  const from = request.resumeFrom ?? store.version;
  const events = eventsFrom(store, from, request, specifiers, stop.signal);
  await say({ synced: { version: from } });
  try {
    await pass(store, events, request.bookmarkMs || bookmarkDefaultMs, say);
  } catch (error) {
    const lost = ['RESYNC', 'VERSION_COMPACTED', 'WATCH_OVERFLOW'].some((code) =>
      isStoreError(error, code as 'RESYNC'),
    );
    if (!lost) throw error;
    await say({ resync: { reason: messageOf(error), version: store.version } });
  }
}

function eventsFrom(
  store: MemoryStore,
  from: number,
  request: WatchRequest,
  specifiers: Specifier[],
  signal: AbortSignal,
): AsyncIterable<Event> {
  const match = request.matchEither ? ('either' as const) : ('new' as const);
  return watch(store.queue, { after: from, match, signal, limitBytes: waitingBytesMax }, ...specifiers);
}

/** Collects each transaction and sends it whole; a bookmark when nothing of interest has happened for a while. */
async function pass(
  store: MemoryStore,
  events: AsyncIterable<Event>,
  bookmarkMs: number,
  say: (body: object) => Promise<void>,
): Promise<void> {
  let collected: ObjectEvent[] = [];
  let unsaid: number | undefined;
  let saying: Promise<void> = Promise.resolve();
  const inTurn = (body: object) => (saying = saying.then(() => say(body)));
  const timer = setInterval(() => {
    if (unsaid === undefined) return;
    inTurn({ bookmark: { version: unsaid } }).catch(() => undefined);
    unsaid = undefined;
  }, bookmarkMs);
  try {
    for await (const event of events) {
      if (event.action !== 'commit') {
        collected.push(event);
        continue;
      }
      if (collected.length === 0) unsaid = event.version;
      else {
        unsaid = undefined;
        await inTurn({ transaction: transactionOf(store, event.version, collected) });
      }
      collected = [];
    }
  } finally {
    clearInterval(timer);
  }
}

function transactionOf(store: MemoryStore, version: number, events: readonly ObjectEvent[]): messages.WatchTransaction {
  const { time = 0, actor, reason, requestId } = store.transaction(version) ?? {};
  return {
    version,
    time,
    events: events.map(toWire),
    ...(actor !== undefined && { actor }),
    ...(reason !== undefined && { reason }),
    ...(requestId !== undefined && { requestId }),
  };
}

function toWire(event: ObjectEvent): messages.WatchEvent {
  const { action, kind, object } = event;
  const wrapped = { [kind]: object } as unknown as messages.WatchObject;
  return {
    action,
    kind,
    object: wrapped,
    ...(event.action === 'update' && { old: { [kind]: event.old } as unknown as messages.WatchObject }),
  };
}

/** Writes one message, and waits when the reader is slow. The one place that writes to the stream. */
async function write(call: Call, response: WatchResponse, signal: AbortSignal): Promise<void> {
  if (signal.aborted || call.write(response)) return;
  await new Promise<void>((resolve) => {
    const go = () => {
      call.removeListener('drain', go);
      signal.removeEventListener('abort', go);
      resolve();
    };
    call.once('drain', go);
    signal.addEventListener('abort', go, { once: true });
  });
}
