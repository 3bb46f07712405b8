import type { Command } from 'commander';
import { systemClock } from '../../base/clock.js';
import { StoreError } from '../../base/store-error.js';
import type { Client } from '../../client/index.js';
import { kindNames, kindOf, type Service, type Task } from '../../kinds/index.js';
import { isOver, isWanted } from '../../orchestrate/index.js';
import { explainTask, TaskNodes } from '../../schedule/index.js';
import { type StaleFlag, withStale } from '../arguments.js';
import { type Context, type GlobalFlags, globalFlags, withClient } from '../context.js';
import { customKind, explainKind, printKind } from '../explain-kind.js';
import { printable, printList, printOne, type Streams, table } from '../output.js';
import { type Actors, readActors } from '../services/actors.js';
import { findService, findTask } from '../services/find.js';
import { type ServiceProgress, serviceProgress } from '../services/progress.js';
import { countText, phaseText } from '../services/progress-lines.js';
import { sinceText, stageText, updateText } from '../services/stage.js';
import { compareNames, counted } from '../services/text.js';
import { type ClusterView, readView } from '../services/view.js';
import { readWarnings } from '../services/warnings.js';

/** A node as the scheduler judges it for one task. */
interface NodeAnswer {
  readonly node: string;
  readonly fits: boolean;
  /** First filter that refuses it. */
  readonly filter?: string;
  /** Reason of the filter, and by how much. */
  readonly text?: string;
}

/** Answer about one task; with `-o json` as it is. */
interface TaskAnswer {
  readonly id: string;
  readonly name: string;
  readonly node: string;
  readonly state: string;
  readonly desiredState: string;
  /** Time at which the state was reached, ms since the epoch. */
  readonly since: number;
  /** Step that it waits for, or how it ended. */
  readonly stage: string;
  /** Every node, for a task that waits for one: the nearest first. */
  readonly nodes?: readonly NodeAnswer[];
  readonly help?: string;
}

interface ServiceAnswer {
  readonly service: ServiceProgress & { readonly update: string };
  readonly tasks: readonly TaskAnswer[];
}

/** `skep explain TASK|SERVICE|KIND` */
export function addExplain(program: Command, context: Context): void {
  const { streams, clock = systemClock } = context;
  withStale(program.command('explain'))
    .argument(
      '<name>',
      'kind, such as service; or a task, such as web.3, or a service: name, id, or the beginning of an id (task/NAME, service/NAME)',
    )
    .description('tell which step a task waits for, and why no node takes it; or the fields of a kind')
    .action(async (given: string, { stale = false }: StaleFlag, command: Command) => {
      const builtIn = kindNames.find((kind) => kind === given || kindOf(kind).plural === given);
      if (builtIn) {
        printKind(streams, globalFlags(command).output, explainKind(builtIn));
        return;
      }
      const explain = async (client: Client, { output }: GlobalFlags) => {
        const custom = (await client.kinds()).find(({ kind, plural }) => kind === given || plural === given);
        if (custom) {
          printKind(streams, output, { ...customKind(custom), fields: [] });
          return;
        }
        const [, only, name = given] = /^(task|service)\/(.+)$/s.exec(given) ?? [];
        const view = await readView(client, { stale });
        const explaining = new Explaining(view, await readActors(client, { stale }), clock.now());
        const task = only === 'service' ? undefined : findTask(view, name);
        const service = task || only === 'task' ? undefined : findService(view, name);
        if (!task && !service)
          throw new StoreError(
            'NOT_FOUND',
            `there is no task, service or kind "${given}"; skep ps lists tasks, skep kinds lists kinds`,
          );
        const about = service ?? view.services.get(task?.serviceId ?? '');
        const warnings = await readWarnings(client, view, { about, stale });
        const answer = { ...(task ? explaining.task(task) : explaining.service(service as Service)), warnings };
        const tasks = 'tasks' in answer ? answer.tasks : [answer];
        if (output === 'name') printList(streams, output, tasks, { columns: [], name: ({ id }) => id });
        else if (output !== 'table') printOne(streams, output, answer, '');
        else if ('tasks' in answer) printService(streams, answer, clock.now());
        else printTask(streams, answer, clock.now());
        if (output === 'table') for (const text of warnings) streams.out(`\n${printable(`warning: ${text}`)}\n`);
      };
      await withClient(command, context, explain, { leaderless: stale });
    });
}

