import { type Candidate, compareCandidates } from './candidate.js';
import { propertyOf, valueOf } from './constraints.js';
import { Heap } from './heap.js';
import type { NodeFacts } from './node-facts.js';

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

/**
 * A part of the nodes: those with the same values at the upper levels. The next task goes to the branch with the fewest
 * tasks of the service, level by level, and there to the best node. A branch without a node that fits gives way.
 */
export class Branch {
  /** Active tasks of the service on all nodes of the branch, those that do not fit included. */
  #tasks = 0;
  readonly #branches = new Map<string, Branch>();
  readonly #most: number;
  readonly #candidates: Candidate[] = [];
  /** The same candidates with the worst first, once there are as many as tasks. */
  #worst: Heap<Candidate> | undefined;
  #nodes: Heap<Candidate> | undefined;
  #next: Heap<Branch> | undefined;
  #best: Candidate | undefined;

  /** Makes a branch for at most so many tasks: it keeps no more nodes, since each of the best takes one at least. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Adds a node; only as tasks that are there already, when it does not fit. */
  add(facts: NodeFacts, tasks: number, candidate: Candidate | undefined, levels: readonly Level[], depth = 0): void {
    this.#tasks += tasks;
    const level = levels[depth];
    if (level) this.#branch(level(facts)).add(facts, tasks, candidate, levels, depth + 1);
    else if (candidate) this.#keep(candidate);
  }

  #keep(candidate: Candidate): void {
    const worst = this.#worst?.first;
    if (!worst) {
      this.#candidates.push(candidate);
      if (this.#candidates.length === this.#most) this.#worst = new Heap(this.#candidates, compareReversed);
    } else if (compareCandidates(candidate, worst) < 0) this.#worst?.replaceFirst(candidate);
  }

  #branch(value: string): Branch {
    const known = this.#branches.get(value);
    if (known) return known;
    const added = new Branch(this.#most);
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
