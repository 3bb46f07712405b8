import type { Command } from 'commander';
import type { Client } from '../../client/index.js';
import { type Context, type GlobalFlags, withClient } from '../context.js';
import { printList } from '../output.js';

/** `skep top TASK`: the processes of a task's container. */
export function addTop(program: Command, context: Context): void {
  program
    .command('top')
    .argument('<task>', 'task, such as web.3, or its id')
    .argument('[options...]', 'options of ps on the host of the engine, after --')
    .description('list the processes of a task')
    .action(async (name: string, options: string[], _flags: object, command: Command) => {
      const { withContainer } = await import('../services/find-container.js');
      const show = async (client: Client, { output }: GlobalFlags) => {
        const args = options.length > 0 ? options.join(' ') : undefined;
        const { Titles: titles, Processes: rows } = await withContainer(
          client,
          name,
          context.signal,
          ({ docker, container }) => docker.topContainer(container, args, { signal: context.signal }),
        );
        const processes = rows.map((row) => Object.fromEntries(titles.map((title, i) => [title, row[i] ?? ''])));
        printList<Record<string, string>>(context.streams, output, processes, {
          name: (row) => row.PID ?? '',
          columns: titles.map((title) => [title, (row) => row[title]] as const),
        });
      };
      await withClient(command, context, show);
    });
}
