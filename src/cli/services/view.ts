import type { Client } from '../../client/index.js';
import type { Node, Service, StoredObject, Task } from '../../kinds/index.js';
import { byAge, type NodeRules, type Slot, slotKey } from '../../orchestrate/index.js';
import { meetsPlacement } from '../../schedule/index.js';

/** Kinds that a view has. */
export const viewKinds = ['service', 'task', 'node'] as const;

/** Services, tasks and nodes as one command reads them, looked at as the orchestrator does. */
export class ClusterView implements NodeRules {
  readonly services = new Map<string, Service>();
  readonly nodes = new Map<string, Node>();
  readonly tasks = new Map<string, Task>();
  readonly ports = { meets: meetsPlacement };
  readonly #byService = new Map<string, Map<string, Task>>();

  static of(services: Iterable<Service>, tasks: Iterable<Task>, nodes: Iterable<Node>): ClusterView {
    const view = new ClusterView();
    for (const service of services) view.set('service', service);
    for (const task of tasks) view.set('task', task);
    for (const node of nodes) view.set('node', node);
    return view;
  }

  readonly node = (id: string | undefined): Node | undefined => (id === undefined ? undefined : this.nodes.get(id));

  /** Takes an object that was created or updated; other kinds are passed over. */
  set(kind: string, object: StoredObject): void {
    if (kind === 'service') this.services.set(object.id, object as Service);
    else if (kind === 'task') this.#setTask(object as Task);
    else if (kind === 'node') this.nodes.set(object.id, object as Node);
  }

  remove(kind: string, id: string): void {
    if (kind === 'service') this.services.delete(id);
    else if (kind === 'task') {
      this.#byService.get(this.tasks.get(id)?.serviceId ?? '')?.delete(id);
      this.tasks.delete(id);
    } else if (kind === 'node') this.nodes.delete(id);
  }

  clear(): void {
    this.services.clear();
    this.tasks.clear();
    this.nodes.clear();
    this.#byService.clear();
  }

  /** The tasks of a service, oldest first. */
  tasksOf(serviceId: string): Task[] {
    return [...(this.#byService.get(serviceId)?.values() ?? [])].sort(byAge);
  }

  /** The slots of a service that have tasks, in the order of their keys. */
  slotsOf(service: Service): Slot[] {
    const slots = new Map<number | string, Task[]>();
    for (const task of this.tasksOf(service.id)) {
      const key = slotKey(service, task);
      const mates = slots.get(key);
      if (mates) mates.push(task);
      else slots.set(key, [task]);
    }
    return [...slots].map(([key, tasks]) => ({ key, tasks })).sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** Name of a node for people: its host name, else its id. */
  nodeName(id: string | undefined): string {
    return this.node(id)?.description?.hostname || (id ?? '');
  }

  /** Name of a task for people: `shop_web.3`, or `agent.node-1` where the node is the slot. */
  taskName({ annotations, serviceAnnotations, slot, nodeId, id }: Task): string {
    if (annotations.name !== '') return annotations.name;
    if (serviceAnnotations.name === '') return id;
    return `${serviceAnnotations.name}.${slot === 0 ? this.nodeName(nodeId) : slot}`;
  }

  #setTask(task: Task): void {
    this.tasks.set(task.id, task);
    const mates = this.#byService.get(task.serviceId ?? '');
    if (mates) mates.set(task.id, task);
    else this.#byService.set(task.serviceId ?? '', new Map([[task.id, task]]));
  }
}

/** Reads the whole of services, tasks and nodes. */
export async function readView(client: Client, options: { readonly stale?: boolean } = {}): Promise<ClusterView> {
  const { objects: services } = await client.list('service', undefined, options);
  const { objects: tasks } = await client.list('task', undefined, options);
  const { objects: nodes } = await client.list('node', undefined, options);
  return ClusterView.of(services, tasks, nodes);
}
