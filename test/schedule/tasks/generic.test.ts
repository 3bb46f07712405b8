import { describe, expect, it } from 'vitest';
import { placeTasks, TaskNodes } from '../../../src/schedule/index.js';
import { node, type NodeGiven, now, reserving, running, task, tasks, view } from './made.js';

const gpus = (...names: string[]): NodeGiven => ({ generic: names.map((named) => ({ kind: 'gpu', named })) });
const asking = (...generic: { kind: string; named?: string; discrete?: number }[]) => ({
  spec: reserving({ generic }),
});
const named = (...names: string[]) => names.map((name) => ({ kind: 'gpu', named: name }));

/** The pieces of each task that was placed, by its id. */
function given(wanted: Parameters<typeof placeTasks>[0]['tasks'], on: TaskNodes): Record<string, unknown> {
  const { assigned } = placeTasks({ tasks: wanted, view: on, now });
  return Object.fromEntries(assigned.map(({ taskId, generic }) => [taskId, generic]));
}

describe('pieces of resources that users define', () => {
  it('are given by name, in order, each once', () => {
    const on = view([node('n1', gpus('c', 'a', 'b'))]);
    expect(given(tasks(4, asking({ kind: 'gpu', discrete: 1 })), on)).toEqual({
      'web-1': named('a'),
      'web-2': named('b'),
      'web-3': named('c'),
    });
  });

  it('are those that the task names first, then others', () => {
    const on = view([node('n1', gpus('a', 'b', 'c'))]);
    const one = task('one', { service: 'x', ...asking({ kind: 'gpu', named: 'b' }, { kind: 'gpu', discrete: 1 }) });
    expect(given([one], on)).toEqual({ one: named('b', 'a') });
    expect(given([task('two', asking({ kind: 'gpu', named: 'a' }))], on)).toEqual({});
    expect(given([task('three', asking({ kind: 'gpu', discrete: 1 }))], on)).toEqual({ three: named('c') });
  });

  it('are a number where the node has no names for them, or too few', () => {
    const on = view([
      node('n1', {
        generic: [
          { kind: 'ssd', discrete: 4 },
          { kind: 'gpu', named: 'a' },
          { kind: 'gpu', discrete: 2 },
        ],
      }),
    ]);
    const wanted = task('one', asking({ kind: 'ssd', discrete: 3 }, { kind: 'gpu', discrete: 2 }));
    expect(given([wanted], on)).toEqual({
      one: [
        { kind: 'ssd', discrete: 3 },
        { kind: 'gpu', named: 'a' },
        { kind: 'gpu', discrete: 1 },
      ],
    });
  });

  it('are absent for a task that asks for none', () => {
    expect(placeTasks({ tasks: [task('one')], view: view([node('n1', gpus('a'))]), now }).assigned).toEqual([
      { taskId: 'one', nodeId: 'n1-id' },
    ]);
  });

  it('stay with the task that the store has them for, also for the next leader', () => {
    const asks = asking({ kind: 'gpu', discrete: 1 });
    const holder = { ...running('old', 'n1', asks), assignedGeneric: named('a') };
    const on = view([node('n1', gpus('a', 'b'))], [holder]);
    expect(given([task('new', asks)], on)).toEqual({ new: named('b') });
    on.removeTask('old');
    expect(given([task('next', asks)], on)).toEqual({ next: named('a') });
  });

  it('are given back when a placement was not written', () => {
    const on = view([node('n1', gpus('a'))]);
    const asks = asking({ kind: 'gpu', named: 'a' });
    expect(given([task('one', asks)], on)).toEqual({ one: named('a') });
    expect(given([task('two', asks)], on)).toEqual({});
    on.removeTask('one');
    expect(given([task('two', asks)], on)).toEqual({ two: named('a') });
  });
});
