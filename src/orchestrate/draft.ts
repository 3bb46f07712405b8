import type { Cluster, Node, ReadTx, Service, Task } from '../kinds/index.js';
import type { Change, Ports, Step } from './ports.js';

/**
 * The content of the store, with the writes of the running pass on top: each part of the pass sees what the parts before
 * it decided. In the end it yields one change for each object that differs.
 */
export class Draft {
  readonly now: number;
  readonly ports: Ports;
  /** Version above all that the store has: for specs that the pass itself sets. */
  readonly nextVersion: number;
  readonly cluster: Cluster | undefined;
  readonly #services = new Map<string, Service>();
  readonly #nodes = new Map<string, Node>();
  readonly #tasks = new Map<string, Task>();
  readonly #byService = new Map<string, Map<string, Task>>();
  /** Views of services' tasks, each until one of the tasks changes. */
  readonly #derived = new Map<string, unknown>();
  readonly #changes = new Map<string, Change>();
  #wakeAt = Infinity;

  constructor(view: ReadTx, now: number, ports: Ports) {
    this.now = now;
    this.ports = ports;
    this.nextVersion = view.version + 1;
    this.cluster = view.clusters().find(undefined, { limit: 1 })[0];
    for (const service of view.services().find()) this.#services.set(service.id, service);
    for (const node of view.nodes().find()) this.#nodes.set(node.id, node);
    for (const task of view.tasks().find()) this.#keep(task);
  }

  services(): Service[] {
    return [...this.#services.values()];
  }

  service(id: string): Service | undefined {
    return this.#services.get(id);
  }

  nodes(): Node[] {
    return [...this.#nodes.values()];
  }

  /** The node; `undefined` for a task without one and for a node that is gone. */
  node(id: string | undefined): Node | undefined {
    return id === undefined ? undefined : this.#nodes.get(id);
  }

  task(id: string): Task | undefined {
    return this.#tasks.get(id);
  }

  tasks(): Task[] {
    return [...this.#tasks.values()];
  }

  tasksOf(serviceId: string): Task[] {
    return [...(this.#byService.get(serviceId)?.values() ?? [])];
  }

  /** The one view of a service's tasks that is made again only after one of them has changed. */
  derived<T>(serviceId: string, make: () => T): T {
    if (!this.#derived.has(serviceId)) this.#derived.set(serviceId, make());
    return this.#derived.get(serviceId) as T;
  }

  /** Every node's tasks, in whatever state. */
  tasksByNode(): Map<string, Task[]> {
    const byNode = new Map<string, Task[]>([...this.#nodes.keys()].map((id) => [id, []]));
    for (const task of this.#tasks.values()) if (task.nodeId !== undefined) byNode.get(task.nodeId)?.push(task);
    return byNode;
  }

  create(task: Task): Task {
    this.#changes.set(task.id, { do: 'create', kind: 'task', object: task });
    return this.#keep(task);
  }

  update(given: Task): Task {
    const task = { ...given, meta: { ...given.meta, updatedAt: this.now } };
    const made = this.#changes.get(task.id)?.do === 'create';
    this.#changes.set(task.id, { do: made ? 'create' : 'update', kind: 'task', object: task });
    return this.#keep(task);
  }

  delete(task: Task): void {
    if (this.#changes.get(task.id)?.do === 'create') this.#changes.delete(task.id);
    else this.#changes.set(task.id, { do: 'delete', kind: 'task', object: task });
    this.#tasks.delete(task.id);
    this.#byService.get(task.serviceId ?? '')?.delete(task.id);
    this.#derived.delete(task.serviceId ?? '');
  }

  updateService(service: Service): Service {
    this.#changes.set(service.id, { do: 'update', kind: 'service', object: service });
    this.#services.set(service.id, service);
    return service;
  }

  updateNode(node: Node): void {
    this.#changes.set(node.id, { do: 'update', kind: 'node', object: node });
    this.#nodes.set(node.id, node);
  }

  /** Asks for a pass at this time, when it has not come yet. */
  wake(at: number): void {
    if (at > this.now) this.#wakeAt = Math.min(this.#wakeAt, at);
  }

  /** Tells whether a moment has come; asks for a pass at that moment when it has not. */
  due(at: number): boolean {
    this.wake(at);
    return at <= this.now;
  }

  result(): Step {
    const slotOf = ({ kind, object }: Change) =>
      kind === 'task' ? `${object.serviceId ?? ''}/${object.slot === 0 ? (object.nodeId ?? '') : object.slot}` : '';
    const bySlot = new Map<string, Change[]>();
    for (const change of this.#changes.values()) {
      const slot = slotOf(change);
      const mates = bySlot.get(slot);
      if (mates) mates.push(change);
      else bySlot.set(slot, [change]);
    }
    return {
      changes: [...bySlot.values()].flat(),
      ...(this.#wakeAt !== Infinity && { wakeAt: this.#wakeAt }),
    };
  }

  #keep(task: Task): Task {
    this.#tasks.set(task.id, task);
    const owner = task.serviceId ?? '';
    this.#derived.delete(owner);
    const mates = this.#byService.get(owner);
    if (mates) mates.set(task.id, task);
    else this.#byService.set(owner, new Map([[task.id, task]]));
    return task;
  }
}
