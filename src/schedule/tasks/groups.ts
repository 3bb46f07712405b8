import type { Task } from '../../kinds/index.js';

/** Tasks that are the same to the scheduler. */
export type Group = readonly [Task, ...Task[]];

/**
 * Groups tasks by service and version of its spec; tasks of no service by what they ask for. Groups that have waited longest come
 * first, within one the lowest slots. The order of `tasks` does not matter.
 */
export function groupsOf(tasks: readonly Task[]): Group[] {
  const groups = new Map<string, [Task, ...Task[]]>();
  for (const task of tasks) {
    const key = keyOf(task);
    const group = groups.get(key);
    if (group) group.push(task);
    else groups.set(key, [task]);
  }
  return [...groups]
    .map(([key, group]) => ({ key, group, since: oldest(group) }))
    .sort((a, b) => a.since - b.since || compareTexts(a.key, b.key))
    .map(({ group }) => group.sort((a, b) => a.slot - b.slot || compareTexts(a.id, b.id)));
}

function keyOf({ serviceId, specVersion, spec, networks, endpoint }: Task): string {
  if (serviceId !== undefined) return `service ${serviceId} ${specVersion}`;
  const { resources, placement, container, logDriver } = spec;
  const asks = [resources?.reservations, placement, container?.mounts, logDriver, spec.networks, networks, endpoint];
  return `tasks ${specVersion} ${JSON.stringify(asks)}`;
}

const oldest = (group: readonly Task[]) =>
  group.reduce((least, { meta }) => Math.min(least, meta.createdAt), Number.POSITIVE_INFINITY);

const compareTexts = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
