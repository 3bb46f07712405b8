import type { Rights } from '../../api/index.js';
import { all, byServiceId, type Node, type ReadTx, type Service, type Task } from '../../kinds/index.js';
import { isOver, isWanted } from '../../orchestrate/index.js';
import { explainTask, TaskNodes } from '../../schedule/index.js';
import type { ServiceShape, ServicesShape, TaskShape } from '../shapes.js';
import { readableIn } from './objects.js';
import { type JsonRoute, read } from './route.js';

/** Most nodes that say why they do not take a task, and most tasks of a service that are shown. */
const answersMax = 10;
const tasksMax = 200;

/** Services of the cluster with their tasks. */
export const serviceRoutes: readonly JsonRoute[] = [
  {
    path: '/api/services',
    says: 'services with their tasks, and why a task waits: limit, after',
    answer: (call) => {
      const limit = call.asked.limit();
      const after = call.asked.text('after');
      return read(call, ({ tx, version, rights }): ServicesShape => {
        rights.checkKind('service');
        const found = [...readableIn(tx, 'service', { by: all, limit: limit + 1, after, rights })] as Service[];
        const nodes = tx
          .nodes()
          .find()
          .filter((node) => rights.mayRead('node', node));
        const shown = found.slice(0, limit);
        const explaining = new Explaining(tx, { nodes, rights, now: call.clock.now() });
        return {
          version,
          services: shown.map((service) => explaining.service(service)),
          nodes: nodes.map((node) => ({
            id: node.id,
            name: nameOf(node),
            state: node.status.state,
            availability: node.spec.availability,
            message: node.status.message,
          })),
          ...(found.length > limit && { next: shown.at(-1)?.id ?? '' }),
        };
      });
    },
  },
];

function nameOf({ id, description }: Node): string {
  return description?.hostname || id;
}

class Explaining {
  readonly #tx: ReadTx;
  readonly #nodes: readonly Node[];
  readonly #names: ReadonlyMap<string, string>;
  readonly #rights: Rights;
  /** True where the reader may read all that the reason for a waiting task names. */
  readonly #explains: boolean;
  readonly #now: number;
  #fill: TaskNodes | undefined;

  constructor(tx: ReadTx, asked: { readonly nodes: readonly Node[]; readonly rights: Rights; readonly now: number }) {
    const { nodes, rights, now } = asked;
    this.#now = now;
    this.#rights = rights;
    this.#explains = nodes.length === tx.nodes().count();
    this.#tx = tx;
    this.#nodes = nodes;
    this.#names = new Map(nodes.map((node) => [node.id, nameOf(node)]));
  }

  service(service: Service): ServiceShape {
    const { id, spec, updateStatus } = service;
    const tasks = this.#tx
      .tasks()
      .find(byServiceId(id))
      .filter((task) => this.#rights.mayRead('task', task));
    const open = tasks.filter((task) => isWanted(task) || !isOver(task));
    const [mode = 'replicated'] = Object.keys(spec.mode);
    return {
      id,
      name: spec.annotations.name,
      mode,
      image: spec.task.container?.image ?? '',
      wanted: wantedOf(spec.mode),
      running: open.filter(({ status }) => status.state === 'running').length,
      update: updateStatus && updateStatus.state !== 'unknown' ? updateStatus.state : '',
      tasks: open
        .slice(0, tasksMax)
        .sort((a, b) => a.slot - b.slot)
        .map((task) => this.#task(task)),
    };
  }

  #task(task: Task): TaskShape {
    const { id, slot, nodeId, status, desiredState, serviceAnnotations, annotations } = task;
    const node = nodeId === undefined ? '' : (this.#names.get(nodeId) ?? nodeId);
    return {
      id,
      name: annotations.name || `${serviceAnnotations.name}.${slot === 0 ? node : slot}`,
      slot,
      node,
      state: status.state,
      desiredState,
      since: status.timestamp,
      message: status.message,
      error: status.err,
      ...(this.#explains && status.state === 'pending' && isWanted(task) && this.#placement(task)),
    };
  }

  #placement(task: Task): Pick<TaskShape, 'waits' | 'help' | 'nodes'> {
    this.#fill ??= TaskNodes.of(this.#nodes, this.#tx.tasks().find());
    const { nodes, text, help } = explainTask(task, { view: this.#fill, now: this.#now });
    return {
      ...(text !== undefined && { waits: text }),
      ...(help !== undefined && { help }),
      nodes: nodes
        .slice(0, answersMax)
        .map((one) =>
          one.fits ? { node: one.node.name, fits: true } : { node: one.node.name, fits: false, text: one.text },
        ),
    };
  }
}

function wantedOf(mode: Service['spec']['mode']): number | null {
  if ('replicated' in mode) return mode.replicated.replicas;
  if ('replicatedJob' in mode) return mode.replicatedJob.totalCompletions;
  return null;
}
