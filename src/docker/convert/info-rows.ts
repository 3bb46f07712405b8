import type { Container, EngineHandle, Fleet } from '../../fleet/index.js';
import type { Role } from '../options.js';
import { bytesText } from './sizes.js';

/** A row of `docker info`. */
export type Row = readonly [name: string, value: string];

/** Number of containers by state, as `docker info` counts them: what restarts is running, all else that does not run has stopped. */
export interface Counts {
  readonly total: number;
  readonly running: number;
  readonly paused: number;
  readonly stopped: number;
}

export function countContainers(containers: Iterable<Pick<Container, 'state'>>): Counts {
  let [total, running, paused] = [0, 0, 0];
  for (const { state } of containers) {
    total += 1;
    if (state.status === 'paused') paused += 1;
    else if (state.status === 'running' || state.status === 'restarting') running += 1;
  }
  return { total, running, paused, stopped: total - running - paused };
}

/** Counts of an engine's containers. Its list is the same until something changes, so it is counted once. */
export function countsOf({ containers }: Pick<EngineHandle, 'containers'>): Counts {
  let counts = known.get(containers);
  if (!counts) known.set(containers, (counts = countContainers(containers)));
  return counts;
}

const known = new WeakMap<readonly Container[], Counts>();

/** The rows of `docker info` about a cluster, in the words of Docker Swarm. */
export function infoRows(fleet: Pick<Fleet, 'strategy' | 'filters' | 'engines'>, role: Role | undefined): Row[] {
  return [...infoParts(fleet, role)].flat();
}

/** The same rows, those of one engine after those of another: there may be thousands. */
export function* infoParts(
  fleet: Pick<Fleet, 'strategy' | 'filters' | 'engines'>,
  role: Role | undefined,
): Generator<Row[], undefined> {
  const engines = [...fleet.engines()].sort(byName);
  yield [
    ...roleRows(role),
    ['Strategy', fleet.strategy],
    ['Filters', fleet.filters.join(', ')],
    ['Nodes', String(engines.length)],
  ];
  for (const engine of engines) yield engineRows(engine);
  return undefined;
}

function roleRows(role: Role | undefined): Row[] {
  if (role?.is !== 'replica') return [['Role', 'primary']];
  return [
    ['Role', 'replica'],
    ['Primary', role.primary ?? ''],
  ];
}

function engineRows(engine: EngineHandle): Row[] {
  const { total, running, paused, stopped } = countsOf(engine);
  return [
    [` ${engine.name === '' ? '(unknown)' : engine.name}`, engine.addr],
    ['  └ ID', engine.state === 'pending' ? '' : engine.id],
    ['  └ Status', `${engine.state[0]?.toUpperCase() ?? ''}${engine.state.slice(1)}`],
    ['  └ Containers', `${total} (${running} Running, ${paused} Paused, ${stopped} Stopped)`],
    ['  └ Reserved CPUs', `${engine.usedCpus} / ${engine.cpus}`],
    ['  └ Reserved Memory', `${bytesText(engine.usedMemoryBytes)} / ${bytesText(engine.memoryBytes)}`],
    ['  └ Labels', labelsText(engine.labels)],
    ...(engine.lastError === '' ? [] : [['  └ Error', engine.lastError] as const]),
    ['  └ UpdatedAt', timeText(engine.updatedAt)],
    ['  └ ServerVersion', engine.serverVersion],
  ];
}

/** RFC 3339 without fractions; the year 1 for never, as Go has it. */
function timeText(ms: number): string {
  return ms === 0 ? '0001-01-01T00:00:00Z' : new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return pairs.sort().join(', ');
}

const collator = new Intl.Collator('en', { numeric: true });

/** Natural order: `node-2` before `node-10`. Engines without a name come last, by address. */
function byName(a: EngineHandle, b: EngineHandle): number {
  const unnamed = Number(a.name === '') - Number(b.name === '');
  return unnamed || collator.compare(a.name, b.name) || collator.compare(a.addr, b.addr);
}
