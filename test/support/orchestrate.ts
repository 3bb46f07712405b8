import { expect } from 'vitest';
import { newId } from '../../src/base/ids.js';
import { seededRandom } from '../../src/base/random.js';
import {
  type DeepPartial,
  type Node,
  type Placement,
  type Service,
  type ServiceSpec,
  type Task,
  type TaskState,
  taskStateOrder,
} from '../../src/kinds/index.js';
import { serviceRules } from '../../src/kinds/service/rules.js';
import { applyChanges, type NodeTasks, type Placements, type Ports, step } from '../../src/orchestrate/index.js';
import { MemoryStore } from '../../src/state/index.js';
import { FakeClock } from './state-clock.js';

/** What the agent makes of a task that it may run. */
export type Fate = 'run' | 'hang' | 'fail' | 'reject' | 'complete';

const passesMax = 8;
const isOver = ({ status }: Task) => taskStateOrder(status.state) > taskStateOrder('running');

/** Constraints of three sorts, and nothing else: enough to have nodes that do not fit. */
export function meets(node: Node, placement: Placement | undefined): boolean {
  return (placement?.constraints ?? []).every((constraint) => {
    const [, key = '', operator, value] = /^(\S+)\s*(==|!=)\s*(\S+)$/.exec(constraint) ?? [];
    const label = key.startsWith('node.labels.') ? node.spec.annotations.labels[key.slice(12)] : undefined;
    const actual = key === 'node.role' ? node.role : key === 'node.id' ? node.id : (label ?? '');
    return (actual === value) === (operator === '==');
  });
}

const mayTake = ({ status, spec }: Node) => status.state === 'ready' && spec.availability === 'active';

/** Each task goes to the node that fits with the fewest wanted tasks. */
export function placeEvenly(tasks: readonly Task[], nodes: readonly NodeTasks[]): Placements {
  const load = new Map(nodes.map(({ node, tasks: held }) => [node.id, held.filter((task) => !isOver(task)).length]));
  const assigned: Placements['assigned'][number][] = [];
  const pending: Placements['pending'][number][] = [];
  for (const task of tasks) {
    const fitting = nodes
      .map(({ node }) => node)
      .filter((node) => mayTake(node) && meets(node, task.spec.placement))
      .filter(({ id }) => task.nodeId === undefined || task.nodeId === id)
      .sort((a, b) => (load.get(a.id) ?? 0) - (load.get(b.id) ?? 0));
    const [best] = fitting;
    if (best) {
      load.set(best.id, (load.get(best.id) ?? 0) + 1);
      assigned.push({ taskId: task.id, nodeId: best.id });
    } else pending.push({ taskId: task.id, text: 'no suitable node' });
  }
  return { assigned, pending };
}

/** A store, the control loop on it, and an agent for all nodes, in virtual time. */
export class World {
  readonly clock = new FakeClock();
  store = new MemoryStore({ clock: this.clock });
  ports: Ports;
  /** Decides what happens to a task that is free to run; by default it runs. */
  fate: (task: Task) => Fate = () => 'run';
  wakeAt: number | undefined;
  /** Asked before each pass: the number of changes after which the leader is lost, with the rest of them. */
  cut: () => number | undefined = () => undefined;

  constructor(seed = 1) {
    const random = seededRandom(seed);
    this.ports = { newId: () => newId(random), place: placeEvenly, meets };
  }

  get now(): number {
    return this.clock.now();
  }

  tasks(where: (task: Task) => boolean = () => true): Task[] {
    const found = this.store.view((tx) => tx.tasks().find(undefined, { where }));
    return found.sort((a, b) => a.slot - b.slot || a.meta.createdAt - b.meta.createdAt || (a.id < b.id ? -1 : 1));
  }

  /** The tasks that should run. */
  wanted(): Task[] {
    return this.tasks(({ desiredState }) => taskStateOrder(desiredState) <= taskStateOrder('complete'));
  }

  running(): Task[] {
    return this.wanted().filter(({ status }) => status.state === 'running');
  }

  service(id = 's1'): Service {
    return this.store.view((tx) => {
      const service = tx.services().get(id);
      if (!service) throw new Error(`no service ${id}`);
      return service;
    });
  }

  async addNodes(...ids: string[]): Promise<void> {
    for (const id of ids)
      await this.store.update((tx) => {
        tx.nodes().create({ id, description: { hostname: id }, status: { state: 'ready', timestamp: this.now } });
      });
  }

  async changeNode(id: string, change: (node: Node) => Node): Promise<void> {
    await this.store.update((tx) => {
      const node = tx.nodes().get(id);
      if (node) tx.nodes().update(change(node));
    });
  }

  async setNodeState(id: string, state: Node['status']['state']): Promise<void> {
    await this.changeNode(id, (node) => ({ ...node, status: { ...node.status, state, timestamp: this.now } }));
  }

  async setAvailability(id: string, availability: Node['spec']['availability']): Promise<void> {
    await this.changeNode(id, (node) => ({ ...node, spec: { ...node.spec, availability } }));
  }

  async label(id: string, labels: Record<string, string>): Promise<void> {
    await this.changeNode(id, (node) => ({
      ...node,
      spec: { ...node.spec, annotations: { ...node.spec.annotations, labels } },
    }));
  }

