import { type Clock, Slicer } from '../../base/clock.js';
import { messageOf } from '../../base/errors.js';
import { newId } from '../../base/ids.js';
import type { Logger } from '../../base/log.js';
import type { Random } from '../../base/random.js';
import { Repeats } from '../../base/repeats.js';
import {
  byNodeId,
  byServiceId,
  type Event,
  type Kind,
  kindNames,
  type Node,
  type ReadTx,
  type Service,
  type Specifier,
  specifierFor,
  type Task,
} from '../../kinds/index.js';
import { meetsPlacement, placeTasks } from '../../schedule/index.js';
import { applyChange } from '../apply.js';
import { type Content, Draft, type DraftPorts } from '../draft.js';
import type { Pass, PassWork } from '../loop/index.js';
import type { Change, Placements } from '../ports.js';
import { isPerNode } from '../slot.js';
import { stepNode, stepServices } from '../step.js';
import { isAllocated, isUnassigned, isWanted } from '../task.js';
import { Agenda, type Sort } from './agenda.js';
import { driverOfNetwork } from './network-driver.js';
import { isSameForTasks, loadChange, Picture } from './picture.js';
import { Waiting } from './waiting.js';

/** Changes after which a pass ends, and most tasks that one unit makes. */
const changesMost = 200;
/** Tasks that are read at a time when the work begins, and tasks without a service that are settled together. */
const pageSize = 200;
/** Passes whose changes are on their way at a time: the disks of a majority are waited for together. */
const passesAhead = 8;
/** Pause before a unit that failed is settled again, ms. */
const failedMs = 60_000;

const watched: readonly Kind[] = ['service', 'task', 'node', 'cluster', 'network'];

export interface ControlPassesOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** Position of the first look at a store. */
type Loading = 'begin' | { readonly after: string | undefined } | 'done';

/**
 * Passes of the control loop that look only at what may have changed. Events say which services, nodes and tasks those
 * are; each is settled by itself, as `step` settles all.
 * @see docs/design/orchestrate.md
 */
export class ControlPasses implements PassWork<Change> {
  readonly name = 'orchestrator';
  readonly events: readonly Specifier[] = watched
    .filter((kind) => kindNames.includes(kind))
    .flatMap((kind) =>
      (['create', 'update', 'delete'] as const).map((action) => specifierFor(action, kind, undefined)),
    );
  readonly apply = applyChange;
  readonly unitOf = unitOf;
  readonly ahead = passesAhead;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #ports: DraftPorts;
  readonly #news = new Repeats();
  #picture = new Picture();
  #agenda = new Agenda();
  #waiting = new Waiting();
  /** Services that wait for ports, and services with one task a node. */
  #portless = new Set<string>();
  #perNode = new Set<string>();
  /** Nodes whose change concerns the tasks on them. */
  #changedNodes = new Set<string>();
  #loading: Loading = 'begin';
  #allServices = false;

  constructor({ clock, random, logger }: ControlPassesOptions) {
    this.#clock = clock;
    this.#logger = logger;
    this.#ports = { newId: () => newId(random), meets: meetsPlacement };
  }

  begin(): void {
    this.#picture = new Picture();
    this.#agenda = new Agenda();
    this.#waiting = new Waiting();
    this.#portless = new Set();
    this.#perNode = new Set();
    this.#changedNodes = new Set();
    this.#loading = 'begin';
    this.#allServices = false;
  }

  onEvent(event: Event): void {
    if (event.action === 'commit') return;
    const old = event.action === 'update' ? event.old : event.action === 'delete' ? event.object : undefined;
    const object = event.action === 'delete' ? undefined : event.object;
    if (event.kind === 'task') this.#onTask(old as Task | undefined, object as Task | undefined);
    else if (event.kind === 'service') this.#onService(event.object.id, object as Service | undefined);
    else if (event.kind === 'node') this.#onNode(old as Node | undefined, object as Node | undefined);
    else if (event.kind === 'cluster') this.#allServices = true;
    else this.#waiting.noteRoom();
  }

  #onTask(old: Task | undefined, task: Task | undefined): void {
    const { id, serviceId } = (task ?? old) as Task;
    this.#picture.restoreTask(id, task);
    const load = loadChange(old, task);
    if (load === 'less') this.#waiting.noteRoom();
    if (load === 'more') {
      this.#waiting.noteFuller();
      if (task?.nodeId !== undefined && this.#picture.isSuspect(task)) this.#agenda.add('node', task.nodeId);
    }
    if (serviceId !== undefined) this.#agenda.add('service', serviceId);
    else if (task) this.#noteLoose(task);
    else this.#forgetLoose(id);
  }

