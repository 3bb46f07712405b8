import { Limiter } from '../../base/limiter.js';
import type { EngineHandle } from '../fleet.js';
import { type ContainerCache, containerOf, needsInspection } from './container-cache.js';
import type { DockerClient } from './docker-client.js';
import { isEngineError } from './errors.js';
import { factsOf } from './facts.js';
import { sameJson } from './same-json.js';
import type { ContainerSummary } from './types.js';

/** Engine that containers are read from, and what their numbers depend on. */
export interface RefreshSource {
  readonly client: DockerClient;
  readonly engine: EngineHandle;
  /** CPUs of the machine. */
  readonly cpus: number;
  /** Milliseconds by which its clock is ahead of ours. */
  readonly aheadMs: number;
}

/** Inspections of one engine at a time: it answers other users too. */
const inspectionsMax = 4;

/** Reads the list of containers again, and inspects those that are new or changed; with `full` all of them. */
export async function refreshAll(cache: ContainerCache, source: RefreshSource, full: boolean): Promise<void> {
  const known = cache.ids;
  const turn = cache.begin();
  const list = await source.client.listContainers({ all: true });
  const listed = new Set(list.map(({ Id }) => Id));
  // Only what was known before the list was asked for: what has come since is in no list that old.
  for (const id of known) if (!listed.has(id)) cache.delete(id, turn);
  const limiter = new Limiter(inspectionsMax);
  await Promise.all(list.map((summary) => put(cache, source, { summary, turn, full, limiter })));
}

/** Reads one container again. */
export async function refreshOne(
  cache: ContainerCache,
  source: RefreshSource,
  { id, full }: { readonly id: string; readonly full: boolean },
): Promise<void> {
  const turn = cache.begin();
  const [summary] = await source.client.listContainers({ all: true, filters: { id: [id] } });
  if (summary) await put(cache, source, { summary, turn, full, limiter: new Limiter(1) });
  else cache.delete(id, turn);
}

interface Found {
  readonly summary: ContainerSummary;
  readonly turn: number;
  readonly full: boolean;
  readonly limiter: Limiter;
}

async function put(cache: ContainerCache, source: RefreshSource, found: Found): Promise<void> {
  const { summary, turn, full, limiter } = found;
  const before = cache.get(summary.Id);
  if (before && !full && !needsInspection(before, summary)) {
    const same = sameJson(before.summary, summary);
    cache.set(same ? before : containerOf(source.engine, summary, before), turn);
    return;
  }
  try {
    const inspect = await limiter.run(() => source.client.inspectContainer(summary.Id));
    cache.set(containerOf(source.engine, summary, factsOf(inspect, source)), turn);
  } catch (error) {
    if (!isEngineError(error, 'NOT_FOUND')) throw error;
    cache.delete(summary.Id, turn); // it went between the two questions
  }
}
