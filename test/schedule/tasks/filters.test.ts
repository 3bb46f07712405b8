import { describe, expect, it } from 'vitest';
import type { DeepPartial, Node, TaskSpec } from '../../../src/kinds/index.js';
import { taskFilters } from '../../../src/schedule/index.js';
import { explained, gib, node, type NodeGiven, place, reserving, running, task, type TaskGiven, view } from './made.js';

const on = (os: string, architecture: string): NodeGiven => ({ description: { platform: { os, architecture } } });
const needs = (os: string, architecture: string) => ({ placement: { platforms: [{ os, architecture }] } });
const constraints = (...texts: string[]) => ({ placement: { constraints: texts } });
const plugins = (...names: string[]): NodeGiven => ({
  description: {
    engine: {
      plugins: names.map((one) => {
        const at = one.indexOf('/');
        return { type: one.slice(0, at), name: one.slice(at + 1) };
      }),
    },
  },
});
const volume = (name: string | undefined, type: 'volume' | 'bind' = 'volume'): DeepPartial<TaskSpec> => ({
  container: {
    image: 'x',
    mounts: [{ type, target: '/data', ...(name === undefined ? {} : { volume: { driver: { name } } }) }],
  },
});
const gpus = (...names: string[]): NodeGiven => ({ generic: names.map((named) => ({ kind: 'gpu', named })) });
const counted = (discrete: number, kind = 'gpu'): NodeGiven => ({ generic: [{ kind, discrete }] });
const asking = (discrete: number, kind = 'gpu') => reserving({ generic: [{ kind, discrete }] });
const asksFor = (named: string) => reserving({ generic: [{ kind: 'gpu', named }] });
const fits = undefined;

interface Row {
  readonly says: string;
  readonly spec?: DeepPartial<TaskSpec>;
  readonly task?: TaskGiven;
  readonly node?: NodeGiven;
  readonly existing?: readonly TaskGiven[];
  /** Name of the filter, and its explanation; absent when the node fits. */
  readonly refused?: string | undefined;
  readonly help?: string;
}

