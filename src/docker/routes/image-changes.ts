import type { EngineHandle } from '../../fleet/index.js';
import { ApiError } from '../answers.js';
import { chooseForBuild } from '../build-place.js';
import { requestTo } from '../engine-calls.js';
import type { Exchange } from '../exchange.js';
import { ProgressLines } from '../progress.js';
import { registryAuth } from '../registry-auth.js';
import type { Route } from '../router.js';
import { forever, passThrough } from '../streams.js';
import { onHealthyEngine, reachableContainer } from './find.js';
import { imagesNamed } from './images.js';

/** `POST /images/create`: pulls, or imports the archive in the body, on every engine. */
async function create(x: Exchange): Promise<void> {
  const image = x.query.get('fromImage') ?? '';
  const tag = x.query.get('tag') ?? '';
  if (image !== '') return pull(x, image, tag);
  const source = x.query.get('fromSrc') ?? '';
  if (source === '') throw new ApiError(400, 'fromImage or fromSrc is missing');
  if (source !== '-') throw new ApiError(400, 'fromSrc must be - with the archive in the body; fetch a URL first');
  if (x.query.getAll('changes').some((change) => change !== '')) {
    throw new ApiError(400, 'changes are not supported; import the archive and build on it');
  }
  const repo = x.query.get('repo') ?? '';
  await new ProgressLines(x).run((onProgress) => x.api.fleet.importImage(x.body, { repo, tag, onProgress }));
}

async function pull(x: Exchange, image: string, tag: string): Promise<void> {
  const reference = tag === '' ? image : `${image}${tag.includes(':') ? '@' : ':'}${tag}`;
  const auth = registryAuth(x.request.headers['x-registry-auth']);
  await new ProgressLines(x).run((onProgress) =>
    x.api.fleet.pullImage(reference, { ...(auth && { auth }), onProgress, signal: x.signal }),
  );
}

async function load(x: Exchange): Promise<void> {
  await new ProgressLines(x).run((onProgress) => x.api.fleet.loadImages(x.body, { onProgress }));
}

async function tag(x: Exchange): Promise<void> {
  const repo = x.query.get('repo') ?? '';
  if (repo === '') throw new ApiError(400, 'repo is missing');
  imagesNamed(x, x.name);
  await x.api.fleet.tagImage(x.name, { repo, tag: x.query.get('tag') ?? '', force: x.flag('force') });
  x.sendNothing(201);
}

async function remove(x: Exchange): Promise<void> {
  imagesNamed(x, x.name);
  const options = { force: x.flag('force'), noPrune: x.flag('noprune') };
  x.send(200, await x.api.fleet.removeImage(x.name, options));
}

/** `POST /images/NAME/push`: from one engine that has the tag. */
async function push(x: Exchange): Promise<void> {
  const tagged = x.query.get('tag') ?? '';
  const reference = tagged === '' ? x.name : `${x.name}:${tagged}`;
  const { engine } = onHealthyEngine(imagesNamed(x, reference), `image ${reference}`);
  const name = x.name.split('/').map(encodeURIComponent).join('/');
  await passThrough(x, engine, `/images/${name}/push`, { startMs: forever });
}

/** `POST /commit`: the image is on the engine of its container. */
async function commit(x: Exchange): Promise<void> {
  const { id, engine } = reachableContainer(x, x.query.get('container') ?? '');
  const query = new URLSearchParams(x.rawQuery);
  query.set('container', id);
  await passThrough(x, engine, '/commit', {
    query: query.toString(),
    startMs: forever,
    before: () => engine.refreshImages(),
  });
}

/** `POST /build`: on one engine; the image is there and nowhere else. */
async function build(x: Exchange): Promise<void> {
  const { engine, query } = chooseForBuild(x.api.fleet, x.rawQuery);
  await passThrough(x, engine, '/build', { query, startMs: forever, beforeEnd: () => engine.refreshImages() });
}

/** `POST /build/cancel`: only the engine that builds knows the id. */
async function cancelBuild(x: Exchange): Promise<void> {
  const id = x.query.get('id') ?? '';
  if (id === '') throw new ApiError(400, 'id is missing');
  const healthy = x.api.fleet.engines().filter(({ state }) => state === 'healthy');
  await Promise.all(healthy.map((engine) => cancelAt(x, engine)));
  x.sendNothing(204);
}

async function cancelAt(x: Exchange, engine: EngineHandle): Promise<void> {
  const answer = await requestTo(engine, 'POST', '/build/cancel', { query: x.rawQuery, signal: x.signal });
  answer.resume();
}

export const imageChangeRoutes: readonly Route[] = [
  ['POST', '/images/create', create],
  ['POST', '/images/load', load],
  ['POST', '/images/{name}/tag', tag],
  ['POST', '/images/{name}/push', push],
  ['DELETE', '/images/{name}', remove],
  ['POST', '/commit', commit],
  ['POST', '/build', build],
  ['POST', '/build/cancel', cancelBuild],
];
