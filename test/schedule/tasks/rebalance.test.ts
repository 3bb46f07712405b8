import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builtInKinds, canonicalObject, type Node, type Service, type Task } from '../../../src/kinds/index.js';
import { planMoves, TaskNodes } from '../../../src/schedule/index.js';

const meta = { version: 1, createdAt: 0, updatedAt: 0 };
const nodeOf = (id: string, zone = ''): Node =>
  canonicalObject(
    builtInKinds.nodes,
    {
      id,
      description: { hostname: id },
      status: { state: 'ready' },
      spec: { annotations: { labels: zone === '' ? {} : { zone } } },
    },
    id,
    meta,
  );
const serviceOf = (id: string, spread: readonly string[] = []): Service =>
  canonicalObject(
    builtInKinds.services,
    { id, spec: { annotations: { name: id }, task: { placement: { preferences: spread.map((one) => ({ spread: one })) } } } },
    id,
    meta,
  ); // prettier-ignore
const taskOf = (id: string, service: Service, nodeId: string): Task =>
  canonicalObject(
    builtInKinds.tasks,
    { id, serviceId: service.id, slot: 1, nodeId, spec: service.spec.task, desiredState: 'running', status: { state: 'running' } },
    id,
    meta,
  ); // prettier-ignore

function plan(nodes: readonly Node[], services: readonly Service[], tasks: readonly Task[]) {
  const tasksOf = ({ id }: Service) => tasks.filter(({ serviceId }) => serviceId === id);
  const moves = planMoves({ services, tasksOf, view: TaskNodes.of(nodes, tasks), now: 0 });
  const targets = new Map(moves.map(({ taskId, to }) => [taskId, to]));
  return { moves, after: tasks.map((task): Task => ({ ...task, nodeId: targets.get(task.id) ?? task.nodeId ?? '' })) };
}

const countsOf = (nodes: readonly Node[], tasks: readonly Task[]) =>
  nodes.map(({ id }) => tasks.filter(({ nodeId }) => nodeId === id).length);

describe('planMoves', () => {
  it('evens out every service, moves a task once, and has nothing to do afterwards', () => {
    const places = fc.array(fc.tuple(fc.nat(3), fc.nat(4)), { maxLength: 40 });
    fc.assert(
      fc.property(places, (placed) => {
        const nodes = ['n0', 'n1', 'n2', 'n3', 'n4'].map((id) => nodeOf(id));
        const services = ['s0', 's1', 's2', 's3'].map((id) => serviceOf(id));
        const tasks = placed.map(([service, node], i) => taskOf(`t${i}`, services[service] as Service, `n${node}`));
        const { moves, after } = plan(nodes, services, tasks);
        expect(new Set(moves.map(({ taskId }) => taskId)).size).toBe(moves.length);
        for (const { id } of services) {
          const counts = countsOf(nodes, after.filter(({ serviceId }) => serviceId === id)); // prettier-ignore
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        }
        for (const { from, to } of moves) expect(from).not.toBe(to);
      }),
    );
  });

  it('moves nothing where the counts are even', () => {
    const nodes = [nodeOf('n1'), nodeOf('n2')];
    const service = serviceOf('s');
    const tasks = ['n1', 'n2', 'n1'].map((node, i) => taskOf(`t${i}`, service, node));
    expect(plan(nodes, [service], tasks).moves).toEqual([]);
  });

  it('evens out the branches of preferences before nodes', () => {
    const nodes = [nodeOf('a1', 'a'), nodeOf('a2', 'a'), nodeOf('a3', 'a'), nodeOf('b1', 'b')];
    const service = serviceOf('s', ['node.labels.zone']);
    const tasks = ['a1', 'a2', 'a3', 'b1'].map((node, i) => taskOf(`t${i}`, service, node));
    const { moves } = plan(nodes, [service], tasks);
    expect(moves).toMatchObject([{ to: 'b1' }]);
    expect(plan(nodes, [serviceOf('s')], tasks.map((task) => ({ ...task, spec: serviceOf('s').spec.task }))).moves).toEqual([]); // prettier-ignore
  });
});
