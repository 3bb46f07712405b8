import { systemRandom } from '../../../src/base/random.js';
import { until } from '../../waiting.js';
import type { Cluster } from '../cluster.js';
import type { Manager } from '../manager.js';
import type { Notebook } from '../notebook.js';

export interface Fight {
  readonly cluster: Cluster;
  readonly notebook: Notebook;
  /** Aborted when the time is up: a round then ends soon, and still mends what it broke. */
  readonly signal: AbortSignal;
}

/** One kind of trouble. */
export interface Scenario {
  readonly proxied?: boolean;
  /** What breaks writes objects too: only what the load wrote is watched and checked. */
  readonly writesToo?: boolean;
  /** Makes the place for the data of a new member in `dir`. */
  readonly place?: (dir: string, name: string) => Promise<string>;
  /** Breaks one thing, waits, and mends it. `turn` counts from 0. */
  readonly round: (fight: Fight, turn: number) => Promise<void>;
  /** Undoes what `place` made outside of `dir`; must not wait for anything. */
  readonly cleanUp?: () => void;
}

export const pick = <T>(items: readonly T[]): T => items[systemRandom(items.length)] as T;

/** A whole number of milliseconds from `low` to `high`. */
export const between = (low: number, high: number): number => low + systemRandom(high - low + 1);

/** The member of a turn: what stands in a list comes round again and again. */
export const inTurn = <T>(items: readonly T[], turn: number): T => items[turn % items.length] as T;

export async function leaderOf(cluster: Cluster): Promise<Manager> {
  let leader: Manager | undefined;
  await until('a leader', async () => (leader = await cluster.leader()) !== undefined);
  return leader as Manager;
}

/** The leader and the others, these in any order. */
export async function roles(cluster: Cluster): Promise<{ leader: Manager; followers: Manager[] }> {
  const leader = await leaderOf(cluster);
  const rest = cluster.members.filter((member) => member !== leader);
  const followers: Manager[] = [];
  while (rest.length > 0) followers.push(...rest.splice(systemRandom(rest.length), 1));
  return { leader, followers };
}

/** How many members may be missing. */
export const minority = ({ members }: Cluster): number => Math.floor((members.length - 1) / 2);
