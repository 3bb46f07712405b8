import { describe, expect, it } from 'vitest';
import { explainTask } from '../../../src/schedule/index.js';
import { explained, gib, node, now, place, reserving, running, task, tasks, view } from './made.js';

const ssd = (more: object = {}) => ({
  ...reserving({ memoryBytes: 1.5 * gib }),
  placement: { constraints: ['node.labels.storage==ssd'], ...more },
});
const half = reserving({ memoryBytes: 0.75 * gib });

describe('an explanation of a task', () => {
  it('has every node, the nearest first, with the first filter that refuses it and by how much', () => {
    const on = view(
      [
        node('node-1', { state: 'down' }),
        node('node-2', { memoryBytes: 2 * gib, labels: { storage: 'ssd' } }),
        node('node-3', { labels: { storage: 'hdd' } }),
        node('node-4', { memoryBytes: gib }),
      ],
      [running('other', 'node-2', { service: 'api', spec: half })],
    );
    expect(explained(task('new', { spec: ssd() }), on)).toEqual({
      lines: [
        'node-3 constraint: node.labels.storage==ssd: node.labels.storage is hdd',
        'node-2 resources: memory 1.25 of 2 GiB free, asks 1.5',
        'node-4 resources: memory 1 of 1 GiB free, asks 1.5',
        'node-1 ready: its state is down',
      ],
      text:
        'no suitable node (insufficient resources on 2 nodes; 1 node not available for new tasks; ' +
        'scheduling constraints not satisfied on 1 node)',
      help: 'add label storage=ssd to node-3',
    });
  });

  it('advises what takes the fewest steps, not what the nearest node lacks', () => {
    const on = view([
      node('node-2', { memoryBytes: gib, labels: { storage: 'ssd' } }),
      node('node-3', { labels: { storage: 'hdd' } }),
    ]);
    const constraints = ['node.labels.storage==ssd', 'node.labels.rack==r1'];
    expect(explained(task('new', { spec: ssd({ constraints }) }), on).help).toBe(
      'add label storage=ssd to node-3 and add label rack=r1 to node-3',
    );
    expect(
      explained(task('new', { spec: ssd({ constraints: constraints.slice(0, 1), maxReplicas: 1 }) }), on),
    ).toMatchObject({
      help: 'add label storage=ssd to node-3',
    });
    on.removeNode('node-3-id');
    expect(explained(task('new', { spec: ssd() }), on).help).toBe('needs 0.5 GiB more memory on node-2');
  });

  it('joins the steps on one node', () => {
    const on = view([node('n1', { memoryBytes: gib, availability: 'drain' })]);
    expect(explained(task('new', { spec: ssd() }), on).help).toBe(
      'set the availability of n1 to active; needs 0.5 GiB more memory on n1; add label storage=ssd to n1',
    );
  });

  it('advises another node where nothing can be done about those that are there', () => {
    const spec = { ...ssd(), placement: { platforms: [{ os: 'linux', architecture: 'arm64' }] } };
    expect(explained(task('new', { spec }), view([node('n1')])).help).toBe(
      'add a node with 1.5 GiB of memory, linux/arm64',
    );
    expect(explained(task('new'), view([]))).toEqual({ lines: [], text: 'no suitable node', help: 'add a node' });
  });

  it('has the nodes that fit in the order in which they are taken', () => {
    const zone = (name: string, az: string) => node(name, { labels: { az } });
    const on = view(
      [zone('a1', 'az1'), zone('a2', 'az1'), zone('b1', 'az2'), node('down', { state: 'down' })],
      [running('web-1', 'a1'), running('x', 'b1', { service: 'api' })],
    );
    const spec = { placement: { preferences: [{ spread: 'node.labels.az' }] } };
    const next = task('next', { spec });
    expect(explained(next, on)).toEqual({
      lines: ['b1 1', 'a2 2', 'a1 3', 'down ready: its state is down'],
      text: undefined,
      help: undefined,
    });
    expect(place([next], on).counts).toEqual({ b1: 1 });
  });

  it('of a task whose node is given is about that node', () => {
    const on = view([node('n1', { memoryBytes: gib }), node('n2')]);
    const bound = (nodeId: string) => task('new', { nodeId, spec: reserving({ memoryBytes: 2 * gib }) });
    expect(explained(bound('n1-id'), on)).toEqual({
      lines: ['n1 resources: memory 1 of 1 GiB free, asks 2'],
      text: 'insufficient resources on 1 node',
      help: 'needs 1 GiB more memory on n1',
    });
    expect(explained(bound('n2-id'), on).lines).toEqual(['n2 1']);
    expect(explained(bound('gone-id'), on)).toMatchObject({ lines: [], text: 'the assigned node does not exist' });
  });

  it('says what placing says, and changes nothing', () => {
    const on = view([node('n1'), node('n2'), node('n3', { availability: 'pause' })]);
    const all = tasks(4, { hostPorts: [80] });
    const { texts } = place(all, on);
    const [one] = all.slice(3);
    if (!one) throw new Error('there are four');
    const first = explainTask(one, { view: on, now });
    expect(texts).toEqual([first.text]);
    expect(explainTask(one, { view: on, now })).toEqual(first);
  });
});
