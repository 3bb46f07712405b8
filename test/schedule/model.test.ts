import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  containerFilters,
  type ContainerView,
  explain,
  type NodeView,
  SchedulingError,
  select,
  type Wanted,
} from '../../src/schedule/index.js';
import { container, node, options, tcp, wanted } from './made.js';

const storages = ['ssd', 'hdd', 'nvme'];
const names = ['web', 'db', 'cache', 'web2'];
const storage = fc.constantFrom(...storages);
const name = fc.constantFrom(...names);
const operator = fc.constantFrom('==', '!=', '==~', '!=~');
const port = fc.integer({ min: 80, max: 83 });

const anyContainer: fc.Arbitrary<ContainerView> = fc
  .record({
    name,
    ports: fc.array(port, { maxLength: 2 }),
    memory: fc.integer({ min: 0, max: 4 }),
    cpus: fc.integer({ min: 0, max: 2 }),
  })
  .map(({ name: own, ports, memory, cpus }) =>
    container(own, { id: `id-of-${own}`, ports: ports.map((one) => tcp(one)), memoryBytes: memory, cpus }),
  );

const anyNode = fc.record({
  storage: fc.option(storage),
  slots: fc.option(fc.integer({ min: 0, max: 3 })),
  health: fc.constantFrom(0, 67, 100, 100, 100),
  containers: fc.uniqueArray(anyContainer, { maxLength: 3, selector: ({ id }) => id }),
});

const anyNodes: fc.Arbitrary<NodeView[]> = fc.array(anyNode, { minLength: 1, maxLength: 6 }).map((made) =>
  made.map(({ storage: has, slots, health, containers }, i) =>
    node(`node-${i}`, {
      labels: { ...(has ? { storage: has } : {}), ...(slots === null ? {} : { containerslots: String(slots) }) },
      healthPercent: health,
      cpus: 4,
      memoryBytes: 8,
      containers,
    }),
  ),
);

const expression = (key: string, value: fc.Arbitrary<string>) =>
  fc.tuple(operator, value).map(([how, what]) => `${key}${how}${what}`);

const anyWanted: fc.Arbitrary<Wanted> = fc
  .record({
    constraints: fc.array(
      fc.oneof(expression('storage', storage), expression('node', fc.constantFrom('node-0', 'node-1'))),
      { maxLength: 2 },
    ),
    affinities: fc.array(expression('container', name), { maxLength: 2 }),
    whitelists: fc.array(fc.constantFrom('node==node-0|node-1|node-2', 'node==~node-1'), { maxLength: 1 }),
    links: fc.array(name, { maxLength: 1 }),
    ports: fc.array(port, { maxLength: 2 }),
    memoryBytes: fc.integer({ min: 0, max: 6 }),
    cpus: fc.integer({ min: 0, max: 3 }),
  })
  .map(({ ports, ...more }) => wanted({ ...more, ports: ports.map((one) => tcp(one)) }));

/** All rules once more, as plainly as can be. */
function mayGo(asked: Wanted, to: NodeView, soft: boolean): boolean {
  const own = to.containers.map((one) => one.names[0]);
  const holds = (text: string, has: readonly (string | undefined)[]) => {
    const [, how, tilde, value] = /^\w+(==|!=)(~?)(.*)$/.exec(text) as unknown as string[];
    if (tilde === '~' && !soft) return true;
    return how === '==' ? (value?.split('|') ?? []).some((one) => has.includes(one)) : !has.includes(value);
  };
  const slots = to.labels['containerslots'];
  const uses = (what: 'cpus' | 'memoryBytes') => to.containers.reduce((sum, one) => sum + one[what], 0);
  return (
    to.healthPercent > 0 &&
    (slots === undefined || to.containers.length < Number(slots)) &&
    asked.ports.every(({ port: one }) => !to.containers.some(({ ports }) => ports.some((held) => held.port === one))) &&
    asked.links.every((one) => own.includes(one)) &&
    asked.affinities.every((one) => holds(one, own)) &&
    asked.constraints.every((one) =>
      holds(one, one.startsWith('node') ? [to.name, to.id] : [to.labels['storage'] ?? '']),
    ) &&
    asked.whitelists.every((one) => holds(one, [to.name])) &&
    (asked.cpus === 0 || uses('cpus') + asked.cpus <= to.cpus) &&
    (asked.memoryBytes === 0 || uses('memoryBytes') + asked.memoryBytes <= to.memoryBytes)
  );
}

