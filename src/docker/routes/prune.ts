import { messageOf } from '../../base/errors.js';
import type { Container, EngineHandle, ImageSummary, VolumeInfo } from '../../fleet/index.js';
import { ApiError, refusalOf } from '../answers.js';
import { requestTo } from '../engine-calls.js';
import type { Exchange } from '../exchange.js';
import { imageEntry, ImageGroups } from '../image-groups.js';
import type { Handler, Route } from '../router.js';
import { forever, quietly, readAnswer } from '../streams.js';
import { healthyEngines } from './find.js';
import { shownVolumeName } from './volumes.js';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Asks every healthy engine at once and resolves with their answers. When one fails, all have ended, and the error has the
 * words of each that failed.
 */
async function askAll(x: Exchange, path: string): Promise<(readonly [engine: EngineHandle, answer: Fields])[]> {
  const engines = healthyEngines(x);
  if (engines.length === 0) throw new ApiError(500, 'No healthy node available in the cluster');
  const settled = await Promise.allSettled(engines.map((engine) => askOne(x, engine, path)));
  const failures = settled.flatMap((one, at) =>
    one.status === 'rejected' ? [`${engines[at]?.name ?? ''}: ${refusalOf(one.reason).message}`] : [],
  );
  if (failures.length > 0) throw new ApiError(500, failures.join('\n'));
  return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}

async function askOne(x: Exchange, engine: EngineHandle, path: string): Promise<readonly [EngineHandle, Fields]> {
  const options = { query: x.rawQuery, signal: x.signal, deadline: 'start', timeoutMs: forever } as const;
  const answer = await requestTo(engine, x.method, path, options);
  const text = await readAnswer(answer);
  let value: Fields;
  try {
    value = JSON.parse(text) as Fields;
  } catch (cause) {
    throw new ApiError(502, `the answer is not JSON: ${messageOf(cause)}`, { cause });
  }
  if ((answer.statusCode ?? 0) >= 300)
    throw new ApiError(answer.statusCode ?? 502, typeof value.message === 'string' ? value.message : text);
  return [engine, value];
}

const listIn = (value: Fields, name: string): readonly unknown[] =>
  Array.isArray(value[name]) ? (value[name] as unknown[]) : [];

const sum = (values: readonly Fields[], name: string) =>
  values.reduce((total, value) => total + (Number(value[name]) || 0), 0);

/** Prunes on every engine, each what it does not use, and joins what they say. */
const prune =
  (
    path: string,
    list: string,
    refresh: (engine: EngineHandle, removed: readonly unknown[]) => Promise<unknown>,
  ): Handler =>
  async (x) => {
    const answers = await askAll(x, path);
    await quietly(x, () => Promise.all(answers.map(([engine, answer]) => refresh(engine, listIn(answer, list)))));
    const values = answers.map(([, answer]) => answer);
    const removed = values.flatMap((value) => listIn(value, list));
    x.send(200, { [list]: removed, SpaceReclaimed: sum(values, 'SpaceReclaimed') });
  };

const refreshContainers = (engine: EngineHandle, ids: readonly unknown[]) =>
  Promise.all(ids.map((id) => engine.refreshContainer(String(id))));

/** `GET /system/df`: the engines' lists joined, with names as in `docker ps`, `images` and `volume ls`. */
async function diskUse(x: Exchange): Promise<void> {
  const answers = await askAll(x, '/system/df');
  const groups = new ImageGroups();
  for (const [, answer] of answers) {
    for (const summary of listIn(answer, 'Images')) groups.add({ summary: summary as ImageSummary });
  }
  x.send(200, {
    LayersSize: sum(
      answers.map(([, answer]) => answer),
      'LayersSize',
    ),
    Images: [...groups.all()].map(imageEntry),
    Containers: answers.flatMap(([engine, answer]) =>
      listIn(answer, 'Containers').map((one) => namedContainer(one as Container['summary'], engine)),
    ),
    Volumes: answers.flatMap(([engine, answer]) =>
      listIn(answer, 'Volumes').map((one) => namedVolume(one as VolumeInfo, engine)),
    ),
    BuildCache: answers.flatMap(([, answer]) => listIn(answer, 'BuildCache')),
    BuilderSize: sum(
      answers.map(([, answer]) => answer),
      'BuilderSize',
    ),
  });
}

const namedContainer = (summary: Container['summary'], engine: EngineHandle) => ({
  ...summary,
  Names: summary.Names.map((name) => `/${engine.name}${name}`),
});

const namedVolume = (volume: VolumeInfo, engine: EngineHandle) => ({
  ...volume,
  Name: shownVolumeName(volume, engine),
});

export const pruneRoutes: readonly Route[] = [
  ['POST', '/containers/prune', prune('/containers/prune', 'ContainersDeleted', refreshContainers)],
  ['POST', '/images/prune', prune('/images/prune', 'ImagesDeleted', (engine) => engine.refreshImages())],
  ['POST', '/volumes/prune', prune('/volumes/prune', 'VolumesDeleted', (engine) => engine.refreshVolumes())],
  ['POST', '/networks/prune', prune('/networks/prune', 'NetworksDeleted', (engine) => engine.refreshNetworks())],
  ['POST', '/build/prune', prune('/build/prune', 'CachesDeleted', () => Promise.resolve())],
  ['GET', '/system/df', diskUse],
];
