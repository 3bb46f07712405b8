import type { Container } from '../fleet/index.js';
import { ApiError } from './answers.js';
import { isUp } from './convert/container-entry.js';
import type { ListFilters } from './filters.js';

/** Filters of `docker ps`. */
export const containerFilterNames = [
  'id',
  'name',
  'label',
  'status',
  'exited',
  'node',
  'health',
  'is-task',
  'volume',
  'network',
  'ancestor',
  'before',
  'since',
];

const statuses = ['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead'];
const healths = ['starting', 'healthy', 'unhealthy', 'none'];

/** Label that engines of Swarm mode give to containers of tasks. */
const taskLabel = 'com.docker.swarm.task.id';

/** Bounds of a list by age, seconds since the epoch. */
export interface Ages {
  /** Only older ones. */
  readonly before: number | undefined;
  /** Only newer ones. */
  readonly since: number | undefined;
}

/** Makes the test of `docker ps`. @throws {ApiError} 400 for a value that no container can have. */
export function containerTest(filters: ListFilters, all: boolean, ages: Ages): (container: Container) => boolean {
  filters.oneOf('status', statuses);
  filters.oneOf('health', healths);
  const exited = exitCodes(filters);
  const isTask = filters.flag('is-task');
  const everything = all || exited !== undefined || filters.has('status');
  return (container) =>
    (everything || isUp(container)) &&
    isOfAge(container, ages) &&
    passesState(container, filters, exited) &&
    passesNames(container, filters) &&
    (isTask === undefined || Object.hasOwn(container.labels, taskLabel) === isTask) &&
    passesUses(container, filters);
}

function exitCodes(filters: ListFilters): readonly number[] | undefined {
  if (!filters.has('exited')) return undefined;
  return filters.values('exited').map((value) => {
    if (!/^-?\d{1,10}$/.test(value)) {
      throw new ApiError(400, `Invalid filter 'exited=${value}': write the code that containers exited with`);
    }
    return Number(value);
  });
}

function isOfAge({ summary: { Created: created } }: Container, { before, since }: Ages): boolean {
  return (before === undefined || created < before) && (since === undefined || created > since);
}

function passesState({ state }: Container, filters: ListFilters, exited: readonly number[] | undefined): boolean {
  return (
    filters.exact('status', state.status) &&
    filters.exact('health', state.health === '' ? 'none' : state.health) &&
    (exited === undefined || (state.status === 'exited' && exited.includes(state.exitCode)))
  );
}

function passesNames(container: Container, filters: ListFilters): boolean {
  const { engine, id, swarmId, name, labels } = container;
  const shown = `${engine.name}/${name}`;
  return (
    filters.labels(labels) &&
    (filters.exact('node', engine.name) || filters.exact('node', engine.id)) &&
    filters.matches('id', id, ...(swarmId === '' ? [] : [swarmId])) &&
    filters.matches('name', name, `/${name}`, shown, `/${shown}`)
  );
}

function passesUses({ image, summary }: Container, filters: ListFilters): boolean {
  return (
    (!filters.has('volume') || volumesOf(summary.Mounts ?? []).some((text) => filters.exact('volume', text))) &&
    (!filters.has('network') || networksOf(summary).some((text) => filters.exact('network', text))) &&
    (!filters.has('ancestor') ||
      filters.values('ancestor').some((wanted) => isImage(wanted, image, summary.Image, summary.ImageID)))
  );
}

function volumesOf(mounts: NonNullable<Container['summary']['Mounts']>): string[] {
  return mounts.flatMap(({ Name, Source, Destination }) =>
    [Name, Source, Destination].filter((text) => text !== undefined),
  );
}

function networksOf({ NetworkSettings }: Container['summary']): string[] {
  return Object.entries(NetworkSettings?.Networks ?? {}).flatMap(([name, { NetworkID: id }]) =>
    typeof id === 'string' ? [name, id] : [name],
  );
}

function isImage(wanted: string, image: string, shown: string, id: string): boolean {
  const hex = wanted.replace(/^sha256:/, '');
  const names = [image, shown];
  return (
    names.includes(wanted) ||
    names.includes(`${wanted}:latest`) ||
    (/^[a-f\d]{12,64}$/.test(hex) && id.replace(/^sha256:/, '').startsWith(hex))
  );
}