  /** A task without a service has something to settle before it has a node, and when it is to go. */
  #noteLoose(task: Task): void {
    const lost = task.nodeId !== undefined && !this.#picture.node(task.nodeId);
    if (isUnassigned(task) || !isWanted(task) || lost) this.#agenda.add('task', task.id);
    if (!isUnassigned(task)) this.#waiting.setTask(task.id, false);
  }

  #forgetLoose(id: string): void {
    this.#waiting.setTask(id, false);
    this.#agenda.wake('task', id, undefined);
  }

  #onService(id: string, service: Service | undefined): void {
    const freed = service ? this.#picture.claims.set(service) : this.#picture.claims.remove(id);
    if (freed) for (const waiting of this.#portless) this.#agenda.add('service', waiting);
    this.#agenda.add('service', id);
  }

  #onNode(old: Node | undefined, node: Node | undefined): void {
    const { id } = (node ?? old) as Node;
    if (node) this.#picture.setNode(node);
    else this.#picture.removeNode(id);
    if (old && node && isSameForTasks(old, node)) return;
    this.#changedNodes.add(id);
    this.#agenda.add('node', id);
    for (const service of this.#perNode) this.#agenda.add('service', service);
    this.#waiting.noteRoom();
  }

  onDropped(changes: readonly Change[], view: ReadTx): void {
    for (const change of changes) {
      this.#restore(change, view);
      this.#agenda.park(...ownerOf(change));
      // Also where the service has nothing to say: the enforcer rejects tasks of a node for any service.
      if (change.kind === 'task' && change.object.nodeId !== undefined) this.#agenda.park('node', change.object.nodeId);
    }
  }

  onSettled(changes: readonly Change[]): void {
    for (const change of changes) this.#agenda.release(...ownerOf(change));
  }

  #restore({ kind, object }: Change, view: ReadTx): void {
    if (kind === 'task') this.#picture.restoreTask(object.id, view.tasks().get(object.id));
    else if (kind === 'service') this.#picture.restoreService(object.id, view.services().get(object.id));
  }

  pass(view: ReadTx, now: number): Pass<Change> {
    const slicer = new Slicer(this.#clock);
    if (this.#loading !== 'done') {
      this.#load(view, slicer);
      return { changes: [], more: true };
    }
    this.#plan(view, now);
    const changes: Change[] = [];
    const isFull = () => changes.length >= changesMost || slicer.due;
    for (const sort of ['node', 'service', 'task'] as const) {
      while (this.#agenda.has(sort)) {
        const decided = this.#settle(sort, view, now);
        for (const change of decided) this.#agenda.hold(...ownerOf(change));
        changes.push(...decided);
        if (isFull()) return this.#end(changes);
      }
    }
    return this.#end(changes);
  }

  #end(changes: readonly Change[]): Pass<Change> {
    const wakeAt = Math.min(this.#agenda.wakeAt, this.#waiting.dueAt);
    return { changes, more: !this.#agenda.empty, ...(wakeAt !== Infinity && { wakeAt }) };
  }

  /** Takes in the whole store, a page of tasks at a time. What changes meanwhile comes as events. */
  #load(view: ReadTx, slicer: Slicer): void {
    if (this.#loading === 'begin') {
      for (const node of view.nodes().find()) {
        this.#picture.setNode(node);
        this.#agenda.add('node', node.id);
      }
      for (const service of view.services().find()) this.#onService(service.id, service);
      this.#loading = { after: undefined };
    }
    while (this.#loading !== 'done' && !slicer.due) {
      const page: Task[] = view
        .tasks()
        .find(undefined, { limit: pageSize, after: (this.#loading as { after?: string }).after });
      for (const task of page) {
        this.#picture.setTask(task);
        if (task.serviceId !== undefined) this.#agenda.add('service', task.serviceId);
        else this.#noteLoose(task);
      }
      const last = page.at(-1);
      this.#loading = last && page.length === pageSize ? { after: last.id } : 'done';
    }
  }

  /** Finds what is due now. */
  #plan(view: ReadTx, now: number): void {
    this.#agenda.turn(now);
    if (this.#allServices) for (const { id } of view.services().find()) this.#agenda.add('service', id);
    this.#allServices = false;
    const due = this.#waiting.takeDue(now);
    for (const id of due?.services ?? []) this.#agenda.addFirst('service', id);
    for (const id of due?.tasks ?? []) this.#agenda.addFirst('task', id);
  }

  /** Settles the next unit of its sort: a failure is its own, and leaves no trace. */
  #settle(sort: Sort, view: ReadTx, now: number): readonly Change[] {
    const ids = this.#take(sort);
    const draft = new Draft(this.#content(sort, ids, view), now, this.#ports);
    try {
      if (sort === 'node') return this.#settleNode(ids[0] ?? '', draft);
      const { changes, wakeAt } = stepServices(draft);
      this.#follow(changes);
      if (sort === 'service') this.#noteService(ids[0] ?? '', draft, wakeAt);
      else for (const id of ids) this.#noteTask(id, draft, wakeAt);
      return changes;
    } catch (error) {
      for (const change of draft.changes()) this.#restore(change, view);
      for (const id of ids) this.#agenda.wake(sort, id, now + failedMs);
      const error_ = messageOf(error);
      if (this.#news.isNews(`${sort} ${error_}`, this.#clock.monotonic()))
        this.#logger.error('orchestrator: a decision failed; it is tried again in a minute', {
          [sort]: ids[0],
          error: error_,
        });
      return [];
    }
  }

  /** One node or service; of tasks without a service as many as are worth it. */
  #take(sort: Sort): string[] {
    const most = sort === 'task' ? pageSize : 1;
    const ids: string[] = [];
    for (let id = this.#agenda.take(sort); id !== undefined; id = this.#agenda.take(sort)) {
      ids.push(id);
      if (ids.length === most) break;
    }
    return ids;
  }

  #settleNode(id: string, draft: Draft): readonly Change[] {
    const { changes, wakeAt } = stepNode(draft);
    this.#follow(changes);
    this.#agenda.wake('node', id, wakeAt);
    if (!this.#changedNodes.delete(id)) return changes;
    for (const { id: taskId, serviceId } of draft.tasks()) {
      if (serviceId === undefined) this.#agenda.add('task', taskId);
      else this.#agenda.add('service', serviceId);
    }
    return changes;
  }

  #noteService(id: string, draft: Draft, wakeAt: number | undefined): void {
    const service = draft.service(id);
    this.#agenda.wake('service', id, wakeAt);
    this.#waiting.setService(id, draft.tasks().some(isWaiting));
    setIn(this.#portless, id, service !== undefined && !isAllocated(service));
    setIn(this.#perNode, id, service !== undefined && isPerNode(service));
  }

  #noteTask(id: string, draft: Draft, wakeAt: number | undefined): void {
    const task = draft.task(id);
    this.#waiting.setTask(id, task !== undefined && isWaiting(task));
    const timed = task !== undefined && !isUnassigned(task);
    this.#agenda.wake('task', id, timed ? wakeAt : undefined);
  }

  /** Counts decisions as if they were written. */
  #follow(changes: Iterable<Change>): void {
    for (const change of changes) {
      if (change.kind !== 'task') continue;
      if (change.do === 'delete') this.#picture.removeTask(change.object.id);
      else this.#picture.setTask(change.object);
    }
  }

  #content(sort: Sort, ids: readonly string[], view: ReadTx): Content {
    const [id = ''] = ids;
    const picture = this.#picture;
    const present = <T>(value: T | undefined) => (value === undefined ? [] : [value]);
    const tasks = {
      node: () => view.tasks().find(byNodeId(id)),
      service: () => view.tasks().find(byServiceId(id)),
      task: () => ids.flatMap((one) => present(view.tasks().get(one))),
    };
    return {
      nextVersion: view.version + 1,
      cluster: view.clusters().find(undefined, { limit: 1 })[0],
      services: sort === 'service' ? present(view.services().get(id)) : [],
      tasks: tasks[sort](),
      ownNodes: sort === 'node' ? present(picture.node(id)) : [],
      nodes: () => picture.nodes(),
      node: (nodeId) => picture.node(nodeId),
      service: (serviceId) => view.services().get(serviceId),
      claims: picture.claims,
      place: (waiting, draft) => this.#place(waiting, draft, view),
      createMost: changesMost,
    };
  }

  #place(tasks: readonly Task[], draft: Draft, view: ReadTx): Placements {
    this.#follow(draft.changes());
    return placeTasks({
      tasks,
      view: this.#picture.taskNodes,
      now: draft.now,
      driverOfNetwork: (id) => driverOfNetwork(view, id),
    });
  }
}

const isWaiting = (task: Task) => isUnassigned(task) && isWanted(task);

function setIn(set: Set<string>, id: string, member: boolean): void {
  if (member) set.add(id);
  else set.delete(id);
}

/** The unit that an object is settled with: changes of one rest on each other. */
function ownerOf({ kind, object }: Change): readonly [Sort, string] {
  if (kind !== 'task') return [kind, object.id];
  return object.serviceId === undefined ? ['task', object.id] : ['service', object.serviceId];
}

const unitOf = (change: Change) => ownerOf(change)[1];
