import { seededRandom } from '../../src/base/random.js';
import {
  containerFilters,
  type ContainerView,
  type HostPort,
  type NodeView,
  select,
  strategyNamed,
  type Wanted,
} from '../../src/schedule/index.js';

export const gib = 2 ** 30;

export function container(name: string, more: Partial<ContainerView> = {}): ContainerView {
  return {
    id: `${name}-id`,
    names: [name],
    image: 'busybox',
    labels: {},
    ports: [],
    hostNetwork: false,
    exposedPorts: [],
    cpus: 0,
    memoryBytes: 0,
    ...more,
  };
}

/** A node with 4 CPUs and 4 GiB. What its containers reserve counts as used. */
export function node(name: string, more: Partial<NodeView> = {}): NodeView {
  const containers = more.containers ?? [];
  return {
    id: `${name}-id`,
    name,
    labels: {},
    healthPercent: 100,
    cpus: 4,
    memoryBytes: 4 * gib,
    usedCpus: containers.reduce((sum, { cpus }) => sum + cpus, 0),
    usedMemoryBytes: containers.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
    containers,
    images: [],
    ...more,
  };
}

export function wanted(more: Partial<Wanted> = {}): Wanted {
  return {
    name: '',
    image: 'busybox',
    constraints: [],
    affinities: [],
    whitelists: [],
    volumesFrom: [],
    links: [],
    networkMode: '',
    ports: [],
    exposedPorts: [],
    cpus: 0,
    memoryBytes: 0,
    ...more,
  };
}

export const tcp = (port: number, ip = '', more: Partial<HostPort> = {}): HostPort => ({
  ip,
  port,
  protocol: 'tcp',
  ...more,
});

export const options = (strategy = 'spread', filters = containerFilters) => ({
  filters,
  strategy: strategyNamed(strategy),
  random: seededRandom(1),
});

/** Names of the nodes that are selected, the best first; or the code and message of the refusal. */
export function selected(asked: Partial<Wanted>, nodes: readonly NodeView[], how = options()): string[] {
  return select(wanted(asked), nodes, how).map(({ name }) => name);
}

/** What a call throws. */
export function thrown(call: () => unknown): { code: string; message: string } {
  try {
    call();
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return { code, message };
  }
  throw new Error('it was to throw and did not');
}

/** A text of `a` and `b` in which nothing repeats. */
export function randomText(length: number): string {
  const random = seededRandom(7);
  return Array.from({ length }, () => 'ab'[random(2)]).join('');
}
