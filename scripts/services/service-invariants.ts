import { taskLabel } from '../../src/fleet/driver/labels.js';
import type { ObjectEvent } from '../../src/kinds/index.js';
import {
  type EngineBody,
  engines,
  type LockBody,
  locks,
  type Node,
  type Service,
  type Stored,
  type Task,
  type TaskState,
  taskStateOrder,
} from '../../src/kinds/index.js';
import type { FakeEvent } from '../../src/testing/fake-engine/events.js';
import { Violation } from '../../src/testing/raft-invariants.js';
import { beginning } from '../../src/testing/sim-clock.js';
import type { ManagerProcess } from './manager.js';
import type { SimEngine, SimRequest } from './sim-engine.js';

/** Longest time from a committed shutdown to a start that a manager still sends: its lease, and a second, ms. */
const startLateMs = 11_000;

type Engine = Stored<EngineBody>;
type Lock = Stored<LockBody>;

/** What has been seen of a task, in virtual time. */
interface Seen {
  readonly createdAt: number;
  shutdownAt?: number;
  runningAt?: number;
}

const order = (state: TaskState) => taskStateOrder(state);
const isStopped = (task: Task) => order(task.desiredState) >= order('shutdown');
const failedStates: readonly TaskState[] = ['failed', 'rejected', 'complete'];

/** Promises about services, their tasks and the containers of these: asked after every commit and before every call. */
export class ServiceInvariants {
  readonly #now: () => number;
  /** False when wall clocks jump: times of the store then say nothing about the true ones. */
  readonly #clocksHold: boolean;
  readonly #tasks = new Map<string, Task>();
  readonly #seen = new Map<string, Seen>();
  readonly #services = new Map<string, Service>();
  readonly #nodes = new Map<string, Node>();
  readonly #engines = new Map<string, Engine>();
  readonly #locks = new Map<string, Lock>();
  readonly #created = new Map<string, string>();
  /** Starts, creations and other things that happened. */
  readonly counts = { containers: 0, starts: 0, updatesCompleted: 0, restarts: 0, rollbacks: 0 };
  /** Containers that belong to nobody here, by their ids. */
  readonly #foreign = new Set<string>();

  constructor(now: () => number, clocksHold: boolean) {
    this.#now = now;
    this.#clocksHold = clocksHold;
  }

