import type { Command } from 'commander';
import { type StaleFlag, withStale } from '../arguments.js';
import { type Context, withClient } from '../context.js';
import { findObject, splitReference } from '../objects.js';
import { yamlText } from '../yaml-text.js';

/** `skep get KIND/ID`: an object as a document that `skep apply` takes. */
export function addGet(program: Command, context: Context): void {
  const { streams } = context;
  withStale(program.command('get'))
    .argument('<kind/id>', 'such as service/web: id, name, or the beginning of an id')
    .description('print an object as a document that skep apply takes')
    .action(async (reference: string, { stale = false }: StaleFlag, command: Command) => {
      await withClient(
        command,
        context,
        async (client, { output }) => {
          const { kind, id } = await splitReference(client, reference);
          const document = { kind, ...(await findObject(client, kind, id, { stale })) };
          if (output === 'json') streams.out(`${JSON.stringify(document, null, 2)}\n`);
          else if (output === 'ndjson') streams.out(`${JSON.stringify(document)}\n`);
          else streams.out(output === 'name' ? `${kind}/${document.id}\n` : yamlText(document));
        },
        { leaderless: stale },
      );
    });
}
