import { groupedToLast } from '../base/grouped.js';
import type { Event, ObjectEvent, StoredObject } from '../kinds/index.js';
import type { MemoryStore } from '../state/index.js';
import { type messages, toAny } from '../wire/index.js';
import { pageBytes } from './reads.js';
import type { Wanted } from './selectors.js';
import { showObject } from './shown.js';

type WatchResponse = messages.WatchResponse;

/** Messages of one transaction for those who want the same of its events. */
interface Made {
  readonly lineage: string;
  /** The watch that they were made for first, and the events that the queue gave it. */
  readonly wanted: Wanted;
  readonly transaction: readonly Event[];
  readonly events: readonly ObjectEvent[];
  readonly messages: readonly WatchResponse[];
}

/** Most transactions, most bytes of messages, and most different messages of a transaction that are remembered. */
const rememberedMax = 64;
const rememberedBytesMax = 8 * 1024 * 1024;
const differentMax = 16;

/** Overhead of an event beside its objects, bytes. */
const eventBytes = 32;

/** Comparisons of an event with a value that are made at a time. */
const comparisonsMax = 50_000;

/** One message, or nothing yet: the rest of the work waits for another turn. */
export type Step = WatchResponse | undefined;

/**
 * Makes the messages of transactions. Watches that want the same of a transaction get the same messages, which are encoded
 * once: thousands of watches of one kind cost one encoding, and thousands of writes to sockets.
 */
export class WatchMessages {
  readonly #store: MemoryStore;
  /** By version, the one that was made first at the front. */
  readonly #made = new Map<number, { readonly list: Made[]; bytes: number }>();
  #bytes = 0;

  constructor(store: MemoryStore) {
    this.#store = store;
  }

  /** Yields the messages with what is wanted of a transaction, of which `transaction` is what the queue gave: none, if it is nothing. */
  *of(lineage: string, wanted: Wanted, transaction: readonly Event[]): Generator<Step, void> {
    const [{ version } = { version: 0 }] = transaction;
    const before = this.#made.get(version)?.list;
    let found = before?.find((one) => one.transaction === transaction && one.wanted === wanted && one.lineage === lineage); // prettier-ignore
    if (!found) {
      const events = yield* selected(transaction, wanted);
      if (events.length === 0) return;
      const same = before?.find((one) => one.lineage === lineage && areSame(one.events, events));
      const bytes = same ? 0 : events.reduce((sum, event) => sum + this.#bytesOf(event), 0);
      if (bytes > rememberedBytesMax / 2) {
        yield* this.#parts(lineage, version, events);
        return;
      }
      const messages = same?.messages ?? [...this.#parts(lineage, version, events)];
      found = { lineage, wanted, transaction, events, messages };
      this.#remember(version, found, bytes);
    }
    yield* found.messages;
  }

  #remember(version: number, made: Made, bytes: number): void {
    let of = this.#made.get(version);
    if (!of) this.#made.set(version, (of = { list: [], bytes: 0 }));
    if (of.list.length >= differentMax) return;
    of.list.push(made);
    of.bytes += bytes;
    this.#bytes += bytes;
    for (const [oldest, { bytes: freed }] of this.#made) {
      if (this.#made.size <= rememberedMax && this.#bytes <= rememberedBytesMax) return;
      this.#made.delete(oldest);
      this.#bytes -= freed;
    }
  }

  /**
   * Splits a transaction into as many messages as its objects need: a small one can remove much, and its events are large.
   */
  *#parts(lineage: string, version: number, events: readonly ObjectEvent[]): Generator<WatchResponse, void> {
    const { time = 0, actor, reason, requestId, trace } = this.#store.transaction(version) ?? {};
    const info = {
      version,
      time,
      ...(actor !== undefined && { actor }),
      ...(reason !== undefined && { reason }),
      ...(requestId !== undefined && { requestId }),
      ...(trace !== undefined && { trace }),
    };
    for (const { group, last } of groupedToLast(events, { bytes: pageBytes }, (event) => this.#bytesOf(event)))
      yield { lineage, transaction: { ...info, events: group.map(toWire), ...(!last && { continued: true }) } }; // prettier-ignore
  }

  #bytesOf(event: ObjectEvent): number {
    const { kind, object } = event;
    const old = event.action === 'update' ? this.#store.bytesOf(kind, event.old) : 0;
    return eventBytes + this.#store.bytesOf(kind, object) + old;
  }
}

/** Returns what is wanted of a transaction; yields when the work is to be continued in another turn. */
function* selected(transaction: readonly Event[], { wants, values }: Wanted): Generator<undefined, ObjectEvent[]> {
  const atATime = Math.max(1, Math.floor(comparisonsMax / (values + 1)));
  const events: ObjectEvent[] = [];
  for (const [i, event] of transaction.entries()) {
    if (i > 0 && i % atATime === 0) yield undefined;
    if (event.action !== 'commit' && wants(event)) events.push(event);
  }
  return events;
}

function areSame(one: readonly ObjectEvent[], other: readonly ObjectEvent[]): boolean {
  return one.length === other.length && one.every((event, i) => event === other[i]);
}

function toWire(event: ObjectEvent): messages.WatchEvent {
  const { action, kind, object } = event;
  const shown = (one: StoredObject) => toAny(kind, showObject(kind, one));
  return { action, kind, object: shown(object), ...(event.action === 'update' && { old: shown(event.old) }) };
}
