import { Slicer } from '../../base/clock.js';
import type { Image } from '../../fleet/index.js';
import { notFound } from '../answers.js';
import { ApiError } from '../answers.js';
import type { Exchange } from '../exchange.js';
import { ListFilters } from '../filters.js';
import { imageEntry, imageFilterNames, ImageGroups, imageTest, namedAs } from '../image-groups.js';
import { newestFirst } from '../list-order.js';
import type { Handler, Route } from '../router.js';
import { forever, passThrough } from '../streams.js';
import { onHealthyEngine } from './find.js';

/** Finds an image on every engine. @throws {ApiError} 404 */
export function imagesNamed(x: Exchange, name: string): readonly Image[] {
  const images = x.api.fleet.findImages(name);
  if (images.length === 0) throw notFound('image', name);
  return images;
}

async function list(x: Exchange): Promise<void> {
  const filters = ListFilters.parse(x.query.get('filters'), imageFilterNames);
  const slicer = new Slicer(x.api.clock);
  const groups = new ImageGroups();
  for (const engine of x.api.fleet.engines()) {
    if (!filters.exact('node', engine.name) && !filters.exact('node', engine.id)) continue;
    for (const image of engine.images) {
      groups.add(image);
      if (slicer.due) await slicer.pause();
    }
  }
  const test = imageTest(filters, groups, x.flag('all'), (name) => imagesNamed(x, name)[0]?.summary.Created ?? 0);
  const wanted = legacyName(x);
  const found = [...groups.all()].filter((group) => wanted(group.tags) && test(group)).flatMap(namedAs(filters));
  x.send(200, newestFirst(found, ({ summary }) => summary.Created).map(imageEntry));
}

/** `filter=NAME` is what clients sent before there were filters. */
function legacyName(x: Exchange): (tags: readonly string[]) => boolean {
  const name = x.query.get('filter') ?? '';
  if (name === '') return () => true;
  return (tags) => tags.some((tag) => tag === name || tag.startsWith(`${name}:`));
}

const pass =
  (what: string): Handler =>
  async (x) => {
    const { id, engine } = onHealthyEngine(imagesNamed(x, x.name), `image ${x.name}`);
    await passThrough(x, engine, `/images/${id}/${what}`);
  };

/** `GET /images/NAME/get`: the name decides which tags are in the archive. */
async function save(x: Exchange): Promise<void> {
  const { engine } = onHealthyEngine(imagesNamed(x, x.name), `image ${x.name}`);
  await passThrough(x, engine, '/images/get', { query: namesQuery([x.name]), startMs: forever });
}

/** `GET /images/get?names=…`: from one engine, which must have them all. */
async function saveAll(x: Exchange): Promise<void> {
  const names = x.query.getAll('names').flatMap((text) => text.split(','));
  const found = names.map((name) => imagesNamed(x, name));
  const [first = []] = found;
  const engine = first
    .map((image) => image.engine)
    .find((one) => one.state === 'healthy' && found.every((images) => images.some((image) => image.engine === one)));
  if (!engine) throw new ApiError(404, `Unable to find an engine containing all images: ${names.join(', ')}`);
  await passThrough(x, engine, '/images/get', { query: namesQuery(names), startMs: forever });
}

const namesQuery = (names: readonly string[]) =>
  new URLSearchParams(names.map((name): [string, string] => ['names', name])).toString();

/** Questions that any engine can answer, because it asks a registry. */
const passToAny =
  (path: (x: Exchange) => string): Handler =>
  (x) =>
    passThrough(x, x.api.fleet.anyEngine(), path(x));

export const imageRoutes: readonly Route[] = [
  ['GET', '/images/json', list],
  ['GET', '/images/search', passToAny(() => '/images/search')],
  ['GET', '/images/get', saveAll],
  ['GET', '/images/{name}/json', pass('json')],
  ['GET', '/images/{name}/history', pass('history')],
  ['GET', '/images/{name}/get', save],
  ['GET', '/distribution/{name}/json', passToAny((x) => x.path)],
  ['POST', '/auth', passToAny(() => '/auth')],
];
