import type { FakeContainer } from './container.js';
import { FakeFilters } from './filters.js';
import type { FakeImages } from './images.js';
import { FakeEngineError } from './types.js';

/** Names of filters that `GET /containers/json` takes. */
export const containerFilterNames = [
  ...['ancestor', 'before', 'exited', 'expose', 'health', 'id', 'is-task', 'isolation', 'label', 'name', 'network'],
  ...['publish', 'since', 'status', 'volume'],
];
const states = ['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead'];

/** Parameters of `GET /containers/json`. */
export interface ListContainers {
  readonly all?: boolean;
  readonly limit?: number;
  readonly before?: string | null;
  readonly since?: string | null;
  /** JSON, as in the query. */
  readonly filters?: string | null;
}

interface Wanted extends ListContainers {
  readonly by: FakeFilters;
  get(idOrName: string): FakeContainer;
  images: FakeImages;
}

/** The containers that a list asks for, newest first. */
export function listContainers(
  containers: Iterable<FakeContainer>,
  asked: ListContainers,
  get: (idOrName: string) => FakeContainer,
  images: FakeImages,
): FakeContainer[] {
  const by = FakeFilters.parse(asked.filters, containerFilterNames);
  for (const value of by.values('status'))
    if (!states.includes(value)) throw new FakeEngineError(400, `Invalid filter 'status=${value}'`);
  for (const value of by.values('exited'))
    if (!/^-?\d+$/.test(value)) throw new FakeEngineError(500, `strconv.Atoi: parsing "${value}": invalid syntax`);
  const wanted: Wanted = { ...asked, by, get, images };
  const limit = asked.limit ?? 0;
  const newest = [...containers].sort((a, b) => (a.created < b.created ? 1 : -1));
  const found = newest.filter((container) => isListed(container, wanted));
  return limit > 0 ? found.slice(0, limit) : found;
}

function isListed(container: FakeContainer, wanted: Wanted): boolean {
  const { by } = wanted;
  const all = wanted.all === true || by.has('status') || (wanted.limit ?? 0) > 0;
  const { running, state, exitCode, started, name, health } = container;
  return (
    (running || all) &&
    inTime(container, wanted) &&
    by.pattern('id', container.id) &&
    by.pattern('name', name, `/${name}`) &&
    by.labels('label', container.labels) &&
    by.exact('status', state) &&
    by.exact('health', health ?? 'none') &&
    (!by.has('exited') || (!running && started !== undefined && by.exact('exited', String(exitCode)))) &&
    inNetwork(container, by) &&
    by.exact('volume', ...container.mounts.flatMap(({ Name, Destination }) => [Name ?? '', Destination])) &&
    ofImage(container, wanted) &&
    by.exact('publish', ...publishedOf(container)) &&
    by.exact('expose', ...[...container.published.keys()].flatMap((port) => [port, port.split('/')[0] ?? ''])) &&
    (!by.has('is-task') || by.exact('is-task', 'false', '0'))
  );
}

function inTime({ created }: FakeContainer, wanted: Wanted): boolean {
  const { before, since, by } = wanted;
  const befores = [...(before ? [before] : []), ...by.values('before')];
  const sinces = [...(since ? [since] : []), ...by.values('since')];
  return (
    befores.every((one) => created < wanted.get(one).created) &&
    sinces.every((one) => created > wanted.get(one).created)
  );
}

function inNetwork({ networks }: FakeContainer, by: FakeFilters): boolean {
  return by.exact('network', ...networks.keys(), ...[...networks.values()].map(({ networkId }) => networkId));
}

function ofImage({ imageId }: FakeContainer, { by, images }: Wanted): boolean {
  return !by.has('ancestor') || by.values('ancestor').some((name) => images.find(name)?.id === imageId);
}

const publishedOf = ({ published }: FakeContainer): string[] =>
  [...published].flatMap(([port, bindings]) =>
    (bindings ?? []).flatMap(({ HostPort }) => [HostPort, `${HostPort}/${port.split('/')[1]}`]),
  );
