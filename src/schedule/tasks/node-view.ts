import type { PiecesInUse } from './generic.js';
import type { NodeFacts } from './node-facts.js';

/** A node that tasks may go to, with what the tasks on it take. */
export interface TaskNodeView {
  readonly facts: NodeFacts;
  readonly name: string;
  /** All CPUs and memory of the node, and those that its tasks reserve. */
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly usedCpus: number;
  readonly usedMemoryBytes: number;
  readonly piecesInUse: PiecesInUse;
  /** Number of tasks that shall go on; one that shall stop does not count, although it still holds what it reserves. */
  readonly activeTasks: number;
  /** Returns the number of active tasks of a service. */
  readonly activeTasksOf: (serviceId: string) => number;
  /** Returns the number of tasks that failed here lately, of a service and version of its spec (`failureKey`). */
  readonly failuresOf: (service: string, now: number) => number;
  /** Returns the ids of the tasks that hold a port, such as `8080/tcp`. */
  readonly holdersOfPort: (port: string) => readonly string[];
}
