import { createHash } from 'node:crypto';
import type { Command } from 'commander';
import { systemClock } from '../../base/clock.js';
import { isStoreErrorOf, StoreError } from '../../base/store-error.js';
import { changeOf, type Client } from '../../client/index.js';
import type { Service, Task } from '../../kinds/index.js';
import { currentStatus, isDirty, isWanted, moveToLabel } from '../../orchestrate/index.js';
import { planMoves, type PlannedMove, TaskNodes } from '../../schedule/index.js';
import { type Context, type GlobalFlags, withClient } from '../context.js';
import { UsageError } from '../exit-codes.js';
import { printable, printList, printOne } from '../output.js';
import { byName, mustFindService } from '../services/find.js';
import { compareNames } from '../services/text.js';
import { type ClusterView, readView } from '../services/view.js';

interface RebalanceFlags {
  readonly plan?: boolean;
  readonly apply?: string;
}

/** A move as it is printed. */
interface MoveRow {
  readonly task: string;
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
  /** Moves of the service at a time; 0 is all at once. */
  readonly atOnce: number;
}

/** `skep rebalance [service]` */
export function addRebalance(program: Command, context: Context): void {
  const { streams, clock = systemClock, confirm } = context;
  program
    .command('rebalance')
    .argument('[service...]', 'only these services: names or ids')
    .option('--plan', 'show the moves, and change nothing')
    .option('--apply <plan>', 'make exactly the moves of a plan; refused when the plan would be another one now')
    .description('move tasks to nodes with fewer; each starts on the new node before it stops on the old one')
    .action(async (names: string[], flags: RebalanceFlags, command: Command) => {
      if (flags.plan && flags.apply !== undefined) command.error('error: --plan changes nothing; leave out --apply');
      await withClient(command, context, async (client, { output }: GlobalFlags, said) => {
        const view = await readView(client);
        const moves = movesIn(view, names, clock.now());
        const plan = planId(moves);
        const rows = moves.map((move) => rowOf(view, move));
        if (flags.apply !== undefined && flags.apply !== plan)
          throw new StoreError(
            'CONDITION_FAILED',
            `plan ${flags.apply} is out of date: the cluster has changed; look at skep rebalance --plan again`,
          );
        if (output === 'json') printOne(streams, output, { plan, moves: rows }, '');
        else if (rows.length > 0 || output !== 'table') printRows(context, output, rows);
        if (moves.length === 0) {
          streams.err('nothing to move: no node would be better for any task\n');
          return;
        }
        if (flags.plan) {
          if (output === 'table')
            streams.err(`plan ${plan}; make it with skep rebalance ${[...names, '--apply', plan].join(' ')}\n`);
          return;
        }
        if (flags.apply === undefined) {
          if (!confirm)
            throw new UsageError('rebalance needs a confirmation, so nothing was changed; use --plan, then --apply');
          if (!(await confirm(`Make these ${moves.length} moves?`))) return;
        }
        await mark(client, view, moves, { reason: `rebalance ${plan}`, ...said });
      });
    });
}

function printRows({ streams }: Context, output: GlobalFlags['output'], rows: readonly MoveRow[]): void {
  printList(streams, output, rows, {
    name: ({ task }) => task,
    columns: [
      ['TASK', ({ name }) => name],
      ['FROM', ({ from }) => from],
      ['TO', ({ to }) => to],
      ['REASON', ({ reason }) => reason],
      ['AT A TIME', ({ atOnce }) => (atOnce === 0 ? 'all' : atOnce)],
    ],
  });
}

/** Plans moves of services with replicas, at rest: an update places its tasks anew anyway. */
function movesIn(view: ClusterView, names: readonly string[], now: number): PlannedMove[] {
  const chosen =
    names.length > 0 ? [...new Set(names.map((name) => mustFindService(view, name)))] : [...view.services.values()];
  const services = byName(chosen.filter((service) => 'replicated' in service.spec.mode && isAtRest(service)));
  const tasksOf = (service: Service) =>
    view
      .tasksOf(service.id)
      .filter((task) => isWanted(task) && task.status.state === 'running' && !isDirty(view, service, task))
      .filter(({ annotations }) => annotations.labels[moveToLabel] === undefined)
      .sort((a, b) => compareNames(view.taskName(b), view.taskName(a))); // high numbers go first, as when scaling down
  return planMoves({ services, tasksOf, view: TaskNodes.of(view.nodes.values(), view.tasks.values()), now });
}

function isAtRest(service: Service): boolean {
  const state = currentStatus(service)?.state;
  return state === undefined || state === 'completed' || state === 'rollbackCompleted' || state === 'unknown';
}

/** Names a plan by its moves: the same moves are the same plan. */
function planId(moves: readonly PlannedMove[]): string {
  const text = moves.map(({ taskId, from, to }) => `${taskId} ${from} ${to}`).join('\n');
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

function rowOf(view: ClusterView, { taskId, serviceId, from, to, counts }: PlannedMove): MoveRow {
  const task = view.tasks.get(taskId);
  const service = view.services.get(serviceId);
  const what = counts.service[0] - counts.service[1] > 1 ? service?.spec.annotations.name : undefined;
  const [there, here] = what === undefined ? counts.all : counts.service;
  const of = what === undefined ? 'tasks' : `of ${what}`;
  return {
    task: taskId,
    name: task ? view.taskName(task) : taskId,
    from: view.nodeName(from),
    to: view.nodeName(to),
    reason: `${view.nodeName(from)} has ${there} ${of}, ${view.nodeName(to)} ${here}`,
    atOnce: service?.spec.update?.parallelism ?? 1,
  };
}

/** Marks the tasks in one transaction, if tasks, services and nodes are as they were read. */
async function mark(
  client: Client,
  view: ClusterView,
  moves: readonly PlannedMove[],
  said: { readonly reason: string },
): Promise<void> {
  const changes = moves.flatMap(({ taskId, to }) => {
    const task = view.tasks.get(taskId);
    return task ? [changeOf('update', 'task', withTarget(task, to), { version: task.meta.version })] : [];
  });
  const seen = [...new Set(moves.map(({ serviceId }) => serviceId)).values()].map((id) => ({
    kind: 'service',
    id,
    version: view.services.get(id)?.meta.version ?? 0,
  }));
  const nodes = [...new Set(moves.map(({ to }) => to))];
  const targets = nodes.map((id) => ({ kind: 'node', id, version: view.nodes.get(id)?.meta.version ?? 0 }));
  try {
    await client.apply(changes, { ...said, conditions: [...seen, ...targets] });
  } catch (error) {
    if (!isStoreErrorOf(error, ['SEQUENCE_CONFLICT', 'CONDITION_FAILED', 'NOT_FOUND'])) throw error;
    const message = printable(
      'the cluster changed meanwhile and nothing was moved; look at skep rebalance --plan again',
    );
    throw new StoreError('CONDITION_FAILED', message, { cause: error });
  }
}

function withTarget(task: Task, nodeId: string): Task {
  const labels = { ...task.annotations.labels, [moveToLabel]: nodeId };
  return { ...task, annotations: { ...task.annotations, labels } };
}
