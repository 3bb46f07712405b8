import { beforeEach, describe, expect, it } from 'vitest';
import { inOrder } from '../../../src/fleet/ingress/choice.js';
import { ingressPorts } from '../../../src/fleet/ingress/index.js';
import type { DeepPartial, Service, Task } from '../../../src/kinds/index.js';
import { MemoryStore } from '../../../src/state/index.js';

let store: MemoryStore;
const port = (targetPort: number, publishedPort: number, parts: object = {}) => ({
  targetPort,
  publishedPort,
  ...parts,
});

const service = (id: string, ports: object[], parts: DeepPartial<Service> = {}) =>
  store.update((tx) => {
    tx.services().create({ id, spec: { annotations: { name: id }, endpoint: { ports } }, ...parts });
  });
const task = (id: string, parts: DeepPartial<Task> = {}) =>
  store.update((tx) => {
    tx.tasks().create({
      id,
      serviceId: 'web',
      nodeId: 'n1',
      desiredState: 'running',
      ...parts,
      status: { state: 'running', ports: [port(80, 32_768)], ...parts.status },
    });
  });
const found = () => store.view(ingressPorts);

beforeEach(async () => {
  store = new MemoryStore();
  await store.update((tx) => {
    tx.nodes().create({ id: 'n1', engine: { addr: '10.0.0.1:2375' }, status: { addr: '10.9.9.9:1' } });
    tx.nodes().create({ id: 'n2', engine: { addr: '[fd00::2]:2375' } });
    tx.nodes().create({ id: 'n3', status: { addr: '10.0.0.3' } });
    tx.nodes().create({ id: 'n4' });
  });
});

describe('ingress ports', () => {
  it('are those of the mode ingress, with numbers that the cluster has given, in order', async () => {
    await service('web', [port(80, 8080), port(81, 0), port(82, 90, { publishMode: 'host' })]);
    await service('api', [port(80, 0)], { endpoint: { ports: [port(80, 300, { protocol: 'udp' })] } });
    expect(found().map((one) => [one.service, one.port, one.protocol])).toEqual([
      ['api', 300, 'udp'],
      ['web', 8080, 'tcp'],
    ]);
  });

  it('have the tasks that run as targets, at the addresses of their engines', async () => {
    await service('web', [port(80, 8080)]);
    await task('t1');
    await task('t2', { nodeId: 'n2' });
    await task('t3', { nodeId: 'n3' });
    expect(found()[0]?.targets).toEqual([
      { taskId: 't1', host: '10.0.0.1', port: 32_768 },
      { taskId: 't2', host: 'fd00::2', port: 32_768 },
      { taskId: 't3', host: '10.0.0.3', port: 32_768 },
    ]);
  });

  it.each<[string, DeepPartial<Task>]>([
    ['is about to stop', { desiredState: 'shutdown' }],
    ['is to be removed', { desiredState: 'remove' }],
    ['does not run yet', { status: { state: 'starting' } }],
    ['has ended', { status: { state: 'failed' } }],
    ['is of another service', { serviceId: 'other' }],
    ['has no port on its engine', { status: { ports: [] } }],
    ['publishes only another port', { status: { ports: [port(81, 32_768)] } }],
    ['publishes the port of another protocol', { status: { ports: [port(80, 32_768, { protocol: 'udp' })] } }],
    ['publishes the port on its own node', { status: { ports: [port(80, 32_768, { publishMode: 'host' })] } }],
    ['is on a node without an address', { nodeId: 'n4' }],
    ['is on a node that is not there', { nodeId: 'n5' }],
  ])('have no target that %s', async (_what, parts) => {
    await service('web', [port(80, 8080)]);
    await task('t1', parts);
    expect(found()).toMatchObject([{ port: 8080, targets: [] }]);
  });

  it('keep a task of a job that runs to its end', async () => {
    await service('web', [port(80, 8080)]);
    await task('t1', { desiredState: 'complete' });
    expect(found()[0]?.targets).toHaveLength(1);
  });
});

describe('the order of targets', () => {
  const targets = ['a', 'b', 'c'].map((taskId) => ({ taskId, host: 'h', port: 1 }));
  it.each([
    { open: {}, failed: [], turn: 0, order: 'abc' },
    { open: {}, failed: [], turn: 1, order: 'bca' },
    { open: {}, failed: [], turn: 5, order: 'cab' },
    { open: { a: 1 }, failed: [], turn: 0, order: 'bca' },
    { open: { a: 2, b: 1, c: 1 }, failed: [], turn: 2, order: 'cba' },
    { open: { b: 1, c: 9 }, failed: ['a'], turn: 0, order: 'bca' },
    { open: {}, failed: ['a', 'b', 'c'], turn: 1, order: 'bca' },
  ])('is $order at turn $turn with $open open and $failed failed', ({ open, failed, turn, order }) => {
    const choice = {
      open: (taskId: string) => (open as Record<string, number>)[taskId] ?? 0,
      failed: (taskId: string) => (failed as string[]).includes(taskId),
      turn,
    };
    expect(
      inOrder(targets, choice)
        .map(({ taskId }) => taskId)
        .join(''),
    ).toBe(order);
  });

  it('is empty without targets', () => {
    expect(inOrder([], { open: () => 0, failed: () => false, turn: 3 })).toEqual([]);
  });
});
