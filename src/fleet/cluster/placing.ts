import { type ContainerView, type NodeView, type SchedulerOptions, select, type Wanted } from '../../schedule/index.js';
import type { Engine } from '../engine/engine.js';
import { FleetError } from '../fleet.js';
import type { ContainerIndex } from './container-index.js';

/** A place for a container that is being made. It counts in every decision until it is released. */
export interface Place {
  readonly engine: Engine;
  readonly release: () => void;
}

/** Ports of a {@link Placing}. */
export interface PlacingPorts extends SchedulerOptions {
  readonly index: ContainerIndex;
  readonly engines: () => readonly Engine[];
}

/**
 * Decides where containers go. Nothing here waits: between a decision and its place no other decision is made, so that
 * two containers never get the same port, name or last bit of memory.
 */
export class Placing {
  readonly #ports: PlacingPorts;
  readonly #names = new Set<string>();
  /** Containers that are being made, by engine. */
  readonly #making = new Map<Engine, Set<ContainerView>>();

  constructor(ports: PlacingPorts) {
    this.#ports = ports;
  }

  /**
   * Chooses an engine and takes a place there.
   * @throws SchedulingError when no engine will do; FleetError `CONFLICT` when the name is taken.
   */
  choose(wanted: Wanted, labels: Readonly<Record<string, string>>): Place {
    this.#checkName(wanted.name);
    const views = new Map<NodeView, Engine>(this.#ports.engines().map((engine) => [this.#view(engine), engine]));
    const [best] = select(wanted, [...views.keys()], this.#ports);
    return this.#take(views.get(best as NodeView) as Engine, wanted, labels);
  }

  /** Takes a place on an engine that was chosen already. */
  on(engine: Engine, wanted: Wanted, labels: Readonly<Record<string, string>>): Place {
    this.#checkName(wanted.name);
    return this.#take(engine, wanted, labels);
  }

  /** Keeps a name from others while a container gets it. @throws FleetError `CONFLICT` */
  reserveName(name: string): () => void {
    this.#checkName(name);
    this.#names.add(name);
    return () => void this.#names.delete(name);
  }

  #checkName(name: string): void {
    if (name !== '' && (this.#names.has(name) || this.#ports.index.named(name).length > 0)) throw nameTaken(name);
  }

  #take(engine: Engine, wanted: Wanted, labels: Readonly<Record<string, string>>): Place {
    const view = viewOf(wanted, labels);
    const making = this.#making.get(engine) ?? new Set();
    this.#making.set(engine, making.add(view));
    if (wanted.name !== '') this.#names.add(wanted.name);
    return {
      engine,
      release: () => {
        making.delete(view);
        if (making.size === 0 && this.#making.get(engine) === making) this.#making.delete(engine);
        this.#names.delete(wanted.name);
      },
    };
  }

  /** An engine with what is being made on it; the engine itself when that is nothing. */
  #view(engine: Engine): NodeView {
    const making = this.#making.get(engine);
    if (!making) return engine;
    const { id, name, labels, healthPercent, cpus, memoryBytes, images } = engine;
    const more = [...making];
    return {
      ...{ id, name, labels, healthPercent, cpus, memoryBytes, images },
      usedCpus: more.reduce((sum, view) => sum + view.cpus, engine.usedCpus),
      usedMemoryBytes: more.reduce((sum, view) => sum + view.memoryBytes, engine.usedMemoryBytes),
      containers: [...engine.containers, ...more],
    };
  }
}

/** Error for a name that another container has. */
export function nameTaken(name: string): FleetError {
  return new FleetError(
    'CONFLICT',
    `Conflict: The name ${name} is already assigned. You have to delete (or rename) that container to be able to ` +
      `assign ${name} to a container again.`,
  );
}

function viewOf(wanted: Wanted, labels: Readonly<Record<string, string>>): ContainerView {
  const { name, image, ports, networkMode, exposedPorts, cpus, memoryBytes } = wanted;
  const names = name === '' ? [] : [name];
  return { id: '', names, image, labels, ports, hostNetwork: networkMode === 'host', exposedPorts, cpus, memoryBytes };
}
