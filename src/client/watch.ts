import { onAbort } from '../base/abort.js';
import type { Cancel, Clock } from '../base/clock.js';
import type { Inbox } from '../base/mailbox.js';
import { isStoreError, isStoreErrorOf, StoreError } from '../base/store-error.js';
import { pause } from '../base/waiting.js';
import type { ObjectEvent } from '../kinds/index.js';
import { connectionLost, LocalChannel, methodOf, notServed, timedOut, written } from '../rpc/index.js';
import { DecodeError, type messages } from '../wire/index.js';
import { objectIn } from './answers.js';
import { type Asked, type Calls, Silent } from './calls.js';
import { checkFilter, indexFilter } from './filters.js';
import { type Arrived, messageOf as transactionOf } from './watch-arrived.js';
import type { Selector, SnapshotObject, WatchMessage, WatchOptions } from './watch-messages.js';
import type { OpenWatch, WatchSink } from './watch-stream.js';

interface Following {
  readonly options: WatchOptions;
  readonly calls: Calls;
  /** Gets the messages. */
  readonly inbox: Inbox<WatchMessage>;
}

const againMs = 200;
const bookmarkMs = 1_000;
/**
 * Limit for a member's silence, milliseconds; then it is given up. An idle watch gets a bookmark every five seconds.
 */
const silentMs = 15_000;
const noSelector: messages.Selector = {
  kind: '', actions: [], ids: [], idPrefixes: [], names: [], namePrefixes: [], nodeIds: [], serviceIds: [], slots: [],
  desiredStates: [], roles: [], memberships: [], states: [], custom: [], customPrefixes: [], indexes: [],
}; // prettier-ignore

/** Position of a watch: the version it has seen, and of which history. */
interface Place {
  /** Of the last transaction or bookmark; absent until the watch stands. */
  version: number | undefined;
  lineage: string | undefined;
  /** Since when the stream that is open has been answered; absent before. */
  since: number | undefined;
  /** Parts of an incomplete transaction. A stream that breaks off resumes before it. */
  begun: { readonly version: number; readonly events: ObjectEvent[] } | undefined;
  /** True from the first message of a snapshot until it is finished. */
  told: boolean;
  /** Number of consecutive silent members. */
  silent: number;
  /** When the last message was delivered. */
  lastGood: number;
}

const nowhere: Place = {
  version: undefined, lineage: undefined, since: undefined, begun: undefined, told: false, silent: 0, lastGood: 0,
}; // prettier-ignore

/** Errors that every member would answer alike. A version that is ahead of one may be there on the next. */
const final = [
  'INVALID_OBJECT',
  'INVALID_FIND_BY',
  'UNKNOWN_KIND',
  'NOT_SUPPORTED',
  'INCOMPATIBLE',
  'UNAUTHENTICATED',
  'DENIED',
] as const;

/** Follows a watch from member to member, without a gap and without a repeat. Resolves when its signal aborts. */
export async function followWatch({ options, calls, inbox }: Following): Promise<void> {
  const { clock, timeoutMs: giveUpMs } = calls;
  const { signal } = options;
  if (options.snapshot && options.from !== undefined)
    throw new StoreError('INVALID_OBJECT', 'a watch begins with a snapshot or from a version, not both');
  if (options.from !== undefined && !(Number.isSafeInteger(options.from) && options.from >= 0))
    throw new TypeError('from is a version: a whole number from 0');
  const begin = (): Place => ({ ...nowhere, version: options.from, lastGood: clock.monotonic() });
  let place = begin();
  written(methodOf('watch', 'Watch'), requestOf(options, place)); // what cannot be asked is refused now
  while (!signal?.aborted) {
    try {
      await calls.learn(signal);
      await listen(calls.next(), { options, calls, inbox }, place);
      if (signal?.aborted) return;
    } catch (error) {
      if (signal?.aborted) return;
      if (calls.closed.aborted) throw isStoreError(error, 'CLOSED') ? error : closed(error);
      if (error instanceof TypeError || isStoreErrorOf(error, final)) throw error;
      const lost = isStoreError(error, 'RESYNC');
      if (lost && !options.snapshot) throw error;
      if (error instanceof Silent && ++place.silent >= calls.hosts) throw explained(error);
      // A stream that lived was well until now, however quiet it was.
      const lived = place.since !== undefined && clock.monotonic() - place.since >= bookmarkMs;
      if (lived) place.lastGood = clock.monotonic();
      place.since = undefined;
      const standing = place.version !== undefined || options.snapshot === true;
      if (!lost && (!standing || clock.monotonic() - place.lastGood + againMs >= giveUpMs)) throw explained(error);
      if (lost || place.told) {
        const { lastGood, silent } = place;
        place = { ...nowhere, lastGood, silent };
        const reason = lost ? error.message : 'the member went away before its snapshot was whole';
        inbox.push({ type: 'resync', reason }, 0);
      }
    }
    await pause(clock, againMs, signal);
  }
}

const closed = (cause: unknown) => new StoreError('CLOSED', 'the client is closed', { cause });

/** A connection that broke, and an answer that cannot be read, say nothing of what to do. */
function explained(error: unknown): unknown {
  if (error instanceof DecodeError) return new StoreError('INCOMPATIBLE', error.message, { cause: error });
  if (!connectionLost(error) && !timedOut(error)) return error;
  return new StoreError('NOT_LEADER', `no member takes the watch up: ${(error as Error).message}`, { cause: error });
}

