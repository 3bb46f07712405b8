import type { Command } from 'commander';
import { type Context, withClient } from '../context.js';
import { readInput } from '../input.js';
import { printNames } from '../output.js';

/** Adds `create` to `skep secret` and `skep config`: the content comes from a file. */
export function addContent(group: Command, kind: 'secret' | 'config', context: Context): void {
  const { streams } = context;
  group
    .command('create')
    .argument('<name>', 'letters, digits, ".", "-" and "_"')
    .argument('<file>', 'file with the content; - is standard input')
    .option('--label <key=value...>', 'labels of the object', label, {} as Record<string, string>)
    .description(`create a ${kind} with the content of a file`)
    .action(async (name: string, file: string, flags: { label: Record<string, string> }, command: Command) => {
      const data = (await readInput(file)).toString('base64');
      await withClient(command, context, async (client, { output }, said) => {
        const spec = { annotations: { name, labels: flags.label }, data };
        const { id } = await client.create(kind, { spec }, said);
        printNames(streams, output, [{ kind, id, name }], (made) => made.id);
      });
    });
}

function label(text: string, before: Record<string, string>): Record<string, string> {
  const at = text.indexOf('=');
  return { ...before, [at < 0 ? text : text.slice(0, at)]: at < 0 ? '' : text.slice(at + 1) };
}
