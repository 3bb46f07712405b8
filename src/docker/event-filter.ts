import { ApiError } from './answers.js';
import type { LoggedEvent } from './event-log.js';
import type { ListFilters } from './filters.js';

/** Filters of `docker events`. */
export const eventFilterNames = [
  'type',
  'event',
  'container',
  'image',
  'volume',
  'network',
  'daemon',
  'label',
  'scope',
  'node',
  'service',
  'secret',
  'config',
];

/** Makes the test of `docker events`. */
export function eventTest(filters: ListFilters): (event: LoggedEvent) => boolean {
  return ({ engine, event }) => {
    const { Type: type = 'container', Action: action = event.status ?? '', Actor: actor } = event;
    const attributes = actor?.Attributes ?? {};
    const id = actor?.ID ?? event.id ?? '';
    return (
      filters.exact('type', type) &&
      // `health_status: healthy` is asked for by its first word, too
      (filters.exact('event', action) || filters.exact('event', action.split(':')[0] ?? '')) &&
      isOfNode(filters, engine, type, id, attributes.name) &&
      filters.exact('scope', typeof event.scope === 'string' ? event.scope : 'local') &&
      filters.labels(attributes) &&
      [...kinds].every((kind) => isOf(filters, kind, type, id, attributes.name)) &&
      (!filters.has('image') || isImage(filters, type, id, attributes, event.from))
    );
  };
}

/** Types of events whose names are filters, too. */
const kinds = ['container', 'volume', 'network', 'daemon', 'service', 'secret', 'config'];

/** An event is of a node when that node's engine sent it, or when it is about the node. */
function isOfNode(
  filters: ListFilters,
  engine: LoggedEvent['engine'],
  type: string,
  id: string,
  name: string | undefined,
): boolean {
  if (!filters.has('node')) return true;
  if (engine) return filters.exact('node', engine.name) || filters.exact('node', engine.id);
  return isOf(filters, 'node', type, id, name);
}

/** Names and ids count, and prefixes of ids as the command line shows them. */
function isOf(filters: ListFilters, kind: string, type: string, id: string, name: string | undefined): boolean {
  if (!filters.has(kind)) return true;
  if (type !== kind) return false;
  return filters
    .values(kind)
    .some((wanted) => wanted === id || wanted === name || (wanted.length >= 12 && id.startsWith(wanted)));
}

function isImage(
  filters: ListFilters,
  type: string,
  id: string,
  attributes: Readonly<Record<string, string>>,
  from = '',
): boolean {
  const names = type === 'image' ? [id, attributes.name ?? ''] : [attributes.image ?? '', from];
  return names.some(
    (name) => name !== '' && (filters.exact('image', name) || filters.exact('image', withoutTag(name))),
  );
}

const withoutTag = (name: string) => name.replace(/:[^/:]*$/, '');

/** Reads `since` and `until`: seconds since the epoch, with a fraction. Milliseconds. @throws {ApiError} 400 */
export function momentOf(name: string, text: string | null): number | undefined {
  if (text === null || text === '') return undefined;
  if (!/^\d{1,12}(?:\.\d{1,9})?$/.test(text)) {
    throw new ApiError(400, `${name} must be seconds since the epoch, is ${JSON.stringify(text)}`);
  }
  return Number(text) * 1_000;
}

/** Moment of an event, milliseconds. */
export function timeOf({ event }: LoggedEvent): number {
  return event.timeNano === undefined ? (event.time ?? 0) * 1_000 : Number(event.timeNano) / 1e6;
}
