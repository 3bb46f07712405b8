import type { Command } from 'commander';
import { systemClock } from '../../base/clock.js';
import { isStoreError, StoreError } from '../../base/store-error.js';
import { changeOf, type Client, type WriteOptions } from '../../client/index.js';
import type { Node } from '../../kinds/index.js';
import { activeAtLabel } from '../../orchestrate/index.js';
import { time } from '../arguments.js';
import { type Context, withClient } from '../context.js';
import { UsageError } from '../exit-codes.js';
import { printable, printNames, printOne, type Streams, table } from '../output.js';
import { type DrainedTask, drainPlan } from '../services/drain-plan.js';
import { mustFindNode } from '../services/find.js';
import { counted, listed } from '../services/text.js';
import { type ClusterView, readView } from '../services/view.js';
import { printWaited, waitAndShow } from '../wait.js';
import { type WaitFlag, withWait } from '../wait-flag.js';
import { printTasks, withPsFlags } from './ps.js';

type Availability = Node['spec']['availability'];

interface DrainFlags extends WaitFlag {
  /** Milliseconds. */
  readonly for?: number;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** Number of tries: managers may write the same node at the same time. */
const attempts = 5;

/** Adds `ps`, `drain`, `pause`, `activate` and `rm` to `skep node`. */
export function addNode(group: Command, context: Context, exit: (code: number) => void): void {
  withPsFlags(group.command('ps'))
    .argument('<node...>', 'host names or ids')
    .description('list the tasks of nodes')
    .action((names: string[], flags: object, command: Command) =>
      printTasks(command, context, flags, (view) => {
        const ids = new Set(names.map((name) => mustFindNode(view, name).id));
        return [...view.tasks.values()].filter(({ nodeId }) => nodeId !== undefined && ids.has(nodeId));
      }),
    );
  addDrain(group, context, exit);
  addSimple(group, context, 'pause', 'let nodes keep their tasks and take no new ones');
  addSimple(group, context, 'activate', 'let nodes take tasks again');
  addRm(group, context);
}

function addDrain(group: Command, context: Context, exit: (code: number) => void): void {
  withWait(group.command('drain'), 'wait until the nodes are empty and their tasks run elsewhere')
    .argument('<node...>', 'host names or ids')
    .option('--for <time>', 'activate the nodes again after this time, such as 2h', time)
    .option('--dry-run', 'show where the tasks would go, and change nothing')
    .option('--yes', 'drain also when tasks cannot move')
    .description('move the tasks of nodes to others; shows first what cannot move, and why')
    .action(async (names: string[], flags: DrainFlags, command: Command) => {
      if (flags.dryRun && flags.wait !== undefined)
        command.error('error: --dry-run changes nothing to wait for; leave out --wait');
      await withClient(command, context, async (client, { output }, said) => {
        const { streams, clock = systemClock } = context;
        const view = await readView(client);
        const nodes = [...new Set(names.map((name) => mustFindNode(view, name)))];
        const plan = drainPlan(view, nodes, clock.now());
        if (output === 'table') printPlan(streams, plan, flags.dryRun === true);
        if (flags.dryRun) {
          if (output !== 'table') printOne(streams, output, { plan }, plan.map(({ name }) => name).join('\n'));
          return;
        }
        if (!(await confirmed(plan, flags, context))) return;
        const until = flags.for === undefined ? undefined : clock.now() + flags.for;
        const version = await setAvailability(client, nodes, 'drain', { said, until });
        if (output === 'table' || output === 'name')
          printNames(streams, output, nodes, (node) => view.nodeName(node.id));
        if (flags.wait === undefined) {
          if (output === 'json' || output === 'ndjson') printOne(streams, output, { plan }, '');
          return;
        }
        const services = servicesOf(view, plan);
        const wait = { services, version, limitMs: flags.wait, emptyNodes: nodes.map(({ id }) => id) };
        const report = await waitAndShow(context, client, wait);
        if (output === 'json' || output === 'ndjson') printOne(streams, output, { plan, ...report }, '');
        exit(printWaited(context, output, report, flags.wait));
      });
    });
}

/** Prints first what does not move, then data that stays behind; in a dry run everything. */
function printPlan({ out, err }: Streams, plan: readonly DrainedTask[], whole: boolean): void {
  if (whole && plan.length > 0)
    out(
      `${table(plan, [
        ['TASK', ({ name }) => name],
        ['FROM', ({ node }) => node],
        ['TO', ({ to, stuck }) => to ?? (stuck === undefined ? 'stops: one task a node' : '-')],
        ['REASON', ({ stuck }) => stuck],
        ['LEAVES', ({ leaves }) => leaves.join(', ')],
      ])}\n`,
    );
  if (whole && plan.length === 0) out('no task is there\n');
  for (const { name, stuck } of plan) if (stuck !== undefined) err(`${printable(`${name} cannot move: ${stuck}`)}\n`);
  for (const { name, node, to, leaves } of plan)
    if (to !== undefined && leaves.length > 0)
      err(`${printable(`${name} leaves data on ${node}: ${listed(leaves)}`)}\n`);
}

/** Asks when tasks cannot move. Throws a {@link UsageError} without a terminal. */
async function confirmed(plan: readonly DrainedTask[], { yes }: DrainFlags, { confirm }: Context): Promise<boolean> {
  const stuck = plan.filter((task) => task.stuck !== undefined).length;
  if (stuck === 0 || yes) return true;
  const what = `${counted(stuck, 'task')} of ${plan.length} cannot move`;
  if (!confirm) throw new UsageError(`${what}, so nothing was changed; make room first, or repeat with --yes`);
  return confirm(`${what} and will stop. Drain all the same?`);
}

/** Services of tasks that should run elsewhere, with the version of their specs. */
function servicesOf(view: ClusterView, plan: readonly DrainedTask[]): Map<string, number> {
  const services = new Map<string, number>();
  for (const { id, to, stuck } of plan) {
    const service = view.services.get(view.tasks.get(id)?.serviceId ?? '');
    if (service && (to !== undefined || stuck !== undefined)) services.set(service.id, service.specVersion);
  }
  return services;
}

function addSimple(group: Command, context: Context, word: 'pause' | 'activate', what: string): void {
  group
    .command(word)
    .argument('<node...>', 'host names or ids')
    .description(what)
    .action(async (names: string[], _flags: object, command: Command) => {
      await withClient(command, context, async (client, { output }, said) => {
        const view = await readView(client);
        const nodes = [...new Set(names.map((name) => mustFindNode(view, name)))];
        await setAvailability(client, nodes, word === 'pause' ? 'pause' : 'active', { said });
        printNames(context.streams, output, nodes, (node) => view.nodeName(node.id));
      });
    });
}

/** Writes the availability of nodes in one transaction. Returns its version. */
async function setAvailability(
  client: Client,
  nodes: readonly Node[],
  availability: Availability,
  { said, until }: { readonly said: WriteOptions; readonly until?: number | undefined },
): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const { objects } = await client.list('node', { ids: nodes.map(({ id }) => id) });
    const changes = objects.map((node) => {
      const { [activeAtLabel]: _before, ...labels } = node.spec.annotations.labels;
      const timed = until === undefined ? labels : { ...labels, [activeAtLabel]: new Date(until).toISOString() };
      const annotations = { ...node.spec.annotations, labels: timed };
      const changed = { ...node, spec: { ...node.spec, annotations, availability } };
      return changeOf('update', 'node', changed, { version: node.meta.version });
    });
    try {
      return (await client.apply(changes, { reason: `node ${availability}`, ...said })).version;
    } catch (error) {
      if (!isStoreError(error, 'SEQUENCE_CONFLICT') || attempt === attempts) throw error;
    }
  }
}

