import { describe, expect, it } from 'vitest';
import { filtersNamed, strategyNamed, strategyNames } from '../../src/schedule/index.js';
import { container, gib, node, options, selected, tcp, thrown } from './made.js';

const holding = (name: string, ...amounts: [memoryGib: number, cpus?: number][]) =>
  node(name, {
    containers: amounts.map(([memory, cpus = 0], i) => container(`${name}-${i}`, { memoryBytes: memory * gib, cpus })),
  });

describe('spread', () => {
  it('prefers the node that will be emptiest', () => {
    const nodes = [holding('a', [2]), holding('b', [1]), holding('c', [3])];
    expect(selected({ memoryBytes: gib }, nodes)).toEqual(['b', 'a', 'c']);
  });

  it('prefers fewer containers among equals, then the order of names', () => {
    const nodes = [holding('d', [1]), holding('c', [1]), holding('b', [0], [1]), holding('a', [0], [0], [1])];
    expect(selected({ memoryBytes: gib }, nodes)).toEqual(['c', 'd', 'b', 'a']);
  });

  it('takes nodes that differ by less than a percent for equals', () => {
    const nodes = [holding('a', [1], [0]), holding('b', [1.02])]; // 50 % and 50.5 % with the new one
    expect(selected({ memoryBytes: gib }, nodes)).toEqual(['b', 'a']);
  });

  it('counts containers when nothing is asked', () => {
    expect(selected({}, [holding('a', [3]), holding('b', [0], [0]), node('c')])).toEqual(['c', 'a', 'b']);
  });

  it('adds up CPUs and memory', () => {
    const nodes = [holding('a', [0, 2]), holding('b', [1, 1.5]), holding('c', [2, 0])];
    expect(selected({ memoryBytes: gib, cpus: 1 }, nodes)).toEqual(['a', 'c', 'b']);
  });

  it('prefers health to anything else', () => {
    const nodes = [node('ailing', { healthPercent: 67 }), holding('full', [3, 3])];
    expect(selected({ memoryBytes: gib, cpus: 1 }, nodes)).toEqual(['full', 'ailing']);
  });
});

describe('binpack', () => {
  it('prefers the fullest node with room', () => {
    const nodes = [holding('a', [2]), holding('b', [1]), holding('c', [3]), holding('d', [3.5])];
    expect(selected({ memoryBytes: gib }, nodes, options('binpack'))).toEqual(['c', 'a', 'b']);
  });

  it('prefers more containers among equals, then the order of names', () => {
    const nodes = [holding('d', [1]), holding('c', [1]), holding('b', [0], [1])];
    expect(selected({ memoryBytes: gib }, nodes, options('binpacking'))).toEqual(['b', 'c', 'd']);
  });

  it('prefers health to anything else', () => {
    const nodes = [holding('ailing', [3]), node('empty')].map((one) =>
      one.name === 'ailing' ? { ...one, healthPercent: 67 } : one,
    );
    expect(selected({ memoryBytes: gib }, nodes, options('binpack'))).toEqual(['empty', 'ailing']);
  });
});

describe('random', () => {
  it('gives every node each place, and looks at no resources', () => {
    const nodes = [holding('a', [4]), node('b'), node('c')];
    const how = options('random');
    const orders = new Set(Array.from({ length: 200 }, () => selected({ memoryBytes: gib }, nodes, how).join('')));
    expect([...orders].sort()).toEqual(['abc', 'acb', 'bac', 'bca', 'cab', 'cba']);
  });
});

describe('a strategy', () => {
  it('has a name, and an old one', () => {
    expect(strategyNames).toEqual(['spread', 'binpack', 'random']);
    expect(strategyNamed('binpacking').name).toBe('binpack');
  });

  it('that does not exist is not supported', () => {
    expect(thrown(() => strategyNamed('tetris'))).toEqual({
      code: 'NOT_SUPPORTED',
      message: 'strategy not supported',
    });
  });
});

describe('the scheduler', () => {
  it('says when there are no nodes', () => {
    expect(thrown(() => selected({}, []))).toEqual({ code: 'NO_NODES', message: 'No nodes available in the cluster' });
  });

  it.each([
    [{ memoryBytes: 5 * gib }],
    [{ cpus: 5 }],
    [{ memoryBytes: 2 * gib + 1 }],
    [{ memoryBytes: 2 * gib, cpus: 3.5 }],
  ])('says when none has the resources for %j', (asked) => {
    expect(thrown(() => selected(asked, [holding('a', [2, 1]), holding('b', [3, 0])]))).toEqual({
      code: 'NO_RESOURCES',
      message: 'no resources available to schedule container',
    });
  });

  it('fills a node to the last byte, and thirds of CPUs to the whole', () => {
    expect(selected({ memoryBytes: 2 * gib }, [holding('a', [2])])).toEqual(['a']);
    expect(selected({ cpus: 0.1 }, [holding('a', [0, 3.7], [0, 0.1], [0, 0.1])])).toEqual(['a']);
  });

  it('lists what was asked, up to the filter that no node passed', () => {
    const nodes = [
      node('a', { containers: [container('web', { ports: [tcp(80)] })] }),
      node('b', { labels: { storage: 'hdd' } }),
    ];
    const asked = {
      ports: [tcp(80)],
      constraints: ['storage==ssd'],
      affinities: ['container!=x'],
      whitelists: ['node==a'],
    };
    expect(thrown(() => selected(asked, nodes))).toEqual({
      code: 'NO_CANDIDATE',
      message:
        'Unable to find a node that satisfies the following conditions \n[port 80 (Bridge mode)]\n' +
        '[available container slots]\n[container!=x (soft=false)]\n[storage==ssd (soft=false)]',
    });
  });

  it('applies only the filters that it is given', () => {
    const nodes = [node('a', { healthPercent: 0 }), node('b', { healthPercent: 0 })];
    expect(selected({ constraints: ['node==b'] }, nodes, options('spread', filtersNamed(['constraint'])))).toEqual([
      'b',
    ]);
  });

  it('meets soft expressions when it can', () => {
    const nodes = [node('a', { labels: { storage: 'ssd' } }), node('b'), node('c', { labels: { storage: 'ssd' } })];
    expect(selected({ constraints: ['storage==~ssd'] }, nodes)).toEqual(['a', 'c']);
  });

  it('gives all soft expressions up when no node meets them together', () => {
    const nodes = [node('a', { labels: { storage: 'ssd' } }), node('b')];
    expect(selected({ constraints: ['storage==~ssd', 'node==~b'] }, nodes)).toEqual(['a', 'b']);
    expect(selected({ constraints: ['storage==~nvme', 'node==b'] }, nodes)).toEqual(['b']);
  });

  it('gives soft expressions up when the nodes that meet them are full', () => {
    const full = { ...holding('a', [4]), labels: { storage: 'ssd' } };
    expect(selected({ constraints: ['storage==~ssd'], memoryBytes: gib }, [full, node('b')])).toEqual(['b']);
  });
});
