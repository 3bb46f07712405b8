import type { Event, ObjectEvent } from '../../kinds/events.js';
import type { Kind } from '../../kinds/registry.js';
import { type CheckKeys, keysOf, matches, type MatchMode, type Specifier } from '../../kinds/specifiers.js';
import type { TransactionRecord } from '../history/history.js';

/** Events that wait for the reader of a watch. */
export interface WatchBacklog {
  readonly events: number;
  /** Encoded bytes of their transactions. */
  readonly bytes: number;
  /** Most events that may wait. */
  readonly limit: number;
}

/** An open watch, as the queue knows it. */
export interface OpenWatch {
  /** Kinds that it names, each once; empty for all. */
  readonly kinds: readonly string[];
  /** Absent for a subscriber, which has no buffer. */
  readonly backlog?: WatchBacklog;
}

/** A subscriber of transactions. `onTransaction` receives the matching events of one transaction at a time and must not throw. */
export interface Listener {
  readonly specifiers: readonly Specifier[];
  readonly match: MatchMode;
  /** Listener of the store itself, not of a watch. */
  readonly internal?: true;
  /** Returns what waits in its buffer, where it has one. */
  backlog?(): WatchBacklog;
  onTransaction(record: TransactionRecord, events: readonly Event[]): void;
  /** The listener has been taken off the queue because of `error`. */
  onError(error: unknown): void;
  /** The queue has ended; the listener has been taken off. */
  onClose(): void;
}

/**
 * Keys of an entry in the index: those of a built-in check, or the name of the text field that a literal names. Users
 * choose these names, so they must not outlive the entries.
 */
type Keys = CheckKeys<Kind> | string;

/** One specifier of one listener, where the index keeps it. */
interface Entry {
  readonly listener: Listener;
  readonly specifier: Specifier;
  readonly slot: Slot;
  readonly keys: Keys | undefined;
  readonly key: string;
}

/** The entries for one kind and action: those found by a key, and those that must be asked one by one. */
class Slot {
  readonly asked = new Set<Entry>();
  readonly keyed = new Map<Keys, Map<string, Set<Entry>>>();

  add(entry: Entry): void {
    if (!entry.keys) {
      this.asked.add(entry);
      return;
    }
    let buckets = this.keyed.get(entry.keys);
    if (!buckets) this.keyed.set(entry.keys, (buckets = new Map<string, Set<Entry>>()));
    const bucket = buckets.get(entry.key);
    if (bucket) bucket.add(entry);
    else buckets.set(entry.key, new Set([entry]));
  }

  remove(entry: Entry): void {
    this.asked.delete(entry);
    if (!entry.keys) return;
    const buckets = this.keyed.get(entry.keys);
    const bucket = buckets?.get(entry.key);
    bucket?.delete(entry);
    if (bucket?.size === 0) buckets?.delete(entry.key);
    if (buckets?.size === 0) this.keyed.delete(entry.keys);
  }

  get empty(): boolean {
    return this.asked.size === 0 && this.keyed.size === 0;
  }

  /** Every entry that may want the event: those whose key does not fit are not looked at. */
  visit(event: ObjectEvent, ask: (entry: Entry) => void): void {
    for (const entry of this.asked) ask(entry);
    for (const [keys, buckets] of this.keyed) {
      const now = keyOf(keys, event.object);
      const before = event.action === 'update' ? keyOf(keys, event.old) : undefined;
      if (now !== undefined) buckets.get(now)?.forEach(ask);
      if (before !== undefined && before !== now) {
        buckets.get(before)?.forEach((entry) => {
          if (entry.listener.match === 'either') ask(entry);
        });
      }
    }
  }
}

function wantedKey(keys: Keys | undefined, { wanted }: Specifier): string | undefined {
  if (keys === undefined) return '';
  return typeof keys === 'string' ? textIn(wanted, keys) : keys.wanted(wanted);
}

function keyOf(keys: Keys, object: ObjectEvent['object']): string | undefined {
  return typeof keys === 'string' ? textIn(object, keys) : keys.changed(object);
}

function textIn(value: object, field: string): string | undefined {
  const found = (value as Record<string, unknown>)[field];
  return typeof found === 'string' ? found : undefined;
}

/** Finds a literal without checks that names a text field by that field. */
function chooseKeys(specifier: Specifier): Keys | undefined {
  for (const check of specifier.checks) {
    const keys = keysOf(check);
    if (keys) return keys;
  }
  if (!specifier.literal) return undefined;
  return Object.entries(specifier.wanted).find(([, value]) => typeof value === 'string')?.[0];
}

/**
 * Delivers committed transactions to listeners, in order, one whole transaction at a time.
 *
 * Listeners are indexed by kind, action and the key of a built-in check, so an event costs nothing for a watcher whose
 * check looks for another key.
 */
export class WatchQueue {
  readonly #everything = new Set<Listener>();
  readonly #commits = new Set<Listener>();
  readonly #slots = new Map<string, Slot>();
  readonly #entries = new Map<Listener, Entry[]>();
  readonly #backlog: { record: TransactionRecord; delivered: () => void }[] = [];
  #delivering = false;
  /**
   * Listeners that were added inside a check: they begin with the next transaction. `undefined`: no check is running.
   */
  #arrivals: Set<Listener> | undefined;
  #closed = false;
  #version: number;

  constructor(version = 0) {
    this.#version = version;
  }

  /** The version whose events were delivered last, or are being delivered: where a new watch begins. */
  get version(): number {
    return this.#version;
  }