class Explaining {
  readonly #view: ClusterView;
  readonly #actors: Actors;
  readonly #now: number;
  #nodes: TaskNodes | undefined;

  constructor(view: ClusterView, actors: Actors, now: number) {
    this.#view = view;
    this.#actors = actors;
    this.#now = now;
  }

  task(task: Task): TaskAnswer {
    const { id, nodeId, desiredState, status } = task;
    const answer = {
      id,
      name: this.#view.taskName(task),
      node: this.#view.nodeName(nodeId),
      state: status.state,
      desiredState,
      since: status.timestamp,
      stage: stageText(this.#view, task, this.#actors, this.#now),
    };
    return status.state === 'pending' && isWanted(task) ? { ...answer, ...this.#placement(task) } : answer;
  }

  /** The service, and those of its tasks that do not simply run. */
  service(service: Service): ServiceAnswer {
    const runningSince = () => this.#now;
    const all = this.#view.tasksOf(service.id).map((task) => this.task(task));
    const tasks = all.sort((a, b) => compareNames(a.name, b.name));
    const busy = tasks.filter(({ id, stage }) => stage !== 'runs' && this.#isOpen(this.#view.tasks.get(id)));
    const progress = serviceProgress(this.#view, service, { runningSince }, this.#now);
    return { service: { ...progress, update: updateText(service) }, tasks: busy };
  }

  /** A task that ended and has been replaced is history. */
  #isOpen(task: Task | undefined): boolean {
    if (!task || isWanted(task) || !isOver(task)) return task !== undefined;
    const newer = this.#view
      .tasksOf(task.serviceId ?? '')
      .some(
        (mate) => mate.slot === task.slot && mate.nodeId === task.nodeId && mate.meta.createdAt > task.meta.createdAt,
      );
    return !newer && task.status.state !== 'shutdown' && task.desiredState !== 'remove';
  }

  #placement(task: Task): Pick<TaskAnswer, 'nodes' | 'help'> {
    this.#nodes ??= TaskNodes.of(this.#view.nodes.values(), this.#view.tasks.values());
    const { nodes, help } = explainTask(task, { view: this.#nodes, now: this.#now });
    const answers = nodes.map((one) =>
      one.fits
        ? { node: one.node.name, fits: true }
        : { node: one.node.name, fits: false, filter: one.filter, text: one.text },
    );
    return { nodes: answers, ...(help !== undefined && { help }) };
  }
}

function printTask({ out }: Streams, answer: TaskAnswer, now: number): void {
  const { name, id, state, node, since, stage, nodes, help } = answer;
  out(`${printable(`${name} (${id}) is ${state}${node && ` on ${node}`} ${sinceText(since, now)}`.trimEnd())}\n`);
  out(`${printable(stage)}\n`);
  if (!nodes) return;
  if (nodes.length === 0) out('\nno node there: start a manager with --fleet, or wait for its engines\n');
  else out(`\n${nodesTable(nodes)}\n`);
  if (help !== undefined) out(`\n${printable(`to let it run: ${help}`)}\n`);
  else if (nodes.some(({ fits }) => fits)) out('\na node fits now: the next pass of the control loop places it\n');
}

function nodesTable(nodes: readonly NodeAnswer[]): string {
  return table(nodes, [
    ['NODE', ({ node }) => node],
    ['FITS', ({ fits }) => (fits ? 'yes' : 'no')],
    ['FILTER', ({ filter }) => filter],
    ['REASON', ({ text }) => text],
  ]);
}

/** Prints the service, then each task; tasks that wait for the same reason share a table. */
function printService(streams: Streams, { service, tasks }: ServiceAnswer, now: number): void {
  const { name, because, update } = service;
  streams.out(`${printable(`${name}: ${countText(service)} ${phaseText(service)}${because && `: ${because}`}`)}\n`);
  if (update !== '' && update !== because) streams.out(`${printable(update)}\n`);
  const groups = new Map<string, TaskAnswer[]>();
  for (const task of tasks) {
    const key = task.nodes ? JSON.stringify([task.stage, task.nodes]) : task.id;
    groups.set(key, [...(groups.get(key) ?? []), task]);
  }
  for (const [first, ...others] of groups.values()) {
    if (!first) continue;
    streams.out('\n');
    printTask(streams, first, now);
    if (others.length > 0)
      streams.out(
        `${printable(`the same for ${counted(others.length, 'task')}: ${others.map((task) => task.name).join(', ')}`)}\n`,
      );
  }
}
