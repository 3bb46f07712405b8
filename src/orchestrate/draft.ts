import type { Cluster, Node, Service, Task } from '../kinds/index.js';
import type { PortClaims } from './port-claims.js';
import type { Change, Placements, Ports, Step } from './ports.js';

/** The ports that parts of a pass use by themselves. */
export type DraftPorts = Pick<Ports, 'newId' | 'meets'>;

/** Everything that one pass reads: the whole store, or a part of it that can be settled by itself. */
export interface Content {
  /** Version above all that the store has: for specs that the pass itself sets. */
  readonly nextVersion: number;
  readonly cluster: Cluster | undefined;
  /** Services, tasks and nodes that the pass settles: with each service, all its tasks; with each node, all tasks on it. */
  readonly services: Iterable<Service>;
  readonly tasks: Iterable<Task>;
  readonly ownNodes: readonly Node[];
  /** All nodes, and all services. */
  readonly nodes: () => readonly Node[];
  readonly node: (id: string) => Node | undefined;
  readonly service: (id: string) => Service | undefined;
  /** Ports of all services. The pass claims those that it gives away. */
  readonly claims: PortClaims;
  /** Chooses nodes for tasks of the draft. */
  readonly place: (tasks: readonly Task[], draft: Draft) => Placements;
  /** Most tasks that the pass may make: a service that needs more goes on in the next one. */
  readonly createMost: number;
}

/**
 * The content of the store, with the writes of the running pass on top: each part of the pass sees what the parts before
 * it decided. In the end it yields one change for each object that differs.
 */
export class Draft {
  readonly now: number;
  readonly ports: DraftPorts;
  readonly nextVersion: number;
  readonly cluster: Cluster | undefined;
  readonly claims: PortClaims;
  readonly #content: Content;
  readonly #services = new Map<string, Service>();
  readonly #changedNodes = new Map<string, Node>();
  readonly #tasks = new Map<string, Task>();
  readonly #byService = new Map<string, Map<string, Task>>();
  /** Views of services' tasks, each until one of the tasks changes. */
  readonly #derived = new Map<string, unknown>();
  readonly #changes = new Map<string, Change>();
  #created = 0;
  #wakeAt = Infinity;

  constructor(content: Content, now: number, ports: DraftPorts) {
    this.now = now;
    this.ports = ports;
    this.nextVersion = content.nextVersion;
    this.cluster = content.cluster;
    this.claims = content.claims;
    this.#content = content;
    for (const service of content.services) this.#services.set(service.id, service);
    for (const task of content.tasks) this.#keep(task);
  }

  /** The services that the pass settles. */
  services(): Service[] {
    return [...this.#services.values()];
  }

  /** Any service. */
  service(id: string): Service | undefined {
    return this.#services.get(id) ?? this.#content.service(id);
  }

  nodes(): readonly Node[] {
    return this.#withChanges(this.#content.nodes());
  }

  /** The nodes that the pass settles. */
  ownNodes(): readonly Node[] {
    return this.#withChanges(this.#content.ownNodes);
  }

  #withChanges(nodes: readonly Node[]): readonly Node[] {
    if (this.#changedNodes.size === 0) return nodes;
    return nodes.map((node) => this.#changedNodes.get(node.id) ?? node);
  }

  /** The node; `undefined` for a task without one and for a node that is gone. */
  node(id: string | undefined): Node | undefined {
    return id === undefined ? undefined : (this.#changedNodes.get(id) ?? this.#content.node(id));
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

  /** The tasks of the draft by their node, in whatever state. */
  tasksByNode(): Map<string, Task[]> {
    const byNode = new Map<string, Task[]>();
    for (const task of this.#tasks.values()) {
      if (task.nodeId === undefined) continue;
      const mates = byNode.get(task.nodeId);
      if (mates) mates.push(task);
      else byNode.set(task.nodeId, [task]);
    }
    return byNode;
  }

  /** Chooses nodes for tasks that wait. */
  place(tasks: readonly Task[]): Placements {
    return this.#content.place(tasks, this);
  }

  /** Tells whether the pass may make another task. When it may not, the next one goes on at once. */
  mayCreate(): boolean {
    if (this.#created < this.#content.createMost) return true;
    this.wake(this.now + 1);
    return false;
  }

  /** The changes until now, in no order. */
  changes(): Iterable<Change> {
    return this.#changes.values();
  }

  create(task: Task): Task {
    this.#created++;
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
    this.claims.set(service);
    this.#services.set(service.id, service);
    return service;
  }

  updateNode(node: Node): void {
    this.#changes.set(node.id, { do: 'update', kind: 'node', object: node });
    this.#changedNodes.set(node.id, node);
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