  /** Number of open watches. */
  get listeners(): number {
    let count = 0;
    for (const { internal } of this.#all()) if (!internal) count++;
    return count;
  }

  /** Describes every open watch. @internal */
  describe(): OpenWatch[] {
    return this.#all()
      .filter(({ internal }) => !internal)
      .map((listener) => {
        const backlog = listener.backlog?.();
        return { kinds: [...new Set(listener.specifiers.map(({ kind }) => kind))], ...(backlog && { backlog }) };
      });
  }

  /** True when the store is closed. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Listens from the next transaction on. @internal */
  attach(listener: Listener): void {
    if (this.#closed) {
      listener.onClose();
      return;
    }
    if (this.#arrivals) this.#arrivals.add(listener);
    else this.#index(listener);
  }

  #index(listener: Listener): void {
    const entries: Entry[] = [];
    this.#entries.set(listener, entries);
    if (listener.specifiers.length === 0) this.#everything.add(listener);
    for (const specifier of listener.specifiers) {
      if (specifier.kind === 'commit') {
        this.#commits.add(listener);
        continue;
      }
      const keys = chooseKeys(specifier);
      const key = wantedKey(keys, specifier);
      if (key === undefined) continue; // a check whose field the literal does not name matches nothing
      const slot = this.#slot(specifier.kind, specifier.action);
      const entry = { listener, specifier, slot, keys, key };
      slot.add(entry);
      entries.push(entry);
    }
  }

  /** @internal */
  detach(listener: Listener): void {
    this.#arrivals?.delete(listener);
    const entries = this.#entries.get(listener);
    if (!entries) return;
    this.#entries.delete(listener);
    this.#everything.delete(listener);
    this.#commits.delete(listener);
    for (const entry of entries) {
      const { slot, specifier } = entry;
      slot.remove(entry);
      if (slot.empty) this.#slots.delete(slotName(specifier.kind, specifier.action));
    }
  }

  /** Delivers `record` after everything published before it, then calls `delivered`. @internal */
  publish(record: TransactionRecord, delivered: () => void = () => undefined): void {
    this.#backlog.push({ record, delivered });
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      for (let next = this.#backlog.shift(); next; next = this.#backlog.shift()) {
        this.#version = next.record.version;
        this.#deliver(next.record);
        next.delivered();
      }
    } finally {
      this.#delivering = false;
    }
  }

  /** Ends every watch with `error`: what comes next does not follow what they have seen. New watches begin at `version`. @internal */
  fail(error: unknown, version: number): void {
    this.#version = version;
    for (const listener of this.#all()) {
      this.detach(listener);
      listener.onError(error);
    }
  }

  /** Ends every watch. @internal */
  close(): void {
    this.#closed = true;
    for (const listener of this.#all()) {
      this.detach(listener);
      listener.onClose();
    }
  }

  #all(): Listener[] {
    return [...this.#entries.keys(), ...(this.#arrivals ?? [])];
  }

  #slot(kind: Kind, action: string): Slot {
    const name = slotName(kind, action);
    let slot = this.#slots.get(name);
    if (!slot) this.#slots.set(name, (slot = new Slot()));
    return slot;
  }

  #deliver(record: TransactionRecord): void {
    const wanted = new Map<Listener, Event[]>();
    const failed = new Map<Listener, unknown>();
    this.#ask(record, wanted, failed);
    for (const [listener, error] of failed) {
      this.detach(listener);
      listener.onError(error);
    }
    for (const [listener, events] of wanted) {
      if (this.#entries.has(listener)) listener.onTransaction(record, events);
    }
  }

  /**
   * Finds the listeners that want events of a transaction. Checks are user code and may do anything: watch, end a
   * watch, write, close.
   */
  #ask(record: TransactionRecord, wanted: Map<Listener, Event[]>, failed: Map<Listener, unknown>): void {
    const everything = this.#everything.size > 0 ? [...record.events, record.commit] : [];
    for (const listener of this.#everything) wanted.set(listener, everything); // thousands of them share one list
    const arrivals = (this.#arrivals = new Set<Listener>());
    if (this.#slots.size > 0) for (const event of record.events) this.#match(event, wanted, failed);
    for (const listener of this.#commits) push(wanted, listener, record.commit);
    this.#arrivals = undefined;
    for (const listener of arrivals) this.#index(listener);
  }

  #match(event: ObjectEvent, wanted: Map<Listener, Event[]>, failed: Map<Listener, unknown>): void {
    this.#slots.get(slotName(event.kind, event.action))?.visit(event, ({ listener, specifier }) => {
      if (wanted.get(listener)?.at(-1) === event || failed.has(listener)) return; // another specifier of the same watch took it
      try {
        if (matches(specifier, event, listener.match)) push(wanted, listener, event);
      } catch (error) {
        failed.set(listener, error);
      }
    });
  }
}

const slotName = (kind: string, action: string) => `${kind} ${action}`;

function push(wanted: Map<Listener, Event[]>, listener: Listener, event: Event): void {
  const events = wanted.get(listener);
  if (events) events.push(event);
  else wanted.set(listener, [event]);
}

/** The events of one transaction that a watch with these specifiers gets. A check that throws throws here. */
export function eventsFor(specifiers: readonly Specifier[], match: MatchMode, record: TransactionRecord): Event[] {
  if (specifiers.length === 0) return [...record.events, record.commit];
  const events: Event[] = record.events.filter((event) =>
    specifiers.some((specifier) => matches(specifier, event, match)),
  );
  if (specifiers.some(({ kind }) => kind === 'commit')) events.push(record.commit);
  return events;
}
