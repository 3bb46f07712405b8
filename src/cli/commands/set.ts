import type { Command } from 'commander';
import { type Context, withClient } from '../context.js';
import { parseAssignment, parsePath, type Path } from '../object-path.js';
import { splitReference } from '../objects.js';
import { printNames } from '../output.js';
import { setFields } from '../write-object.js';

interface SetFlags {
  readonly remove?: readonly Path[];
}

const collect = (text: string, before: readonly Path[] = []) => [...before, parsePath(text)];

/** `skep set KIND/ID PATH=VALUE…` */
export function addSet(program: Command, context: Context): void {
  program
    .command('set')
    .argument('<kind/id>', 'such as service/web: complete id or name')
    .argument('[path=value...]', 'fields, such as spec.mode.replicated.replicas=3; a value is JSON, or else text')
    .option('--remove <path>', 'field, or item of a list, to remove (repeatable)', collect)
    .description('set fields of an object')
    .action(async (reference: string, given: string[], { remove = [] }: SetFlags, command: Command) => {
      if (given.length + remove.length === 0) command.error('error: no field is given; name one, as PATH=VALUE');
      const changes = { assignments: given.map(parseAssignment), removals: remove };
      await withClient(command, context, async (client, { output }, said) => {
        const found = await splitReference(client, reference);
        const { id, meta } = await setFields(client, found, changes, said);
        const made = [{ kind: found.kind, id, version: meta.version }];
        printNames(context.streams, output, made, (one) => `${one.kind}/${one.id}`);
      });
    });
}
