import type { Command } from 'commander';
import { systemClock } from '../../base/clock.js';
import { StoreError } from '../../base/store-error.js';
import type { Client } from '../../client/index.js';
import { stackLabel } from '../../compose/index.js';
import { withStale } from '../arguments.js';
import { type Context, type GlobalFlags, withClient } from '../context.js';
import { waitExits } from '../exit-codes.js';
import { type FollowFlag, printFollowed, withFollow } from '../follow-list.js';
import { printable, printList, printNames, printOne } from '../output.js';
import { mustFindStack, servicesOfStack, stackNames } from '../services/find.js';
import { progressNow, type ServiceProgress } from '../services/progress.js';
import { countText, phaseText } from '../services/progress-lines.js';
import { stackRollback } from '../services/stack-rollback.js';
import { updateText } from '../services/stage.js';
import { ageText, listed } from '../services/text.js';
import { readView } from '../services/view.js';
import { removeStack, stackObjects } from '../stack-removal.js';
import { type WaitFlag, withWait } from '../wait-flag.js';
import { writeServices } from '../write-services.js';
import { printTasks, withPsFlags } from './ps.js';
import { rolledBack } from './service.js';

/** Time for which `stack rm` waits for tasks to end, ms. */
const removalMs = 60_000;

/** `skep stack ls|ps|services|rm|rollback` */
export function addStack(program: Command, context: Context, exit: (code: number) => void): void {
  const group = program.command('stack').description('list, show, roll back and remove stacks');
  addLs(group, context);
  withPsFlags(group.command('ps'))
    .argument('<stack>', 'name of the stack')
    .description('list the tasks of a stack')
    .action((name: string, flags: object, command: Command) =>
      printTasks(command, context, flags, (view) => {
        const tasks = [...view.tasks.values()].filter(
          ({ serviceAnnotations }) => serviceAnnotations.labels[stackLabel] === name,
        );
        if (tasks.length === 0) mustFindStack(view, name); // its tasks outlive its services for a moment
        return tasks;
      }),
    );
  addServices(group, context);
  addRm(group, context, exit);
  addRollback(group, context, exit);
}

function addLs(group: Command, context: Context): void {
  withFollow(withStale(group.command('ls')))
    .description('list the stacks')
    .action(async (flags: FollowFlag, command: Command) => {
      const { stale = false } = flags;
      const print = async (client: Client, { output }: GlobalFlags) => {
        const view = await readView(client, { stale });
        const rows = stackNames(view).map((name) => {
          const all = servicesOfStack(view, name).map((service) => progressNow(view, service));
          const sum = (count: (one: ServiceProgress) => number) => all.reduce((total, one) => total + count(one), 0);
          return { name, services: all.length, done: sum(({ done }) => done), wanted: sum(({ wanted }) => wanted) };
        });
        printList(context.streams, output, rows, {
          name: ({ name }) => name,
          columns: [
            ['NAME', ({ name }) => name],
            ['SERVICES', ({ services }) => services],
            ['TASKS', ({ done, wanted }) => `${done}/${wanted}`],
          ],
        });
      };
      await printFollowed(command, context, flags, { print, kinds: () => ['service', 'task', 'node'] });
    });
}

function addServices(group: Command, context: Context): void {
  withFollow(withStale(group.command('services')))
    .argument('<stack>', 'name of the stack')
    .description('list the services of a stack with their tasks')
    .action(async (name: string, flags: FollowFlag, command: Command) => {
      const { stale = false } = flags;
      const print = async (client: Client, { output }: GlobalFlags) => {
        const view = await readView(client, { stale });
        const rows = mustFindStack(view, name).map((service) => ({
          ...progressNow(view, service),
          image: service.spec.task.container?.image ?? '',
          update: updateText(service),
        }));
        printList(context.streams, output, rows, {
          name: (row) => row.name,
          columns: [
            ['NAME', (row) => row.name],
            ['IMAGE', ({ image }) => image],
            ['TASKS', countText],
            ['STATE', phaseText],
            ['REASON', ({ because }) => because],
            ['UPDATE', ({ update }) => update],
          ],
        });
      };
      await printFollowed(command, context, flags, { print, kinds: () => ['service', 'task', 'node'] });
    });
}

function addRm(group: Command, context: Context, exit: (code: number) => void): void {
  const { streams, clock = systemClock, signal } = context;
  withWait(group.command('rm'), 'wait for tasks to end (without it: 1m)')
    .argument('<stack...>', 'names of stacks')
    .description('remove stacks: services first, then networks, secrets and configs when their tasks have ended')
    .action(async (names: string[], { wait: limitMs = removalMs }: WaitFlag, command: Command) => {
      await withClient(command, context, async (client, { output }, said) => {
        const objects = [];
        for (const name of new Set(names)) {
          const found = await stackObjects(client, name);
          if (found.length === 0)
            throw new StoreError('NOT_FOUND', `there is no stack "${name}"; skep stack ls lists them`);
          objects.push(...found);
        }
        const reason = `remove ${names.join(' ')}`;
        const removal = await removeStack(client, objects, { clock, limitMs, signal, said: { reason, ...said } });
        if (output === 'json') printOne(streams, output, removal, '');
        else printNames(streams, output, removal.removed, ({ name }) => name);
        if (removal.left.length === 0) return;
        const left = listed(removal.left.map(({ kind, name }) => `${kind} ${name}`));
        streams.err(
          `${printable(`skep: left: ${left}: ${removal.because ?? 'in use'}; repeat skep stack rm ${names.join(' ')} later`)}\n`,
        );
        exit(waitExits.unfinished);
      });
    });
}

function addRollback(group: Command, context: Context, exit: (code: number) => void): void {
  const { streams, clock = systemClock } = context;
  withWait(group.command('rollback'))
    .argument('<stack>', 'name of the stack')
    .description('undo the last change of a stack: its services return to their specs before it')
    .action(async (name: string, { wait }: WaitFlag, command: Command) => {
      await writeServices(command, context, { exit, ...(wait !== undefined && { wait }) }, async (view, client) => {
        const { version, update, remove } = stackRollback(name, mustFindStack(view, name));
        const [first] = [...update, ...remove];
        const change = first ? await changeText(client, first.id, version, clock.now()) : '';
        streams.err(`${printable(`stack ${name}: undoes version ${version}${change}`)}\n`);
        const added = remove.map(({ spec }) => spec.annotations.name);
        if (added.length > 0) streams.err(`${printable(`removes ${listed(added)}, which it added`)}\n`);
        return { reason: `roll back ${name}`, update: update.map((one) => rolledBack(one, clock.now())), remove };
      });
    });
}

/** Says of a version what history knows: reason, author and age. */
async function changeText(client: Client, id: string, version: number, now: number): Promise<string> {
  const { entries } = await client.history('service', id);
  const entry = entries.find((one) => one.version === version);
  if (!entry) return '';
  const by = entry.actor === undefined ? '' : ` by ${entry.actor}`;
  return `${entry.reason === undefined ? '' : `: ${entry.reason}`}${by}, ${ageText(entry.time, now)} ago`;
}
