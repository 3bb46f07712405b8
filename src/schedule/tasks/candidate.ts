import { failuresMax } from './failures.js';
import type { TaskNodeView } from './node-view.js';
import type { WantedTask } from './wanted.js';

/** A node that passes all filters, with what decides between it and others. */
export interface Candidate {
  readonly node: TaskNodeView;
  /** Recent failures of the service, when they are many; else 0. */
  readonly failures: number;
  /** Active tasks of the service. */
  ofService: number;
  /** Active tasks in all. */
  ofAll: number;
  /** Place in the order of names: no two are equal. */
  readonly order: number;
}

export function candidateOf(node: TaskNodeView, order: number, wanted: WantedTask, now: number): Candidate {
  const failures = node.failuresOf(wanted.failureKey, now);
  return {
    node,
    failures: failures >= failuresMax ? failures : 0,
    ofService: node.activeTasksOf(wanted.serviceId),
    ofAll: node.activeTasks,
    order,
  };
}

/** Orders nodes, the best first: by failures, tasks of the service, tasks in all, name. */
export function compareCandidates(a: Candidate, b: Candidate): number {
  return a.failures - b.failures || a.ofService - b.ofService || a.ofAll - b.ofAll || a.order - b.order;
}
