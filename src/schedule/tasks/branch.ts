import { propertyOf } from '../../kinds/index.js';
import { type Candidate, compareCandidates } from './candidate.js';
import { valueOf } from './constraints.js';
import { Heap } from './heap.js';
import type { NodeFacts } from './node-facts.js';
import type { TaskNodeView } from './node-view.js';

/** Returns the value of a node that a preference spreads tasks over. */
export type Level = (node: NodeFacts) => string;

/** Returns the levels of a tree: preferences over labels. Others say nothing about nodes, and are left out. */
export function levelsOf(spreads: readonly string[]): Level[] {
  return spreads.flatMap((spread) => {
    const property = propertyOf(spread);
    if (property.of !== 'label' && property.of !== 'engineLabel') return [];
    return [(node) => valueOf(property, node)];
  });
}

export interface BranchOptions {
  readonly levels: readonly Level[];
  /**
   * Number of tasks. A branch keeps no more nodes than that: each of the best takes a task at least. Whether a node that is
   * worse than all of those fits is not even asked.
   */
  readonly most: number;
  readonly fits: (node: TaskNodeView) => boolean;
}

/**
 * A part of the nodes: those with the same values at the upper levels. The next task goes to the branch with the fewest
 * tasks of the service, level by level, and there to the best node. A branch without a node that fits gives way.
 */
export class Branch {
  /** Active tasks of the service on all nodes of the branch, those that do not fit included. */
  #tasks = 0;
  readonly #branches = new Map<string, Branch>();
  readonly #options: BranchOptions;
  readonly #candidates: Candidate[] = [];
  /** The same candidates with the worst first, once there are as many as tasks. */
  #worst: Heap<Candidate> | undefined;
  #nodes: Heap<Candidate> | undefined;
  #next: Heap<Branch> | undefined;
  #best: Candidate | undefined;

  constructor(options: BranchOptions) {
    this.#options = options;
  }

  /** Adds a node: to be taken when it fits, and with its tasks in any case. */
  add(candidate: Candidate, depth = 0): void {
    this.#tasks += candidate.ofService;
    const level = this.#options.levels[depth];
    if (level) this.#branch(level(candidate.node.facts)).add(candidate, depth + 1);
    else this.#keep(candidate);
  }

  #keep(candidate: Candidate): void {
    const { most, fits } = this.#options;
    const worst = this.#worst?.first;
    if (worst && compareCandidates(candidate, worst) > 0) return;
    if (!fits(candidate.node)) return;
    if (worst) this.#worst?.replaceFirst(candidate);
    else {
      this.#candidates.push(candidate);
      if (this.#candidates.length === most) this.#worst = new Heap(this.#candidates, compareReversed);
    }
  }

  #branch(value: string): Branch {
    const known = this.#branches.get(value);
    if (known) return known;
    const added = new Branch(this.#options);
    this.#branches.set(value, added);
    return added;
  }

  /** Brings everything that was added in order. */
  order(): void {
    for (const branch of this.#branches.values()) branch.order();
    this.#nodes = new Heap(this.#candidates, compareCandidates);
    this.#next = new Heap(
      [...this.#branches.values()].filter(({ best }) => best !== undefined),
      compareBranches,
    );
    this.#best = this.#findBest();
  }

  /** The node for the next task; `undefined` when no node fits. */
  get best(): Candidate | undefined {
    return this.#best;
  }

  /** Counts a task on the best node, which fits for another one or not. */
  take(fitsAnother: boolean): void {
    this.#tasks++;
    const branch = this.#next?.first;
    if (branch) {
      branch.take(fitsAnother);
      if (branch.best) this.#next?.settle();
      else this.#next?.removeFirst();
    } else if (fitsAnother) this.#nodes?.settle();
    else this.#nodes?.removeFirst();
    this.#best = this.#findBest();
  }

  #findBest(): Candidate | undefined {
    return this.#next?.first?.best ?? this.#nodes?.first;
  }

  /**
   * Compares branches that have a node. A branch in which the service keeps failing comes after others, and among equal
   * ones that with the better node is first: else services of one task would all go to the same branch.
   */
  static compare(a: Branch, b: Branch): number {
    const [bestOfA, bestOfB] = [a.best as Candidate, b.best as Candidate];
    return bestOfA.failures - bestOfB.failures || a.#tasks - b.#tasks || compareCandidates(bestOfA, bestOfB);
  }
}

const compareReversed = (a: Candidate, b: Candidate) => compareCandidates(b, a);
const compareBranches = (a: Branch, b: Branch) => Branch.compare(a, b);
