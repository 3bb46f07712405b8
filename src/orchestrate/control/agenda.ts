/** Part of the store that is settled by itself: a node, a service with its tasks, a task without a service. */
export type Sort = 'node' | 'service' | 'task';

/** Units in the order in which they came; those that are first are taken before all others. */
class Line {
  readonly #first = new Set<string>();
  readonly #rest = new Set<string>();

  get size(): number {
    return this.#first.size + this.#rest.size;
  }

  add(id: string): void {
    if (!this.#first.has(id)) this.#rest.add(id);
  }

  addFirst(id: string): void {
    this.#rest.delete(id);
    this.#first.add(id);
  }

  remove(id: string): boolean {
    return this.#first.delete(id) || this.#rest.delete(id);
  }

  take(): string | undefined {
    const from = this.#first.size > 0 ? this.#first : this.#rest;
    const id = from.values().next().value;
    if (id !== undefined) from.delete(id);
    return id;
  }
}

/** Units that have something to settle: now, or at a later time. */
export class Agenda {
  readonly #lines: Readonly<Record<Sort, Line>> = { node: new Line(), service: new Line(), task: new Line() };
  readonly #wakes: Readonly<Record<Sort, Map<string, number>>> = {
    node: new Map(),
    service: new Map(),
    task: new Map(),
  };
  /** Units whose changes are on their way, with the number of times; what comes for them waits until they are there. */
  readonly #busy: Readonly<Record<Sort, Map<string, number>>> = {
    node: new Map(),
    service: new Map(),
    task: new Map(),
  };
  readonly #later: Readonly<Record<Sort, Set<string>>> = { node: new Set(), service: new Set(), task: new Set() };
  /** Units whose changes were refused: they come again when all others had their turn. */
  readonly #parked = new Map<string, Sort>();

  /** True when nothing is to be settled now. */
  get empty(): boolean {
    return Object.values(this.#lines).every(({ size }) => size === 0);
  }

  has(sort: Sort): boolean {
    return this.#lines[sort].size > 0;
  }

  add(sort: Sort, id: string): void {
    if (this.#busy[sort].has(id)) this.#later[sort].add(id);
    else this.#lines[sort].add(id);
  }

  addFirst(sort: Sort, id: string): void {
    if (this.#busy[sort].has(id)) this.#later[sort].add(id);
    else this.#lines[sort].addFirst(id);
  }

  /** Keeps a unit back until {@link release} was called as often. */
  hold(sort: Sort, id: string): void {
    this.#busy[sort].set(id, (this.#busy[sort].get(id) ?? 0) + 1);
    if (this.#lines[sort].remove(id)) this.#later[sort].add(id);
  }

  release(sort: Sort, id: string): void {
    const left = (this.#busy[sort].get(id) ?? 0) - 1;
    if (left > 0) {
      this.#busy[sort].set(id, left);
      return;
    }
    this.#busy[sort].delete(id);
    if (this.#later[sort].delete(id)) this.add(sort, id);
  }

  park(sort: Sort, id: string): void {
    this.#parked.set(id, sort);
  }

  take(sort: Sort): string | undefined {
    return this.#lines[sort].take();
  }

  /** Sets or removes the time at which a unit has something to settle although nothing changed. */
  wake(sort: Sort, id: string, at: number | undefined): void {
    if (at === undefined) this.#wakes[sort].delete(id);
    else this.#wakes[sort].set(id, at);
  }

  /** Adds what is due, and what was put aside when nothing else is left. */
  turn(now: number): void {
    if (this.empty) {
      for (const [id, sort] of this.#parked) this.add(sort, id);
      this.#parked.clear();
    }
    for (const sort of ['node', 'service', 'task'] as const) {
      for (const [id, at] of this.#wakes[sort]) {
        if (at > now) continue;
        this.#wakes[sort].delete(id);
        this.add(sort, id);
      }
    }
  }

  /** Time of the first wake; `Infinity` when there is none. */
  get wakeAt(): number {
    let first = Infinity;
    for (const wakes of Object.values(this.#wakes)) for (const at of wakes.values()) first = Math.min(first, at);
    return first;
  }
}