  /** Creates a service as the API does. */
  async addService(spec: DeepPartial<ServiceSpec> = {}, id = 's1'): Promise<void> {
    await this.store.update((tx) => {
      const service = tx.services().create({ id, spec: { annotations: { name: id }, ...spec } });
      tx.services().update(serviceRules.prepare?.(service, undefined, tx.version) ?? service);
    });
  }

  /** Writes a service as the API does. */
  async changeService(change: (service: Service) => DeepPartial<Service>, id = 's1'): Promise<void> {
    await this.store.update((tx) => {
      const old = tx.services().get(id);
      if (!old) throw new Error(`no service ${id}`);
      const given = tx.services().update({ ...change(old), id, meta: {} });
      tx.services().update(serviceRules.prepare?.(given, old, tx.version) ?? given);
    });
  }

  async changeSpec(change: (spec: ServiceSpec) => DeepPartial<ServiceSpec>, id = 's1'): Promise<void> {
    await this.changeService((service) => ({ ...service, spec: change(service.spec) }), id);
  }

  /** Another image, and nothing else. */
  async setImage(image: string, id = 's1'): Promise<void> {
    await this.changeSpec((spec) => ({ ...spec, task: { ...spec.task, container: { image } } }), id);
  }

  async scale(replicas: number, id = 's1'): Promise<void> {
    await this.changeSpec((spec) => ({ ...spec, mode: { replicated: { replicas } } }), id);
  }

  /** Writes a task as it is given: for the state of a store that another leader left. */
  async addTask(task: DeepPartial<Task>): Promise<Task> {
    return this.store.update((tx) => tx.tasks().create({ serviceId: 's1', ...task }));
  }

  /** Reports a state of a task, as an agent does: states never go back. */
  async report(task: Task, state: TaskState): Promise<void> {
    await this.store.update((tx) => {
      const stored = tx.tasks().get(task.id);
      if (!stored || taskStateOrder(stored.status.state) >= taskStateOrder(state)) return;
      const runningAt = state === 'running' ? { runningAt: this.now } : {};
      tx.tasks().update({ ...stored, status: { ...stored.status, state, timestamp: this.now, ...runningAt } });
    });
  }

  /** Runs passes until one has nothing to do: that must be soon. */
  async settle(): Promise<void> {
    for (let pass = 0; pass < passesMax; pass++) if ((await this.pass()) === 0) return;
    expect.fail(`${passesMax} passes and still something to do`);
  }

  /** One pass. Everything that it writes keeps the rules of tasks. */
  async pass(): Promise<number> {
    const { changes, wakeAt } = this.store.view((tx) => step(tx, this.now, this.ports));
    this.wakeAt = wakeAt;
    for (const change of changes) if (change.kind === 'task') this.expectForward(change.object);
    const kept = changes.slice(0, this.cut());
    if (kept.length > 0) await this.store.update((tx) => applyChanges(tx, kept));
    if (kept.length < changes.length) await this.changeLeader();
    return changes.length;
  }

  /** Another member leads from here on: it has the content of the store, and nothing else. */
  async changeLeader(): Promise<void> {
    const saved = this.store.save();
    this.store = new MemoryStore({ clock: this.clock });
    await this.store.restore(JSON.parse(JSON.stringify(saved)));
  }

  protected expectForward(task: Task): void {
    const old = this.store.view((tx) => tx.tasks().get(task.id));
    if (!old) return;
    expect(taskStateOrder(task.status.state), task.id).toBeGreaterThanOrEqual(taskStateOrder(old.status.state));
    expect(taskStateOrder(task.desiredState), task.id).toBeGreaterThanOrEqual(taskStateOrder(old.desiredState));
    if (old.nodeId !== undefined) expect(task.nodeId).toBe(old.nodeId);
  }

  /** The agent does all that it can do now; tells whether that was anything. */
  async act(): Promise<boolean> {
    const before = this.store.version;
    for (const task of this.tasks()) {
      const node = this.store.view((tx) => tx.nodes().get(task.nodeId ?? ''));
      if (!node || node.status.state !== 'ready' || isOver(task)) continue;
      if (taskStateOrder(task.status.state) < taskStateOrder('assigned')) continue;
      await this.#play(task);
    }
    return this.store.version !== before;
  }

  async #play(task: Task): Promise<void> {
    const fate = this.fate(task);
    if (fate === 'hang') return;
    if (taskStateOrder(task.desiredState) >= taskStateOrder('shutdown')) await this.report(task, 'shutdown');
    else if (fate === 'reject') await this.report(task, 'rejected');
    else if (task.desiredState === 'ready') await this.report(task, 'ready');
    else if (task.status.state !== 'running') await this.report(task, 'running');
    else if (fate === 'fail') await this.report(task, 'failed');
    else if (fate === 'complete' || task.desiredState === 'complete') await this.report(task, 'complete');
  }

  /** Control loop and agent do all that is to be done without time passing. */
  async rest(): Promise<void> {
    for (let round = 0; round < 50; round++) {
      await this.settle();
      if (!(await this.act())) return;
    }
    expect.fail('loop and agent do not come to rest');
  }

  /** Time passes: the loop wakes when it asked for it, and the agent works. */
  async run(ms: number): Promise<void> {
    const end = this.now + ms;
    await this.rest();
    while (this.wakeAt !== undefined && this.wakeAt <= end) {
      this.clock.advance(this.wakeAt - this.now);
      await this.rest();
    }
    this.clock.advance(end - this.now);
    await this.rest();
  }
}
