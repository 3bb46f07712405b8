import { isStoreError, isStoreErrorOf, StoreError } from '../base/store-error.js';
import { pause } from '../base/waiting.js';
import type { ObjectEvent } from '../kinds/index.js';
import { type Channel, connectionLost, methodOf, timedOut, written } from '../rpc/index.js';
import { DecodeError, type messages } from '../wire/index.js';
import { objectIn } from './answers.js';
import { type Calls, Silent } from './calls.js';
import { checkFilter, indexFilter } from './filters.js';
import type { Selector, SnapshotObject, WatchMessage, WatchOptions } from './watch-messages.js';

type WatchResponse = messages.WatchResponse;

interface Following {
  readonly options: WatchOptions;
  readonly calls: Calls;
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
}

const nowhere: Place = { version: undefined, lineage: undefined, since: undefined, begun: undefined };

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

/** Follows a watch from member to member, without a gap and without a repeat. */
export async function* followWatch({ options, calls }: Following): AsyncGenerator<WatchMessage, void> {
  const { clock, timeoutMs: giveUpMs } = calls;
  if (options.snapshot && options.from !== undefined)
    throw new StoreError('INVALID_OBJECT', 'a watch begins with a snapshot or from a version, not both');
  if (options.from !== undefined && !(Number.isSafeInteger(options.from) && options.from >= 0))
    throw new TypeError('from is a version: a whole number from 0');
  let place: Place = { ...nowhere, version: options.from };
  written(methodOf('watch', 'Watch'), requestOf(options, place)); // what cannot be asked is refused now
  let lastGood = clock.monotonic();
  let told = false; // of a snapshot that was not finished
  let silent = 0; // number of consecutive silent members
  while (!options.signal?.aborted) {
    try {
      await calls.learn(options.signal);
      for await (const message of listen(calls.next(), options, place, calls)) {
        lastGood = clock.monotonic();
        if (message.type !== 'synced') silent = 0;
        told ||= message.type === 'snapshot';
        if (message.type === 'synced') told = false;
        yield message;
      }
      if (options.signal?.aborted) return;
    } catch (error) {
      if (options.signal?.aborted) return;
      if (calls.closed.aborted) throw isStoreError(error, 'CLOSED') ? error : closed(error);
      if (error instanceof TypeError || isStoreErrorOf(error, final)) throw error;
      const lost = isStoreError(error, 'RESYNC');
      if (lost && !options.snapshot) throw error;
      if (error instanceof Silent && ++silent >= calls.hosts) throw explained(error);
      // A stream that lived was well until now, however quiet it was.
      if (place.since !== undefined && clock.monotonic() - place.since >= bookmarkMs) lastGood = clock.monotonic();
      place.since = undefined;
      const standing = place.version !== undefined || options.snapshot === true;
      if (!lost && (!standing || clock.monotonic() - lastGood + againMs >= giveUpMs)) throw explained(error);
      if (lost || told) {
        place = { ...nowhere };
        told = false;
        yield { type: 'resync', reason: lost ? error.message : 'the member went away before its snapshot was whole' };
      }
    }
    await pause(clock, againMs, options.signal);
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

/** One stream of one member, until it ends. */
async function* listen(
  channel: Channel,
  options: WatchOptions,
  place: Place,
  calls: Calls,
): AsyncGenerator<WatchMessage, void> {
  const standing = place.version !== undefined && place.lineage !== undefined;
  const request = requestOf(options, place);
  place.begun = undefined;
  const { signal } = options;
  const stream = calls.follow<WatchResponse>(channel, methodOf('watch', 'Watch'), request, {
    idleMs: silentMs,
    signal,
  });
  for await (const response of stream) {
    place.lineage = response.lineage;
    place.since ??= calls.clock.monotonic();
    const message = messageOf(response, place);
    // A watch that resumes at another member has reported its start already.
    if (message && !(standing && message.type === 'synced')) yield message;
  }
}

/** Returns the message of a response; `undefined` for what was delivered before. */
function messageOf(
  { transaction, resync, snapshot, synced, bookmark }: Bodies,
  place: Place,
): WatchMessage | undefined {
  if (resync) throw new StoreError('RESYNC', resync.reason, { version: resync.version });
  if (place.begun && !transaction) throw new DecodeError(`transaction ${place.begun.version} was not sent whole`);
  if (snapshot) return { type: 'snapshot', version: snapshot.version, objects: snapshot.objects.map(snapshotObject) };
  if (transaction) {
    if (place.version !== undefined && transaction.version <= place.version) return undefined;
    return whole(transaction, place);
  }
  const seen = synced ?? bookmark;
  if (!seen) return undefined;
  place.version = Math.max(place.version ?? 0, seen.version);
  return { type: synced ? 'synced' : 'bookmark', version: place.version };
}

/** Joins the parts of a transaction; yields nothing before the last one has arrived. */
function whole({ continued, ...transaction }: messages.WatchTransaction, place: Place): WatchMessage | undefined {
  const { version } = transaction;
  const begun = (place.begun ??= { version, events: [] });
  if (begun.version !== version) throw new DecodeError(`transaction ${version} came before ${begun.version} was whole`);
  for (const event of transaction.events) begun.events.push(fromWire(event, version));
  if (continued) return undefined;
  place.begun = undefined;
  place.version = version;
  return { type: 'transaction', ...transaction, events: begun.events };
}

type Bodies = {
  readonly [K in 'transaction' | 'resync' | 'snapshot' | 'synced' | 'bookmark']?: K extends 'transaction'
    ? messages.WatchTransaction
    : K extends 'resync'
      ? messages.Resync
      : K extends 'snapshot'
        ? messages.WatchSnapshot
        : messages.Synced;
};

function fromWire({ action, kind, object, old }: messages.WatchEvent, version: number): ObjectEvent {
  return Object.freeze({
    action,
    kind,
    object: objectIn(kind, object),
    ...(old && { old: objectIn(kind, old) }),
    version,
  }) as ObjectEvent;
}

function snapshotObject({ kind, object }: messages.KindObject): SnapshotObject {
  return { kind, object: objectIn(kind, object) };
}