/** Removes nodes that are gone. One that is ready would come back with the next report of its driver. */
function addRm(group: Command, context: Context): void {
  group
    .command('rm')
    .argument('<id...>', 'complete host names or ids')
    .option('--force', 'remove nodes that are ready, too')
    .description('remove nodes that are gone, in one transaction; their tasks are given up')
    .action(async (names: string[], { force = false }: { force?: boolean }, command: Command) => {
      await withClient(command, context, async (client, { output }, said) => {
        const view = await readView(client);
        const named = names.map((name) => {
          const node = mustFindNode(view, name);
          if (node.id !== name && view.nodeName(node.id).toLowerCase() !== name.toLowerCase())
            throw new StoreError('NOT_FOUND', `there is no node "${name}"; a removal needs a complete name or id`);
          return node;
        });
        const nodes = [...new Set(named)];
        const ready = nodes.filter(({ status }) => status.state === 'ready').map(({ id }) => view.nodeName(id));
        if (ready.length > 0 && !force)
          throw new StoreError(
            'IN_USE',
            `${listed(ready)} ${ready.length === 1 ? 'is' : 'are'} ready; drain, take the engine out of discovery and stop it first, or use --force`,
          );
        await client.apply(
          nodes.map(({ id }) => ({ op: 'remove', kind: 'node', id })),
          said,
        );
        printNames(context.streams, output, nodes.map(({ id }) => ({ kind: 'node', id })), ({ id }) => id); // prettier-ignore
      });
    });
}
