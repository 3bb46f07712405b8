import type { GenericResource, Node, Placement, Service, Task } from '../kinds/index.js';

/** A node with the tasks that the store has for it, in whatever state. */
export interface NodeTasks {
  readonly node: Node;
  readonly tasks: readonly Task[];
}

/** A node for a task, and the pieces of resources that users define which the task receives there, if any. */
export interface Assignment {
  readonly taskId: string;
  readonly nodeId: string;
  readonly generic?: readonly GenericResource[];
}

/** Decisions about tasks that wait: the nodes that take them, or the reasons why none does. */
export interface Placements {
  readonly assigned: readonly Assignment[];
  readonly pending: readonly { readonly taskId: string; readonly text: string }[];
}

/** Everything that a pass needs and must not make itself. */
export interface Ports {
  /** Makes a fresh id. Ids are never used again. */
  readonly newId: () => string;
  /**
   * Chooses nodes. A task with a `nodeId` may go to that node only. Tasks of one call see each other: two of them never
   * share what only one can have. A task that the answer leaves out keeps its state.
   */
  readonly place: (tasks: readonly Task[], nodes: readonly NodeTasks[], now: number) => Placements;
  /** Tells whether a node meets the constraints and platforms of a placement, whatever its state and load. */
  readonly meets: (node: Node, placement: Placement | undefined) => boolean;
}

/** One write. Objects that existed keep their `meta`: a store refuses the write when they have changed since. */
export type Change =
  | { readonly do: 'create'; readonly kind: 'task'; readonly object: Task }
  | { readonly do: 'update'; readonly kind: 'task'; readonly object: Task }
  | { readonly do: 'delete'; readonly kind: 'task'; readonly object: Task }
  | { readonly do: 'update'; readonly kind: 'service'; readonly object: Service }
  | { readonly do: 'update'; readonly kind: 'node'; readonly object: Node };

/** Result of one pass. */
export interface Step {
  /** Writes to make, each object at most once; writes of one slot are neighbours. */
  readonly changes: readonly Change[];
  /** Time at which a pass has something to do although nothing changed, ms since the epoch; absent: never. */
  readonly wakeAt?: number;
}