const rows: readonly Row[] = [
  { says: 'an active node that is ready takes a task', refused: fits },
  ...(['down', 'unknown', 'disconnected'] as const).map((state) => ({
    says: `a node that is ${state} takes none`,
    node: { state },
    refused: `ready: its state is ${state}`,
    help: 'bring n1 back',
  })),
  {
    says: 'a drained node takes none',
    node: { availability: 'drain' },
    refused: 'ready: its availability is drain',
    help: 'set the availability of n1 to active',
  },
  {
    says: 'a node that was not accepted takes none',
    node: { membership: 'pending' },
    refused: 'ready: it is not accepted',
    help: 'accept n1',
  },
  { says: 'exactly what is left fits', spec: reserving({ cpus: 4, memoryBytes: 4 * gib }), refused: fits },
  {
    says: 'a byte too many does not fit',
    spec: reserving({ memoryBytes: 4 * gib + 1 }),
    refused: 'resources: memory 4 of 4 GiB free, asks 4.01',
    help: 'needs 0.01 GiB more memory on n1',
  },
  {
    says: 'CPUs and memory that tasks reserve are taken',
    spec: reserving({ cpus: 2, memoryBytes: 2 * gib }),
    existing: [{ spec: reserving({ cpus: 3, memoryBytes: 2.5 * gib }) }],
    refused: 'resources: CPUs 1 of 4 free, asks 2; memory 1.5 of 4 GiB free, asks 2',
    help: 'needs 1 more CPU and 0.5 GiB more memory on n1',
  },
  { says: 'limits reserve nothing', spec: { resources: { limits: { memoryBytes: 64 * gib } } }, refused: fits },
  { says: 'a node that has not said what it has takes what asks for nothing', node: { cpus: 0, memoryBytes: 0 } },

  { says: 'a number of pieces fits', spec: asking(2), node: counted(2), refused: fits },
  {
    says: 'pieces that others hold are taken',
    spec: asking(2),
    node: counted(3),
    existing: [{ spec: asking(2) }],
    refused: 'resources: gpu 1 of 3 free, asks 2',
    help: 'needs 1 more gpu on n1',
  },
  {
    says: 'pieces of another kind do not help',
    spec: asking(1),
    node: counted(3, 'fpga'),
    refused: 'resources: gpu 0 of 0 free, asks 1',
  },
  { says: 'pieces with names count as well', spec: asking(2), node: gpus('a', 'b'), refused: fits },
  {
    says: 'pieces with names are taken by number',
    spec: asking(1),
    node: gpus('a', 'b'),
    existing: [{ spec: asking(2) }],
    refused: 'resources: gpu 0 of 2 free, asks 1',
  },
  { says: 'a piece with its name fits', spec: asksFor('b'), node: gpus('a', 'b'), existing: [{ spec: asksFor('a') }] },
  {
    says: 'a piece that another task asked for by its name is taken',
    spec: asksFor('a'),
    node: gpus('a', 'b'),
    existing: [{ spec: asksFor('a') }],
    refused: 'resources: gpu 1 of 2 free, asks 1 (a not free)',
    help: 'needs gpu a on n1',
  },
  {
    says: 'a piece that is not there cannot be had',
    spec: asksFor('z'),
    node: gpus('a'),
    refused: 'resources: gpu 1 of 1 free, asks 1 (z not free)',
  },
  {
    says: 'memory and pieces are told together',
    spec: reserving({ memoryBytes: 5 * gib, generic: [{ kind: 'gpu', discrete: 1 }] }),
    refused: 'resources: memory 4 of 4 GiB free, asks 5; gpu 0 of 0 free, asks 1',
    help: 'needs 1 GiB more memory and 1 more gpu on n1',
  },

  { says: 'a volume driver that is there', spec: volume('rexray'), node: plugins('Volume/rexray') },
  { says: 'a volume driver with its tag', spec: volume('rexray'), node: plugins('Volume/rexray:latest') },
  { says: 'a volume driver with its tag, asked for', spec: volume('a/b:latest'), node: plugins('Volume/a/b') },
  {
    says: 'a volume driver that is missing',
    spec: volume('rexray'),
    node: plugins('Volume/local', 'Network/rexray'),
    refused: 'plugin: it has no plug-in Volume/rexray',
    help: 'install plug-in Volume/rexray on n1',
  },
  {
    says: 'another tag is another plug-in',
    spec: volume('a:1'),
    node: plugins('Volume/a'),
    refused: 'plugin: it has no plug-in Volume/a:1',
  },
  { says: 'the driver local is everywhere', spec: volume('local'), node: plugins('Network/bridge') },
  { says: 'a volume without a driver needs none', spec: volume(undefined), node: plugins() },
  { says: 'a mount that is no volume needs none', spec: volume('rexray', 'bind'), node: plugins() },
  { says: 'a node that has not said which engine it has passes', spec: volume('rexray') },
  { says: 'a log driver that is there', spec: { logDriver: { name: 'gelf' } }, node: plugins('Log/gelf') },
  {
    says: 'a log driver that is missing',
    spec: { logDriver: { name: 'gelf' } },
    node: plugins('Log/syslog'),
    refused: 'plugin: it has no plug-in Log/gelf',
  },
  { says: 'the log driver none is everywhere', spec: { logDriver: { name: 'none' } }, node: plugins('Log/syslog') },
  {
    says: 'an engine that lists no log drivers passes',
    spec: { logDriver: { name: 'gelf' } },
    node: plugins('Volume/x'),
  },
  {
    says: 'a network whose driver is missing',
    spec: { networks: [{ target: 'weave-net' }] },
    node: plugins('Network/bridge'),
    refused: 'plugin: it has no plug-in Network/weave',
  },
  {
    says: 'a network whose driver is there',
    spec: { networks: [{ target: 'weave-net' }] },
    node: plugins('Network/weave'),
  },

  { says: 'a constraint that holds', spec: constraints('node.labels.disk==ssd'), node: { labels: { disk: 'SSD' } } },
  {
    says: 'a label that is missing',
    spec: constraints('node.labels.disk==ssd'),
    refused: 'constraint: node.labels.disk==ssd: it has no label disk',
    help: 'add label disk=ssd to n1',
  },
  {
    says: 'several constraints are all told',
    spec: constraints('node.labels.disk!=hdd', 'node.role==manager', 'node.hostname==n1'),
    node: { labels: { disk: 'hdd' } },
    refused: 'constraint: node.labels.disk!=hdd: node.labels.disk is hdd, node.role==manager: node.role is worker',
    help: 'change label disk of n1 and promote n1 to manager',
  },
  {
    says: 'an engine label is changed at the engine',
    spec: constraints('engine.labels.rack==r1', 'node.role!=worker'),
    refused: 'constraint: engine.labels.rack==r1: it has no label rack, node.role!=worker: node.role is worker',
    help: 'add engine label rack=r1 to n1 and promote n1 to manager',
  },
  {
    says: 'nothing helps against the name of a node',
    spec: constraints('node.hostname==n2', 'node.labels.a==b'),
    refused: 'constraint: node.hostname==n2: node.hostname is n1, node.labels.a==b: it has no label a',
    help: 'add a node with node.hostname==n2, node.labels.a==b',
  },
  {
    says: 'a constraint that cannot be read refuses all',
    spec: constraints('node.role'),
    refused: "constraint: constraint 'node.role' has no operator; write it as KEY==VALUE or KEY!=VALUE",
  },
  {
    says: 'an address that is not known',
    spec: constraints('node.ip==10.0.0.0/8'),
    refused: 'constraint: node.ip==10.0.0.0/8: its address is not known',
  },
  {
    says: 'a platform that is not known',
    spec: constraints('node.platform.os==linux'),
    refused: 'constraint: node.platform.os==linux: node.platform.os is not known',
  },

  { says: 'a platform that is the same', spec: needs('linux', 'amd64'), node: on('linux', 'amd64') },
  { says: 'x86_64 is amd64', spec: needs('linux', 'amd64'), node: on('linux', 'x86_64') },
  { says: 'amd64 is x86_64', spec: needs('linux', 'x86_64'), node: on('linux', 'amd64') },
  { says: 'aarch64 is arm64', spec: needs('linux', 'aarch64'), node: on('linux', 'arm64') },
  { says: 'arm64 is aarch64', spec: needs('linux', 'arm64'), node: on('linux', 'aarch64') },
  { says: 'a platform may leave the architecture open', spec: needs('linux', ''), node: on('linux', 's390x') },
  { says: 'a platform may leave the system open', spec: needs('', 'x86_64'), node: on('windows', 'amd64') },
  {
    says: 'another architecture',
    spec: needs('linux', 'arm64'),
    node: on('linux', 'x86_64'),
    refused: 'platform: its platform is linux/amd64, the image needs linux/arm64',
    help: 'add a node with linux/arm64',
  },
  {
    says: 'another system',
    spec: needs('windows', ''),
    node: on('linux', 'x86_64'),
    refused: 'platform: its platform is linux/amd64, the image needs windows/any',
  },
  {
    says: 'a node that does not know its platform',
    spec: needs('linux', 'arm64'),
    refused: 'platform: its platform is unknown/unknown, the image needs linux/arm64',
  },

  { says: 'a port that is free', task: { hostPorts: [80] }, existing: [{ hostPorts: [81] }] },
  { says: 'the same port of another protocol', task: { hostPorts: ['53/udp'] }, existing: [{ hostPorts: ['53/tcp'] }] },
  { says: 'a port that the engine chooses', task: { hostPorts: [0] }, existing: [{ hostPorts: [0] }] },
  {
    says: 'a port in ingress mode',
    task: { endpoint: { ports: [{ publishedPort: 80, publishMode: 'ingress' }] } },
    existing: [{ hostPorts: [80] }],
  },
  {
    says: 'a port that is taken',
    task: { hostPorts: [80, 443] },
    existing: [{ hostPorts: [80] }],
    refused: 'host-port: port 80/tcp is held by task old-1',
    help: 'free port 80/tcp on n1',
  },
  {
    says: 'a port that stands in the spec of the endpoint only',
    task: { endpoint: { spec: { ports: [{ publishedPort: 80, publishMode: 'host' }] } } },
    existing: [{ hostPorts: [80] }],
    refused: 'host-port: port 80/tcp is held by task old-1',
  },

  { says: 'a replica below the limit', spec: { placement: { maxReplicas: 2 } }, existing: [{}] },
  { says: 'replicas of another service', spec: { placement: { maxReplicas: 1 } }, existing: [{ service: 'api' }] },
  { says: 'a replica that is to stop', spec: { placement: { maxReplicas: 1 } }, existing: [{ desired: 'shutdown' }] },
  {
    says: 'all replicas that a node may have',
    spec: { placement: { maxReplicas: 2 } },
    existing: [{}, {}],
    refused: 'max-replicas: it has 2 of at most 2 tasks of the service',
    help: 'allow 3 tasks of the service on a node such as n1',
  },
];

