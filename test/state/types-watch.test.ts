import { describe, expectTypeOf, it } from 'vitest';
import {
  type ClusterCheckFunc,
  EventCommit,
  EventCreateNode,
  EventUpdateTask,
  MemoryStore,
  type NetworkCheckFunc,
  type NodeCheckFunc,
  nodeCheckRole,
  type ServiceCheckFunc,
  type TaskCheckFunc,
  taskCheckNodeId,
  watch,
} from '../../src/index.js';

// Never runs: the compiler is the judge.
const never = (_: () => unknown) => undefined;

describe('the types of watches', () => {
  it('take several specifiers of different kinds', () => {
    never(() => {
      const { queue } = new MemoryStore();
      watch(queue, EventCreateNode(), EventUpdateTask()).subscribe((event) => {
        expectTypeOf(event).toEqualTypeOf<EventCreateNode | EventUpdateTask>();
      });
      watch(queue, { limit: 5, match: 'either' }, EventCreateNode(), EventCommit());
      const specifiers = [EventCreateNode(), EventCommit()];
      watch(queue, ...specifiers);
    });
  });

  it('name the checks of each kind', () => {
    const checks: [NodeCheckFunc, ServiceCheckFunc, TaskCheckFunc, NetworkCheckFunc, ClusterCheckFunc] = [
      nodeCheckRole,
      () => true,
      taskCheckNodeId,
      () => true,
      () => true,
    ];
    never(() => checks);
  });
});
