import { sleep, type Clock } from '../base/clock.js';
import { methodOf, fromStatus, type Channel, type ServerStream } from '../rpc/index.js';
import { isStoreError, StoreError, type Event, type ObjectEvent } from '../state/index.js';
import type { messages } from '../wire/index.js';

type WatchResponse = messages.WatchResponse;

export interface WatchOptions {
  readonly selectors?: readonly Partial<messages.Selector>[];
  /** Everything after this version; without it from now on. */
  readonly from?: number;
  readonly matchEither?: boolean;
  readonly signal?: AbortSignal;
}

/** One committed transaction, with those of its events that the selectors want. */
export interface RemoteTransaction {
  readonly version: number;
  readonly time: number;
  readonly actor?: string;
  readonly reason?: string;
  readonly events: readonly ObjectEvent[];
}

interface Following {
  readonly options: WatchOptions;
  readonly clock: Clock;
  /** How long to look for a member that can go on, milliseconds. */
  readonly giveUpMs: number;
  readonly next: () => Channel;
  readonly learn: () => Promise<void>;
  /** The client was closed: nothing more will come. */
  readonly closed: AbortSignal;
}

const againMs = 200;
const bookmarkMs = 1_000;
const noSelector: messages.Selector = {
  kind: '',
  actions: [],
  ids: [],
  idPrefixes: [],
  names: [],
  namePrefixes: [],
  nodeIds: [],
  serviceIds: [],
};

/** Where a watch is: what it has seen, and of which history. */
interface Place {
  version: number | undefined;
  lineage: string | undefined;
  /** Since when the stream that is open has been answered; absent before. */
  since: number | undefined;
}

/** Follows a watch from member to member, without a gap and without a repeat. */
export async function* followWatch(following: Following): AsyncGenerator<RemoteTransaction, void> {
  const { options, clock, giveUpMs } = following;
  const place: Place = { version: options.from, lineage: undefined, since: undefined };
  let lastGood = clock.monotonic();
  while (!options.signal?.aborted) {
    try {
      await following.learn();
      for await (const transaction of listen(following.next(), options, place, clock)) {
        lastGood = clock.monotonic();
        yield transaction;
      }
      if (options.signal?.aborted) return;
    } catch (error) {
      if (options.signal?.aborted) return;
      if (following.closed.aborted) throw new StoreError('CLOSED', 'the client is closed', { cause: error });
      if (isStoreError(error, 'RESYNC') || isStoreError(error, 'INVALID_OBJECT')) throw error;
      // A stream that lived was well until now, however quiet it was.
      if (place.since !== undefined && clock.monotonic() - place.since >= bookmarkMs) lastGood = clock.monotonic();
      place.since = undefined;
      if (place.version === undefined || clock.monotonic() - lastGood + againMs >= giveUpMs) throw error;
    }
    await sleep(clock, againMs);
  }
}

/** One stream of one member, until it ends. */
async function* listen(
  channel: Channel,
  options: WatchOptions,
  place: Place,
  clock: Clock,
): AsyncGenerator<RemoteTransaction, void> {
  const request: messages.WatchRequest = {
    selectors: (options.selectors ?? []).map((selector) => ({ ...noSelector, ...selector })),
    ...(place.version !== undefined && { resumeFrom: place.version }),
    ...(place.lineage !== undefined && { lineage: place.lineage }),
    matchEither: options.matchEither ?? false,
    bookmarkMs,
  };
  const stream: ServerStream<WatchResponse> = channel.serverStream(methodOf('watch', 'Watch'), request);
  const stop = () => stream.cancel();
  options.signal?.addEventListener('abort', stop, { once: true });
  try {
    for await (const response of stream as AsyncIterable<WatchResponse>) {
      place.lineage = response.lineage;
      place.since ??= clock.monotonic();
      if ('transaction' in response && response.transaction) {
        const { transaction } = response;
        if (place.version !== undefined && transaction.version <= place.version) continue;
        place.version = transaction.version;
        yield { ...transaction, events: transaction.events.map((event) => fromWire(event, transaction.version)) };
      } else if ('resync' in response && response.resync) {
        throw new StoreError('RESYNC', response.resync.reason, { version: response.resync.version });
      } else {
        const seen = response.synced ?? response.bookmark;
        if (seen) place.version = Math.max(place.version ?? 0, seen.version);
      }
    }
  } catch (error) {
    throw error instanceof StoreError ? error : fromStatus(error as never);
  } finally {
    options.signal?.removeEventListener('abort', stop);
    stream.cancel();
  }
}

function fromWire({ action, kind, object, old }: messages.WatchEvent, version: number): ObjectEvent {
  const unwrap = (wrapped: messages.WatchObject) => Object.values(wrapped)[0] as ObjectEvent['object'];
  return Object.freeze({
    action,
    kind,
    object: unwrap(object),
    ...(old && { old: unwrap(old) }),
    version,
  }) as ObjectEvent;
}

/** A transaction as the events of the library, with its commit if nothing was selected. */
export function eventsOf(transaction: RemoteTransaction, withCommit: boolean): Event[] {
  const { version } = transaction;
  return withCommit ? [...transaction.events, { action: 'commit', kind: 'commit', version }] : [...transaction.events];
}