const texts: Readonly<Record<string, readonly [one: string, two: string]>> = {
  ready: ['1 node not available for new tasks', '2 nodes not available for new tasks'],
  resources: ['insufficient resources on 1 node', 'insufficient resources on 2 nodes'],
  plugin: ['missing plugin on 1 node', 'missing plugin on 2 nodes'],
  constraint: ['scheduling constraints not satisfied on 1 node', 'scheduling constraints not satisfied on 2 nodes'],
  platform: ['unsupported platform on 1 node', 'unsupported platform on 2 nodes'],
  'host-port': ['host-mode port already in use on 1 node', 'host-mode port already in use on 2 nodes'],
  'max-replicas': ['max replicas per node limit exceed', 'max replicas per node limit exceed'],
};

const driverOfNetwork = (id: string) => id.replace(/-net$/, '');
const viewOf = ({ node: given, existing = [] }: Row, names: readonly string[]) =>
  view(
    names.map((name): Node => node(name, given)),
    names.flatMap((name, at) => existing.map((one, i) => running(`old-${i + 1 + at * existing.length}`, name, one))),
  );
const taskOf = ({ spec = {}, task: given }: Row, more: TaskGiven = {}) => task('new', { spec, ...given, ...more });

describe('a filter', () => {
  it.each(rows)('says that $says', (row) => {
    const { lines, help } = explained(taskOf(row), viewOf(row, ['n1']), { driverOfNetwork });
    expect(lines).toEqual([row.refused === undefined ? 'n1 1' : `n1 ${row.refused}`]);
    if (row.help !== undefined) expect(help).toBe(row.help);
    if (row.refused === undefined) expect(help).toBeUndefined();
  });

  const refusing = rows.filter(({ refused }) => refused !== undefined);

  it.each(refusing)('counts nodes in its text: $says', (row) => {
    const [one, two] = texts[row.refused?.split(':')[0] ?? ''] ?? [];
    const placed = (names: string[], more: TaskGiven = {}) =>
      place([taskOf(row, more)], viewOf(row, names), { driverOfNetwork });
    expect(placed(['n1'])).toMatchObject({ counts: {}, texts: [`no suitable node (${one})`] });
    expect(placed(['n1', 'n2'])).toMatchObject({ counts: {}, texts: [`no suitable node (${two})`] });
    expect(placed(['n1', 'n2'], { nodeId: 'n2-id' })).toMatchObject({ counts: {}, texts: [one] });
  });

  it('has its row here', () => {
    const named = new Set(refusing.map(({ refused }) => refused?.split(':')[0]));
    expect(taskFilters.map(({ name }) => name)).toEqual(Object.keys(texts));
    expect([...named].sort()).toEqual(Object.keys(texts).sort());
  });

  it('comes in the order of SwarmKit: the first that refuses is the reason', () => {
    const asks: TaskGiven = {
      hostPorts: [80],
      spec: {
        ...reserving({ memoryBytes: gib }),
        ...volume('rexray'),
        placement: {
          constraints: ['node.labels.a==b'],
          platforms: [{ os: 'linux', architecture: 'arm64' }],
          maxReplicas: 1,
        },
      },
    };
    const good = {
      labels: { a: 'b' },
      description: {
        platform: { os: 'linux', architecture: 'arm64' },
        engine: { plugins: [{ type: 'Volume', name: 'rexray' }] },
      },
    };
    const existing = (name: string, hostPorts: number[]) => running(`old-${name}`, name, { hostPorts });
    const { lines } = explained(
      task('new', asks),
      view(
        [
          node('a', { state: 'down', memoryBytes: 0 }),
          node('b', { memoryBytes: 0, description: { engine: {} } }),
          node('c', { description: { engine: {} } }),
          node('d'),
          node('e', { labels: { a: 'b' } }),
          node('f', good),
          node('g', good),
        ],
        ['e', 'f', 'g'].map((name) => existing(name, name === 'g' ? [] : [80])),
      ),
    );
    expect(lines.map((line) => line.split(':')[0])).toEqual([
      'g max-replicas',
      'f host-port',
      'e platform',
      'd constraint',
      'c plugin',
      'b resources',
      'a ready',
    ]);
  });
});
