import type { Command } from 'commander';
import { messageOf } from '../../base/errors.js';
import type { Client } from '../../client/index.js';
import type { Drift, DriftFix } from '../../fleet/index.js';
import { type Context, type GlobalFlags, withClient } from '../context.js';
import { exitCodes, UsageError } from '../exit-codes.js';
import { printable, printList } from '../output.js';

interface DriftFlags {
  readonly fix?: boolean;
  readonly yes?: boolean;
}

/** Difference with the name of its node. */
type Row = Drift & { readonly hostname: string };

const fixTexts: Readonly<Record<DriftFix, string>> = {
  'remove-container': 'stop and remove the container',
  'unpause-container': 'unpause the container',
  'remove-network': 'remove the network',
  'remove-volume': 'remove the volume',
  none: '',
};

/** `skep drift`: what engines run, compared with what the store says that they should. */
export function addDrift(program: Command, context: Context, exit: (code: number) => void): void {
  program
    .command('drift')
    .option('--fix', 'show what would be done, and do it after a confirmation')
    .option('-y, --yes', 'with --fix: do it without a confirmation')
    .description('compare the containers, networks and volumes on all engines with the store; changes nothing')
    .addHelpText(
      'after',
      '\nExit code 5: there are differences, or an engine cannot be read. A container that is removed is replaced by its service.',
    )
    .action(async ({ fix = false, yes = false }: DriftFlags, command: Command) => {
      if (yes && !fix) throw new UsageError('--yes goes with --fix only');
      await withClient(command, context, async (client, flags) => {
        const { clientEngines, findDrift, fixDrift } = await import('../../fleet/index.js');
        const { signal, streams } = context;
        const source = { client, access: clientEngines(client), signal };
        const found = await findDrift(source);
        const rows = await withNames(client, found);
        print(context, flags, rows);
        const fixable = found.filter((drift) => drift.fix !== 'none');
        if (!fix || fixable.length === 0) return exit(found.length === 0 ? exitCodes.ok : exitCodes.unavailable);
        if (!yes && !(await confirmed(context, fixable.length))) {
          streams.err('nothing was changed\n');
          return exit(exitCodes.unavailable);
        }
        let failed = found.length - fixable.length;
        await fixDrift(source, fixable, ({ drift, error }) => {
          if (error !== undefined) failed++;
          const outcome = error === undefined ? fixTexts[drift.fix] : messageOf(error);
          streams.err(`${error === undefined ? 'done' : 'failed'}: ${printable(drift.name)}: ${printable(outcome)}\n`);
        });
        exit(failed === 0 ? exitCodes.ok : exitCodes.unavailable);
      });
    });
}

async function withNames(client: Client, found: readonly Drift[]): Promise<Row[]> {
  const { objects: nodes } = await client.list('node');
  const names = new Map(nodes.map(({ id, description }) => [id, description?.hostname ?? '']));
  return found.map((drift) => ({ ...drift, hostname: names.get(drift.node) || drift.node }));
}

function print({ streams }: Context, { output }: GlobalFlags, rows: readonly Row[]): void {
  if (rows.length === 0 && output === 'table') return streams.err('no differences\n');
  printList(streams, output, rows, {
    name: ({ id, name }) => id || name,
    columns: [
      ['NODE', ({ hostname }) => hostname],
      ['DRIFT', ({ kind }) => kind],
      ['NAME', ({ name }) => name],
      ['DETAIL', ({ detail }) => detail],
      ['FIX', ({ fix }) => fixTexts[fix]],
    ],
  });
}

/** Asks for confirmation. Throws a {@link UsageError} without a terminal. */
async function confirmed({ confirm }: Context, count: number): Promise<boolean> {
  if (!confirm) throw new UsageError('drift --fix needs a confirmation, so nothing was changed; repeat with --yes');
  return confirm(`Do what the column FIX says (${count})?`);
}