function requestOf(options: WatchOptions, { version, lineage }: Place): messages.WatchRequest {
  return {
    selectors: (options.selectors ?? []).map(completeSelector),
    ...(version !== undefined && { resumeFrom: version }),
    ...(lineage !== undefined && { lineage }),
    matchEither: options.matchEither ?? false,
    bookmarkMs,
    snapshot: options.snapshot === true && version === undefined,
    // Another member may be a little behind the one that told us where we are.
    wait: options.wait === true || (lineage !== undefined && version !== undefined),
  };
}

function completeSelector({ indexes = [], ...selector }: Selector): messages.Selector {
  checkFilter(selector, [...Object.keys(noSelector), 'stateGreaterThan']);
  return { ...noSelector, ...selector, indexes: indexes.map(indexFilter) };
}

/** A watch at one member, until it ends. */
async function listen(channel: Asked, following: Following, place: Place): Promise<void> {
  const { calls } = following;
  const request = requestOf(following.options, place);
  const at = { place, addr: channel.addr };
  const alone = (sink: WatchSink) => calls.watchAlone(channel, request, sink);
  if (channel instanceof LocalChannel) return hear(alone, following, at);
  const shared = (sink: WatchSink) => calls.watches(channel).open(request, sink);
  try {
    await hear(shared, following, at);
  } catch (error) {
    if (!notServed(error)) throw error;
    // A member that carries no others on one stream, or that is still starting.
    await hear(alone, following, at);
  }
}

/** Delivers what a watch hears. Rejects when it hears nothing for {@link silentMs}, while its reader is not slow. */
function hear(
  open: (sink: WatchSink) => OpenWatch,
  { options: { signal }, calls, inbox }: Following,
  { place, addr }: { readonly place: Place; readonly addr: string },
): Promise<void> {
  const { clock } = calls;
  const standing = place.version !== undefined && place.lineage !== undefined;
  place.begun = undefined;
  return new Promise((resolve, reject) => {
    let heard = clock.monotonic();
    let paused = false;
    const stops: Cancel[] = [];
    const over = (error: Error | undefined) => {
      for (const stop of stops) stop();
      inbox.flow(undefined);
      watch.end();
      if (error) reject(error);
      else resolve();
    };
    const watch = open({
      take(arrived) {
        heard = clock.monotonic();
        place.since ??= heard;
        place.lineage = arrived.response.lineage;
        try {
          const message = messageOf(arrived, place);
          if (!message) return;
          place.lastGood = heard;
          if (message.type !== 'synced') place.silent = 0;
          place.told = message.type === 'snapshot' || (place.told && message.type !== 'synced');
          // A watch that resumes at another member has reported its start already.
          if (!(standing && message.type === 'synced')) inbox.push(message, arrived.bytes);
        } catch (error) {
          over(error as Error);
        }
      },
      over,
    });
    const since = () => (paused ? clock.monotonic() : heard);
    stops.push(watchSilence(clock, since, () => over(new Silent(addr, silentMs))));
    stops.push(onAbort(calls.closed, () => over(closed(undefined))));
    if (signal) stops.push(onAbort(signal, () => over(undefined)));
    inbox.flow({
      pause() {
        paused = true;
        watch.pause();
      },
      resume() {
        paused = false;
        heard = clock.monotonic();
        watch.resume();
      },
    });
  });
}

/** Calls `late` after {@link silentMs} without a message. The timer is not set anew with each of them. */
function watchSilence(clock: Clock, since: () => number, late: () => void): Cancel {
  const look = () => {
    const left = since() + silentMs - clock.monotonic();
    if (left <= 0) late();
    else cancel = clock.schedule(left, look);
  };
  let cancel = clock.schedule(silentMs, look);
  return () => cancel();
}

/** Returns the message of a response; `undefined` for what was delivered before, and for a part that is not the last. */
function messageOf(arrived: Arrived, place: Place): WatchMessage | undefined {
  const { transaction, resync, snapshot, synced, bookmark } = arrived.response;
  if (resync) throw new StoreError('RESYNC', resync.reason, { version: resync.version });
  if (place.begun && !transaction) throw new DecodeError(`transaction ${place.begun.version} was not sent whole`);
  if (snapshot) return { type: 'snapshot', version: snapshot.version, objects: snapshot.objects.map(snapshotObject) };
  if (transaction) {
    if (place.version !== undefined && transaction.version <= place.version) return undefined;
    return whole(arrived, transaction, place);
  }
  const seen = synced ?? bookmark;
  if (!seen) return undefined;
  place.version = Math.max(place.version ?? 0, seen.version);
  return { type: synced ? 'synced' : 'bookmark', version: place.version };
}

/** Joins the parts of a transaction; yields nothing before the last one has arrived. */
function whole(arrived: Arrived, transaction: messages.WatchTransaction, place: Place): WatchMessage | undefined {
  const { version, continued } = transaction;
  const { begun } = place;
  if (begun && begun.version !== version)
    throw new DecodeError(`transaction ${version} came before ${begun.version} was whole`);
  if (continued) {
    const events = begun?.events ?? [];
    for (const event of arrived.events) events.push(event);
    place.begun = { version, events };
    return undefined;
  }
  const message = begun ? transactionOf(transaction, Object.freeze([...begun.events, ...arrived.events])) : arrived.message; // prettier-ignore
  place.begun = undefined;
  place.version = version;
  return message;
}

function snapshotObject({ kind, object }: messages.KindObject): SnapshotObject {
  return { kind, object: objectIn(kind, object) };
}
