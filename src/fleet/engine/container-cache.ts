import type { Container, EngineHandle } from '../fleet.js';
import type { ContainerFacts } from './facts.js';
import type { ContainerSummary } from './types.js';

/** Label that carries the id which a container keeps when it moves to another engine. */
export const swarmIdLabel = 'com.docker.swarm.id';

/** Told of every change: `before` is absent for a new container, `after` for one that is gone. */
export type OnContainer = (before: Container | undefined, after: Container | undefined) => void;

/** Containers of one engine, as it last answered, with their sums. */
export class ContainerCache {
  readonly #byId = new Map<string, Container>();
  /** Turn in which each container was last asked for: an older answer must not replace a newer one. */
  readonly #turns = new Map<string, number>();
  readonly #onChange: OnContainer;
  #all: readonly Container[] | undefined;
  #turn = 0;
  #cpus = 0;
  #memoryBytes = 0;

  constructor(onChange: OnContainer) {
    this.#onChange = onChange;
  }

  get(id: string): Container | undefined {
    return this.#byId.get(id);
  }

  /** All of them; the same array until something changes. */
  get all(): readonly Container[] {
    return (this.#all ??= [...this.#byId.values()]);
  }

  get ids(): readonly string[] {
    return [...this.#byId.keys()];
  }

  /** CPUs that they reserve. */
  get cpus(): number {
    return this.#cpus;
  }

  /** Memory that they reserve, bytes. */
  get memoryBytes(): number {
    return this.#memoryBytes;
  }

  /** Begins a question to the engine. Answers are put in with its number. */
  begin(): number {
    return ++this.#turn;
  }

  /** Puts a container in, unless a later question has been answered already. */
  set(container: Container, turn: number): void {
    if (!this.#takes(container.id, turn)) return;
    const before = this.#byId.get(container.id);
    if (before === container) return;
    this.#byId.set(container.id, container);
    this.#changed(before, container);
  }

  /** Takes a container out, unless a later question has been answered with it. */
  delete(id: string, turn: number): void {
    if (!this.#takes(id, turn)) return;
    const before = this.#byId.get(id);
    this.#turns.delete(id);
    if (!before) return;
    this.#byId.delete(id);
    this.#changed(before, undefined);
  }

  /** Takes all of them out: the engine is gone, or is another one now. */
  clear(): void {
    const turn = this.begin();
    for (const id of this.ids) this.delete(id, turn);
  }

  #takes(id: string, turn: number): boolean {
    if (turn < (this.#turns.get(id) ?? 0)) return false;
    this.#turns.set(id, turn);
    return true;
  }

  #changed(before: Container | undefined, after: Container | undefined): void {
    this.#all = undefined;
    this.#cpus += (after?.cpus ?? 0) - (before?.cpus ?? 0);
    this.#memoryBytes += (after?.memoryBytes ?? 0) - (before?.memoryBytes ?? 0);
    this.#onChange(before, after);
  }
}

/** Puts together what the engine's list and an inspection say of one container. */
export function containerOf(engine: EngineHandle, summary: ContainerSummary, facts: ContainerFacts): Container {
  const names = summary.Names.map((name) => name.replace(/^\//, ''));
  const labels = summary.Labels;
  return {
    engine,
    summary,
    id: summary.Id,
    name: names.find((name) => !name.includes('/')) ?? '',
    names,
    image: summary.Image,
    labels,
    swarmId: labels[swarmIdLabel] ?? '',
    ...facts,
  };
}

/** Tells whether an inspection may say something new: the list shows another state, or other words than a longer age. */
export function needsInspection(before: Container, summary: ContainerSummary): boolean {
  const { State, Names, Status } = before.summary;
  return (
    summary.State !== State ||
    summary.State === 'restarting' ||
    ageless(summary.Status) !== ageless(Status) ||
    summary.Names.length !== Names.length ||
    summary.Names.some((name, at) => name !== Names[at])
  );
}

/** Status without its age: `Up (healthy)` for `Up 2 hours (healthy)`. */
function ageless(status: string): string {
  return status.replace(/(?:Less than a|About an?|\d+) (?:second|minute|hour|day|week|month|year)s?(?: ago)?/, '');
}
