import type { Cancel } from '../../base/clock.js';
import type { FakeFilters } from './filters.js';
import { type Moments, type Nano, secondsOf } from './moment.js';

/** Names of filters that `GET /events` takes. */
export const eventFilterNames = [
  ...['config', 'container', 'daemon', 'event', 'image', 'label', 'network', 'node', 'plugin', 'scope', 'secret'],
  ...['service', 'type', 'volume'],
];

/** Something that happened on a fake engine. */
export interface FakeEvent {
  /** Kind of the object: `container`, `image`, `network` or `volume`. */
  readonly type: string;
  /** Event in Docker's words, like `start`. */
  readonly action: string;
  /** Id or name of the object. */
  readonly id: string;
  /** Facts about the object, such as its name and labels. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Nanoseconds since the epoch. */
  readonly nano: Nano;
}

/** Events of an engine: the last ones kept, new ones told to all listeners. */
export class FakeEventLog {
  readonly #moments: Moments;
  readonly #kept: number;
  #events: FakeEvent[] = [];
  readonly #listeners = new Set<(event: FakeEvent) => void>();

  constructor(moments: Moments, kept: number) {
    this.#moments = moments;
    this.#kept = kept;
  }

  /** Events that are kept, oldest first. */
  get all(): readonly FakeEvent[] {
    return this.#events;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  emit(type: string, action: string, id: string, attributes: Readonly<Record<string, string>>): void {
    const event: FakeEvent = { type, action, id, attributes, nano: this.#moments.next() };
    this.#events.push(event);
    if (this.#events.length > 2 * this.#kept) this.#events = this.#events.slice(-this.#kept);
    for (const listener of this.#listeners) listener(event);
  }

  /** Kept events from `since` to `until`, both inclusive. */
  between(since: Nano | undefined, until: Nano | undefined): FakeEvent[] {
    if (since === undefined && until === undefined) return [];
    const kept = this.#events.slice(-this.#kept);
    return kept.filter(({ nano }) => nano >= (since ?? 0n) && (until === undefined || nano <= until));
  }

  listen(listener: (event: FakeEvent) => void): Cancel {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

/** Is the event one that these filters let through? */
export function eventMatches({ type, action, id, attributes }: FakeEvent, filters: FakeFilters): boolean {
  const ofType = (wanted: string) =>
    !filters.has(wanted) ||
    (type === wanted && filters.prefix(wanted, id, attributes.name ?? '')) ||
    (wanted === 'image' && filters.exact('image', attributes.image ?? ''));
  const [beforeColon = ''] = action.split(':');
  return (
    filters.exact('event', action, beforeColon) &&
    filters.exact('type', type) &&
    filters.exact('scope', 'local') &&
    filters.labels('label', attributes) &&
    ['container', 'image', 'network', 'volume', 'daemon', 'plugin'].every(ofType) &&
    ['config', 'node', 'secret', 'service'].every((name) => !filters.has(name))
  );
}

/** The event as Docker writes it: one JSON object, with all digits of its time. */
export function eventText({ type, action, id, attributes, nano }: FakeEvent): string {
  const sorted = Object.fromEntries(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)));
  const old = type === 'container' || type === 'image' ? { status: action, id } : {};
  const from = type === 'container' && attributes.image !== undefined ? { from: attributes.image } : {};
  const now = { Type: type, Action: action, Actor: { ID: id, Attributes: sorted } };
  const body = goJson({ ...old, ...from, ...now, scope: 'local', time: secondsOf(nano) });
  return `${body.slice(0, -1)},"timeNano":${nano}}\n`;
}

/** JSON with the escapes that Go makes. */
export function goJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