function candidates(asked: Wanted, nodes: readonly NodeView[]): NodeView[] {
  const strict = nodes.filter((one) => mayGo(asked, one, true));
  return strict.length > 0 ? strict : nodes.filter((one) => mayGo(asked, one, false));
}

/** Names that are selected, and none when that is refused. */
function selectedOf(asked: Wanted, nodes: readonly NodeView[], strategy: string): string[] {
  try {
    return select(asked, nodes, options(strategy)).map((one) => one.name);
  } catch (error) {
    if (error instanceof SchedulingError) return [];
    throw error;
  }
}

/** Key of a node, as the strategies compare: health, how full, how many containers, name. */
function order(asked: Wanted, direction: 1 | -1) {
  const percent = (want: number, use: number, all: number) =>
    want === 0 ? 100 : Math.trunc(((use + want) * 100) / all);
  const weight = (one: NodeView) =>
    percent(asked.cpus, one.usedCpus, one.cpus) + percent(asked.memoryBytes, one.usedMemoryBytes, one.memoryBytes);
  return (a: NodeView, b: NodeView): number => {
    for (const [left, right] of [
      [b.healthPercent, a.healthPercent],
      [direction * weight(a), direction * weight(b)],
      [direction * a.containers.length, direction * b.containers.length],
    ] as const) {
      if (left !== right) return left - right;
    }
    return a.name < b.name ? -1 : 1;
  };
}

const runs = { numRuns: 300 };

describe('the scheduler, against a plain model', () => {
  it.each([
    ['spread', 1],
    ['binpack', -1],
  ] as const)('selects the same nodes in the same order: %s', (strategy, direction) => {
    let some = 0;
    fc.assert(
      fc.property(anyWanted, anyNodes, (asked, nodes) => {
        const expected = candidates(asked, nodes).sort(order(asked, direction));
        some += Math.min(1, expected.length);
        expect(selectedOf(asked, [...nodes].reverse(), strategy)).toEqual(expected.map((one) => one.name));
      }),
      runs,
    );
    expect(some).toBeGreaterThan(runs.numRuns / 20);
  });

  it('never selects a node that a filter refuses', () => {
    fc.assert(
      fc.property(anyWanted, anyNodes, (asked, nodes) => {
        const names = selectedOf(asked, nodes, 'spread');
        for (const { rule } of containerFilters) {
          const made = rule(asked, nodes);
          const refused = nodes.filter((one) => made?.refusal(one, false)).map((one) => one.name);
          expect(refused.filter((one) => names.includes(one))).toEqual([]);
        }
      }),
      runs,
    );
  });

  it('never fails for a soft expression: a container that fails finds no node without them either', () => {
    const hard = (texts: readonly string[]) => texts.filter((text) => !text.includes('~'));
    fc.assert(
      fc.property(anyWanted, anyNodes, (asked, nodes) => {
        const { constraints, affinities, whitelists } = asked;
        const plain = {
          ...asked,
          constraints: hard(constraints),
          affinities: hard(affinities),
          whitelists: hard(whitelists),
        };
        const all = selectedOf(plain, nodes, 'spread');
        const some = selectedOf(asked, nodes, 'spread');
        expect(some.length > 0).toBe(all.length > 0);
        expect(some.filter((one) => !all.includes(one))).toEqual([]);
      }),
      runs,
    );
  });

  it('is explained as it selects: every node once, those that fit in order, a reason for all others', () => {
    fc.assert(
      fc.property(anyWanted, anyNodes, fc.constantFrom('spread', 'binpack', 'random'), (asked, nodes, strategy) => {
        const explained = explain(asked, nodes, options(strategy));
        expect(explained.map(({ node: { name: one } }) => one).sort()).toEqual(nodes.map((one) => one.name));
        const fitting = explained.flatMap((one) => (one.fits ? [one.node.name] : []));
        expect(fitting).toEqual(selectedOf(asked, nodes, strategy));
        for (const one of explained)
          if (!one.fits) expect([one.filter, one.text].every((text) => text !== '')).toBe(true);
      }),
      runs,
    );
  });
});
