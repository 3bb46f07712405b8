import { describe, expect, it } from 'vitest';
import { explain, type Wanted } from '../../src/schedule/index.js';
import { container, gib, node, options, tcp, wanted } from './made.js';

/** An explanation as lines. */
const lines = (asked: Partial<Wanted>, nodes: Parameters<typeof explain>[1], how = options()) =>
  explain(wanted(asked), nodes, how).map((one) =>
    one.fits ? `${one.node.name} ${one.rank}` : `${one.node.name} ${one.filter}: ${one.text}`,
  );

const used = (name: string, bytes: number, cpus = 0) => node(name, { usedMemoryBytes: bytes, usedCpus: cpus });

describe('an explanation', () => {
  it('has every node: the best first, then the nearest', () => {
    const nodes = [
      node('down', { healthPercent: 0 }),
      used('full', 4 * gib),
      node('busy', { containers: [container('web', { ports: [tcp(80)] })] }),
      node('slow', { labels: { storage: 'hdd' } }),
      used('nearly', 2.8 * gib),
      used('best', 0),
      used('second', gib),
    ].map((one) => (one.name === 'slow' ? one : { ...one, labels: { storage: 'ssd' } }));
    const asked = { memoryBytes: 1.5 * gib, ports: [tcp(80)], constraints: ['storage==ssd'] };
    expect(lines(asked, nodes)).toEqual([
      'best 1',
      'second 2',
      'nearly resources: memory 1.2 of 4 GiB free, asks 1.5',
      'full resources: memory 0 of 4 GiB free, asks 1.5',
      'slow constraint: storage==ssd: storage is hdd',
      'busy port: port 80 is held by web',
      'down health: it is not healthy: its engine does not answer',
    ]);
  });

  it.each([
    [{ memoryBytes: 2 * gib }, used('a', 2 * gib + 1), 'memory 1.99 of 4 GiB free, asks 2'],
    [{ memoryBytes: 2 * gib + 1 }, used('a', 2 * gib), 'memory 2 of 4 GiB free, asks 2.01'],
    [{ cpus: 1.5 }, used('a', 0, 3), 'CPUs 1 of 4 free, asks 1.5'],
    [{ cpus: 5, memoryBytes: 5 * gib }, used('a', 0), 'CPUs 4 of 4 free, asks 5; memory 4 of 4 GiB free, asks 5'],
    [{ memoryBytes: 600 * 2 ** 20 }, node('a', { memoryBytes: 512 * 2 ** 20 }), 'memory 512 of 512 MiB free, asks 600'],
    [{ memoryBytes: gib }, used('a', 5 * gib), 'memory 0 of 4 GiB free, asks 1'],
  ])('of %j never looks as if it fitted: %#', (asked, one, text) => {
    expect(lines(asked, [one])).toEqual([`a resources: ${text}`]);
  });

  it('says which nodes are passed over for a soft expression', () => {
    const nodes = [node('a'), node('b', { labels: { storage: 'ssd' } })];
    expect(lines({ constraints: ['storage==~ssd'] }, nodes)).toEqual([
      'b 1',
      'a constraint: storage==ssd: it has no label storage',
    ]);
    expect(lines({ constraints: ['storage==~nvme'] }, nodes)).toEqual(['a 1', 'b 2']);
  });

  it('does not speak of resources where the strategy does not look at them', () => {
    expect(lines({ memoryBytes: 5 * gib }, [node('a')], options('random'))).toEqual(['a 1']);
  });

  it('of no nodes is empty', () => {
    expect(lines({}, [])).toEqual([]);
  });
});
