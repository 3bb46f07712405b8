import type { Command } from 'commander';
import { systemClock } from '../../base/clock.js';
import type { Client } from '../../client/index.js';
import type { Task } from '../../kinds/index.js';
import { byAge, isOver, isWanted } from '../../orchestrate/index.js';
import { withStale } from '../arguments.js';
import type { Context, GlobalFlags } from '../context.js';
import { type FollowFlag, printFollowed, withFollow } from '../follow-list.js';
import { printList } from '../output.js';
import { selectTasks } from '../services/find.js';
import { errorOf } from '../services/slot-progress.js';
import { ageText, compareNames } from '../services/text.js';
import { type ClusterView, readView } from '../services/view.js';

interface PsFlags extends FollowFlag {
  readonly all?: boolean;
}

/** A task as `ps` prints it. */
interface TaskRow {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly node: string;
  readonly desiredState: string;
  readonly state: string;
  /** Time at which the state was reached, ms since the epoch. */
  readonly since: number;
  /** Error of the task; empty when there is none. */
  readonly error: string;
  /** Ports on the node, such as `32768->80/tcp`. */
  readonly ports: readonly string[];
}

/** Finds the tasks that a `ps` is about. */
export type Choose = (view: ClusterView) => readonly Task[];

/** `skep ps [stack|service|node]` */
export function addPs(program: Command, context: Context): void {
  const command = program
    .command('ps')
    .argument(
      '[name]',
      'stack, service or node; stack/NAME, service/NAME or node/NAME where a name has several meanings',
    )
    .description('list tasks with their nodes, states and errors');
  withPsFlags(command).action((name: string | undefined, flags: PsFlags, command: Command) => {
    const choose: Choose = (view) => (name === undefined ? [...view.tasks.values()] : selectTasks(view, name).tasks);
    return printTasks(command, context, flags, choose);
  });
}

/** Adds the flags of every `ps`. */
export function withPsFlags(command: Command): Command {
  return withFollow(withStale(command)).option('-a, --all', 'also list tasks that have ended and been replaced');
}

/** Prints the tasks that are to run or still do, and the last one of each slot where none is; with `all` every one. */
export async function printTasks(command: Command, context: Context, flags: PsFlags, choose: Choose): Promise<void> {
  const { streams, clock = systemClock } = context;
  const { all = false, stale = false } = flags;
  const print = async (client: Client, { output }: GlobalFlags) => {
    const view = await readView(client, { stale });
    const tasks = ordered(view, choose(view));
    const rows = (all ? tasks : current(tasks)).map((task) => rowOf(view, task));
    const now = clock.now();
    printList(streams, output, rows, {
      name: ({ id }) => id,
      columns: [
        ['ID', ({ id }) => id],
        ['NAME', ({ name }) => name],
        ['IMAGE', ({ image }) => image],
        ['NODE', ({ node }) => node],
        ['DESIRED', ({ desiredState }) => desiredState],
        ['STATE', ({ state, since }) => `${state} ${ageText(since, now)}`.trimEnd()],
        ['ERROR', ({ error }) => error],
        ['PORTS', ({ ports }) => ports.join(', ')],
      ],
    });
  };
  await printFollowed(command, context, flags, { print, kinds: () => ['service', 'task', 'node'] });
}

/** By name with numbers in order, then the newest first. */
function ordered(view: ClusterView, tasks: readonly Task[]): Task[] {
  return [...tasks].sort((a, b) => compareNames(view.taskName(a), view.taskName(b)) || byAge(b, a));
}

const slotOf = ({ serviceId, slot, nodeId, id }: Task) => `${serviceId ?? id}/${slot === 0 ? (nodeId ?? '') : slot}`;

/** Keeps what is to run or still does, and the newest task of each slot. */
function current(tasks: readonly Task[]): Task[] {
  const newest = new Map<string, Task>();
  for (const task of tasks) if (!newest.has(slotOf(task))) newest.set(slotOf(task), task);
  return tasks.filter((task) => isWanted(task) || !isOver(task) || newest.get(slotOf(task)) === task);
}

function rowOf(view: ClusterView, task: Task): TaskRow {
  const { id, spec, nodeId, desiredState, status } = task;
  const failed = status.err !== '' || status.state === 'failed' || status.state === 'rejected';
  return {
    id,
    name: view.taskName(task),
    image: spec.container?.image ?? '',
    node: view.nodeName(nodeId),
    desiredState,
    state: status.state,
    since: status.timestamp,
    error: failed ? errorOf(task) : '',
    ports: status.ports.map(({ publishedPort, targetPort, protocol }) => `${publishedPort}->${targetPort}/${protocol}`),
  };
}
