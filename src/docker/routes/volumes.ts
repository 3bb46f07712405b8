import type { EngineHandle, VolumeInfo } from '../../fleet/index.js';
import { ApiError } from '../answers.js';
import { jsonText, parseJson } from '../convert/big-integers.js';
import type { Exchange } from '../exchange.js';
import { ListFilters } from '../filters.js';
import type { Route } from '../router.js';
import { askEngine, passAnswer, readAnswer } from '../streams.js';
import { onHealthyEngine } from './find.js';

const filterNames = ['name', 'driver', 'label', 'dangling', 'node'];

const isShared = ({ Scope: scope }: VolumeInfo) => scope === 'global';

/** A volume of one engine has the engine before its name: others have one of that name, too. */
export const shownVolumeName = (volume: VolumeInfo, engine: EngineHandle) =>
  isShared(volume) ? volume.Name : `${engine.name}/${volume.Name}`;

function list(x: Exchange): void {
  const filters = ListFilters.parse(x.query.get('filters'), filterNames);
  const dangling = filters.flag('dangling');
  const shared = new Set<string>();
  const found: VolumeInfo[] = [];
  for (const engine of x.api.fleet.engines()) {
    const used = dangling === undefined ? undefined : usedVolumes(engine);
    for (const volume of engine.volumes) {
      if (!passes(volume, engine, filters)) continue;
      if (used && used.has(volume.Name) === dangling) continue;
      if (isShared(volume)) {
        if (shared.has(volume.Name)) continue;
        shared.add(volume.Name);
      }
      found.push({ ...volume, Name: shownVolumeName(volume, engine) });
    }
  }
  x.send(200, { Volumes: found, Warnings: [] });
}

function usedVolumes(engine: EngineHandle): ReadonlySet<string> {
  const mounts = engine.containers.flatMap(({ summary }) => summary.Mounts ?? []);
  return new Set(mounts.flatMap(({ Name: name }) => (name === undefined ? [] : [name])));
}

function passes(volume: VolumeInfo, engine: EngineHandle, filters: ListFilters): boolean {
  return (
    filters.matches('name', volume.Name, shownVolumeName(volume, engine)) &&
    filters.exact('driver', volume.Driver) &&
    (filters.exact('node', engine.name) || filters.exact('node', engine.id)) &&
    filters.labels(volume.Labels)
  );
}

function volumesNamed(x: Exchange) {
  const volumes = x.api.fleet.findVolumes(x.name);
  if (volumes.length === 0) throw new ApiError(404, `get ${x.name}: no such volume`);
  return volumes;
}

/** Asks the first healthy engine that has it. */
async function inspect(x: Exchange): Promise<void> {
  const { Name: name, engine } = onHealthyEngine(volumesNamed(x), `volume ${x.name}`);
  const answer = await askEngine(x, engine, `/volumes/${encodeURIComponent(name)}`);
  if (answer.statusCode !== 200) return passAnswer(x, answer);
  const volume = parseJson(await readAnswer(answer)) as VolumeInfo;
  x.sendText(200, jsonText({ ...volume, Name: shownVolumeName(volume, engine) }));
}

async function create(x: Exchange): Promise<void> {
  const body = await x.json();
  const { Name: name } = body;
  if (name !== undefined && typeof name !== 'string') throw new ApiError(400, 'Name must be a text');
  x.send(201, await x.api.fleet.createVolume({ ...body, ...(name !== undefined && { Name: name }) }));
}

async function remove(x: Exchange): Promise<void> {
  volumesNamed(x);
  await x.api.fleet.removeVolume(x.name, { force: x.flag('force') });
  x.sendNothing(204);
}

export const volumeRoutes: readonly Route[] = [
  ['GET', '/volumes', list],
  ['POST', '/volumes/create', create],
  ['GET', '/volumes/{name}', inspect],
  ['DELETE', '/volumes/{name}', remove],
];
