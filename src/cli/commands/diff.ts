import type { Command } from 'commander';
import { applyStack } from '../apply-stack.js';
import { type ComposeFlags, readFiles, stackOf, withComposeFlags } from '../compose-files.js';
import { type Context, withClient } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { applyObjects } from '../object-changes.js';
import { objectsIn } from '../object-files.js';
import { printable, printList } from '../output.js';
import { refuseStackFlags } from './apply.js';
import { fieldTexts } from './history.js';

interface DiffFlags extends ComposeFlags {
  readonly prune?: boolean;
  readonly exitCode?: boolean;
}

/** One object that differs; with `-o json` as it is. */
interface Difference {
  readonly action: 'create' | 'update' | 'remove';
  readonly kind: string;
  readonly name: string;
  readonly id: string;
  readonly changes: readonly string[];
}

/** `skep diff -f FILE`: what `skep apply` would do. */
export function addDiff(program: Command, context: Context, exit: (code: number) => void): void {
  const { streams } = context;
  withComposeFlags(program.command('diff'))
    .option('--prune', 'also show objects of the stack that are no longer in the file')
    .option('--exit-code', 'exit with 1 when something differs')
    .description('show what skep apply would change, field by field; changes nothing')
    .action(async (file: string | undefined, flags: DiffFlags, command: Command) => {
      const texts = await readFiles(file, flags, command);
      const documents = objectsIn(texts);
      if (documents) refuseStackFlags(flags, command);
      const stack = documents ? undefined : stackOf(texts, flags, { command, context });
      await withClient(command, context, async (client, { output }, said) => {
        const differences: Difference[] = [];
        if (documents)
          for (const { op, kind, name, id, fields } of await applyObjects(client, documents, { dryRun: true, said }))
            differences.push({ action: op, kind, name, id, changes: fieldTexts(kind, op === 'update' ? fields : []) });
        if (stack) {
          const { changes, planned } = await applyStack(client, stack, {
            prune: flags.prune === true,
            dryRun: true,
            said,
          });
          for (const [i, change] of changes.entries()) {
            const { op, kind, name } = change;
            const id = 'id' in change ? change.id : change.object.id;
            const fields = op === 'update' ? (planned[i]?.fields ?? []) : [];
            differences.push({ action: op, kind, name, id, changes: fieldTexts(kind, fields) });
          }
        }
        if (output === 'table') for (const one of differences) streams.out(`${linesOf(one).join('\n')}\n`);
        else printList(streams, output, differences, { name: ({ kind, id }) => `${kind}/${id}`, columns: [] });
        if (differences.length === 0) streams.err('nothing differs\n');
        else if (flags.exitCode) exit(exitCodes.failed);
      });
    });
}

const signs = { create: '+', update: '~', remove: '-' };

/** `~ service/web`, and a line for each field. */
function linesOf({ action, kind, name, id, changes }: Difference): string[] {
  return [`${signs[action]} ${kind}/${name || id}`, ...changes.map((text) => `    ${text}`)].map(printable);
}