  get tasks(): readonly Task[] {
    return [...this.#tasks.values()];
  }

  get services(): readonly Service[] {
    return [...this.#services.values()];
  }

  task(id: string): Task | undefined {
    return this.#tasks.get(id);
  }

  foreign(id: string): void {
    this.#foreign.add(id);
  }

  /** Takes in a transaction that no member had committed before. */
  onCommit(events: readonly ObjectEvent[]): void {
    for (const event of events) {
      if (event.kind === 'task') this.#onTask(event.action, event.object);
      else if (event.kind === 'service') this.#onService(event.action, event.object);
      else if (event.kind === 'node') put(this.#nodes, event.action, event.object);
      else if ((event.kind as string) === engines.name)
        put(this.#engines, event.action, event.object as unknown as Engine);
      else if ((event.kind as string) === locks.name) put(this.#locks, event.action, event.object as unknown as Lock);
    }
  }

  #onTask(action: string, task: Task): void {
    const { id } = task;
    const old = this.#tasks.get(id);
    if (action === 'delete') {
      this.#tasks.delete(id);
      return;
    }
    const seen = this.#seen.get(id) ?? { createdAt: task.meta.createdAt - beginning };
    this.#seen.set(id, seen);
    if (old?.nodeId !== undefined && old.nodeId !== task.nodeId)
      throw new Violation('NodeOnce', `task ${id} moved from node ${old.nodeId} to ${task.nodeId}`);
    if (old && order(task.status.state) < order(old.status.state))
      throw new Violation('StatesOnlyForward', `task ${id} went from ${old.status.state} back to ${task.status.state}`);
    if (old && order(task.desiredState) < order(old.desiredState))
      throw new Violation(
        'StatesOnlyForward',
        `task ${id} was to be ${old.desiredState}, and is to be ${task.desiredState}`,
      );
    if (isStopped(task)) seen.shutdownAt ??= this.#now();
    if (task.status.state === 'running') seen.runningAt ??= (task.status.runningAt ?? 0) - beginning;
    if (old?.desiredState === 'ready' && task.desiredState === 'running') this.#onReleased(task, seen);
    this.#tasks.set(id, task);
  }

  /** A replacement may start: not before the pause after a failure. */
  #onReleased(task: Task, { createdAt }: Seen): void {
    const before = this.tasks.filter(
      (one) =>
        one.id !== task.id && one.serviceId === task.serviceId && one.slot === task.slot && one.slot > 0 &&
        (this.#seen.get(one.id)?.createdAt ?? Infinity) < createdAt,
    ); // prettier-ignore
    const last = before.sort(
      (a, b) => (this.#seen.get(b.id)?.createdAt ?? 0) - (this.#seen.get(a.id)?.createdAt ?? 0),
    )[0];
    if (!last || last.specVersion !== task.specVersion || !failedStates.includes(last.status.state)) return;
    if (this.#isMoved(last)) return;
    this.counts.restarts++;
    const delayMs = task.spec.restart?.delayMs ?? 5_000;
    const waited = this.#now() - createdAt;
    if (this.#clocksHold && waited < delayMs)
      throw new Violation(
        'RestartDelay',
        `task ${task.id} may start ${Math.round(waited)} ms after ${last.id} failed; its delay is ${delayMs} ms`,
      );
  }

  /** Tells whether the task has lost its node: another one takes its place without a pause. */
  #isMoved({ nodeId }: Task): boolean {
    const node = this.#nodes.get(nodeId ?? '');
    return node?.status.state === 'down' || node?.spec.availability === 'drain';
  }

  #onService(action: string, service: Service): void {
    const old = this.#services.get(service.id);
    put(this.#services, action, service);
    const [before, now] = [old?.updateStatus?.state, service.updateStatus?.state];
    if (now === 'rollbackStarted' && before !== now) this.counts.rollbacks++;
    if (now !== 'completed' || before === now) return;
    this.counts.updatesCompleted++;
    const monitorMs = service.spec.update?.monitorMs ?? 5_000;
    const config = service.spec.update;
    if (!this.#clocksHold || config?.failureAction === 'continue') return;
    for (const task of this.tasks) {
      if (task.serviceId !== service.id || task.specVersion !== service.specVersion || isStopped(task)) continue;
      const since = this.#seen.get(task.id)?.runningAt;
      const isFirst = this.tasks.some(
        (one) =>
          one.serviceId === service.id &&
          one.slot === task.slot &&
          one.specVersion !== task.specVersion &&
          isStopped(one),
      );
      const others = this.tasks.some(
        (one) =>
          one !== task &&
          one.serviceId === service.id &&
          one.slot === task.slot &&
          one.specVersion === task.specVersion,
      );
      if (!isFirst || others || since === undefined) continue;
      if (this.#now() - since < monitorMs)
        throw new Violation(
          'UpdateMonitor',
          `the update of ${service.id} is complete ${Math.round(this.#now() - since)} ms after task ${task.id} began to run; it is watched for ${monitorMs} ms`,
        );
    }
  }

  /** Something happened on an engine. */
  onEvent(engine: SimEngine, { type, action, id, attributes }: FakeEvent): void {
    if (type !== 'container') return;
    if (this.#foreign.has(id))
      throw new Violation(
        'ForeignTouched',
        `${action} of a container on ${engine.address} that is not of this cluster`,
      );
    const taskId = attributes[taskLabel];
    if (taskId === undefined) return;
    if (action === 'start') this.counts.starts++;
    if (action !== 'create') return;
    this.counts.containers++;
    const other = this.#created.get(taskId);
    if (other !== undefined)
      throw new Violation(
        'OneContainer',
        `task ${taskId} has a second container, ${id} on ${engine.address}, after ${other}`,
      );
    this.#created.set(taskId, `${id} on ${engine.address}`);
  }

  /** A manager is about to send a request. */
  onSend(process: ManagerProcess, engine: SimEngine, { method, path }: SimRequest): void {
    if (method === 'GET' || method === 'HEAD') return;
    const [object] = [...this.#engines.values()].filter(({ addr }) => addr === engine.address);
    const lock = [...this.#locks.values()].find((one) => one.lock === `engine/${object?.id}`);
    if (!lock || !process.leases.has(lock.lease))
      throw new Violation(
        'OneDriver',
        `${process.name} sends ${method} ${path} to ${engine.address}, whose lock is ${lock ? `of ${lock.holder}` : 'free'}`,
      );
    const [, start] = /^\/containers\/([^/]+)\/start$/.exec(path) ?? [];
    const [, removed] = method === 'DELETE' ? (/^\/containers\/([^/]+)$/.exec(path) ?? []) : [];
    const taskId = this.#taskOf(engine, start ?? removed);
    if (taskId === undefined) return;
    if (start !== undefined) this.#onStart(process, taskId);
    const task = this.#tasks.get(taskId);
    if (removed !== undefined && task && task.nodeId === object?.nodeId)
      throw new Violation(
        'WantedRemoved',
        `${process.name} removes the container of task ${taskId}, which exists, from ${engine.address}`,
      );
    if (removed !== undefined) this.#onRemoval(process, taskId);
  }

  /** A store that may lag behind is not believed when it lacks a task. */
  #onRemoval({ name, replica, confirmedGone }: ManagerProcess, taskId: string): void {
    if (replica.store.view((tx) => tx.tasks().get(taskId)) || confirmedGone.has(taskId)) return;
    throw new Violation(
      'AskedBeforeRemoval',
      `${name} removes the container of task ${taskId}, which its own store lacks, and no read of everything committed`,
    );
  }

  #onStart({ name, replica }: ManagerProcess, taskId: string): void {
    const own = replica.store.view((tx) => tx.tasks().get(taskId));
    if (own && isStopped(own))
      throw new Violation(
        'NoStartAfterShutdown',
        `${name} starts task ${taskId}, which its own store wants to be ${own.desiredState}`,
      );
    const since = this.#seen.get(taskId)?.shutdownAt;
    if (since !== undefined && this.#now() - since > startLateMs)
      throw new Violation(
        'NoStartAfterShutdown',
        `${name} starts task ${taskId} ${Math.round(this.#now() - since)} ms after its shutdown was committed`,
      );
  }

  #taskOf({ model }: SimEngine, idOrName: string | undefined): string | undefined {
    if (idOrName === undefined) return undefined;
    const found = [...model.containers.all].find(({ id, name }) => id === idOrName || name === idOrName);
    return found?.labels[taskLabel];
  }

  /** What is wrong with the services and containers of a cluster that is at rest; empty when nothing is. */
  wrong(all: readonly SimEngine[], activeNodes: ReadonlySet<string>): string {
    for (const service of this.#services.values()) {
      const { mode, annotations } = service.spec;
      const wanted = 'replicated' in mode ? mode.replicated.replicas : activeNodes.size;
      const running = this.tasks.filter(
        (task) => task.serviceId === service.id && task.status.state === 'running' && !isStopped(task),
      );
      if (running.length !== wanted)
        return `${annotations.name} has ${running.length} tasks of ${wanted}: ${this.#states(service.id)}`;
      const outdated = running.find(
        ({ specVersion, spec }) =>
          specVersion !== service.specVersion && spec.container?.image !== service.spec.task.container?.image,
      );
      if (outdated && service.updateStatus?.state !== 'paused') return `${annotations.name} has a task of an old spec`;
    }
    for (const engine of all) {
      const node = [...this.#engines.values()].find(({ addr }) => addr === engine.address)?.nodeId;
      for (const { labels, running, id } of engine.model.containers.all) {
        const taskId = labels[taskLabel];
        if (taskId === undefined || this.#foreign.has(id)) continue;
        const task = this.#tasks.get(taskId);
        if (!task || task.nodeId !== node)
          return `${engine.address} has a container of task ${taskId}, which is ${task ? 'elsewhere' : 'gone'}`;
        if (running && isStopped(task))
          return `${engine.address} runs task ${taskId}, which is to be ${task.desiredState}`;
      }
    }
    for (const task of this.tasks) {
      if (isStopped(task) || task.status.state !== 'running') continue;
      const engine = all.find(({ address }) =>
        [...this.#engines.values()].some(({ addr, nodeId }) => addr === address && nodeId === task.nodeId),
      );
      const here = [...(engine?.model.containers.all ?? [])].filter(
        ({ labels, running }) => running && labels[taskLabel] === task.id,
      );
      if (here.length !== 1) return `task ${task.id} has ${here.length} running containers`;
    }
    return '';
  }

  #states(serviceId: string): string {
    const all = this.tasks.filter((task) => task.serviceId === serviceId && !isStopped(task));
    return all
      .map(
        ({ id, nodeId, desiredState, status }) =>
          `${id.slice(0, 6)}@${nodeId?.slice(0, 4) ?? '-'} ${desiredState}/${status.state} ${status.err}`,
      )
      .join(', ');
  }
}

function put<T extends { readonly id: string }>(map: Map<string, T>, action: string, object: T): void {
  if (action === 'delete') map.delete(object.id);
  else map.set(object.id, object);
}
