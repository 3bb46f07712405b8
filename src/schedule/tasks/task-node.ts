import { Failures } from './failures.js';
import { change, PiecesInUse } from './generic.js';
import type { NodeFacts } from './node-facts.js';
import type { TaskNodeView } from './node-view.js';
import type { Load } from './wanted.js';

const noHolders: readonly string[] = [];

/** One node with the sums of what its tasks take, changed one task at a time. */
export class TaskNode implements TaskNodeView {
  facts: NodeFacts;
  readonly failures = new Failures();
  readonly piecesInUse = new PiecesInUse();
  /** Whole billionths of CPUs: their sum never drifts. */
  #usedNanoCpus = 0;
  #usedMemoryBytes = 0;
  #activeTasks = 0;
  readonly #activeByService = new Map<string, number>();
  readonly #portHolders = new Map<string, string[]>();

  constructor(facts: NodeFacts) {
    this.facts = facts;
  }

  hold(taskId: string, load: Load, active: boolean): void {
    this.#count(load, active, 1);
    if (load.pieces.size > 0) this.piecesInUse.add(load.pieces);
    for (const port of load.ports) {
      const holders = this.#portHolders.get(port);
      if (holders) holders.push(taskId);
      else this.#portHolders.set(port, [taskId]);
    }
  }

  release(taskId: string, load: Load, active: boolean): void {
    this.#count(load, active, -1);
    if (load.pieces.size > 0) this.piecesInUse.remove(load.pieces);
    for (const port of load.ports) {
      const left = this.holdersOfPort(port).filter((holder) => holder !== taskId);
      if (left.length > 0) this.#portHolders.set(port, left);
      else this.#portHolders.delete(port);
    }
  }

  #count({ serviceId, nanoCpus, memoryBytes }: Load, active: boolean, sign: 1 | -1): void {
    this.#usedNanoCpus += sign * nanoCpus;
    this.#usedMemoryBytes += sign * memoryBytes;
    if (!active) return;
    this.#activeTasks += sign;
    change(this.#activeByService, serviceId, sign);
  }

  get name(): string {
    return this.facts.name;
  }

  get cpus(): number {
    return this.facts.nanoCpus / 1e9;
  }

  get memoryBytes(): number {
    return this.facts.memoryBytes;
  }

  get usedCpus(): number {
    return this.#usedNanoCpus / 1e9;
  }

  get usedMemoryBytes(): number {
    return this.#usedMemoryBytes;
  }

  get activeTasks(): number {
    return this.#activeTasks;
  }

  activeTasksOf(serviceId: string): number {
    return this.#activeByService.get(serviceId) ?? 0;
  }

  failuresOf(service: string, now: number): number {
    return this.failures.count(service, now);
  }

  holdersOfPort(port: string): readonly string[] {
    return this.#portHolders.get(port) ?? noHolders;
  }
}
