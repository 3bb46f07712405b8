import { Command, Option } from 'commander';
import { commandTerm } from './command-table.js';
import { type Context, formats, hostDefault } from './context.js';

/** Commands that ask no member: `--host` and its like mean nothing to them, and their help leaves these out. */
export const withoutMembers: readonly string[] = ['manage', 'dev'];

/** The program with the options of all commands, and none of the commands. */
export function optionsOfAll(context: Context): Command {
  return new Command('skep')
    .description('store, replicate and watch the state of a cluster')
    .version(context.version)
    .addOption(
      new Option(
        '--host <host:port,...>',
        'members to ask; one address is enough (or SKEP_HOST; else those of the context, or of this computer)',
      ).default(context.env.SKEP_HOST || hostDefault),
    )
    .addOption(new Option('--context <name>', 'login to use, of skep login (or SKEP_CONTEXT; else the one in use)'))
    .addOption(new Option('-o, --output <format>', 'output format').choices([...formats, 'yaml']).default('table'))
    .addOption(new Option('--timeout <time>', 'time limit for an answer, such as 500ms or 10s').default('10s'))
    .addOption(
      new Option('--actor <name>', 'author of a change, kept in history (or SKEP_ACTOR)').default(
        context.env.SKEP_ACTOR || context.user,
        'the user',
      ),
    )
    .addOption(new Option('--reason <text>', 'reason for a change, kept in history'))
    .showHelpAfterError('(see --help)')
    .configureHelp({ showGlobalOptions: true, subcommandTerm: commandTerm })
    .exitOverride()
    .configureOutput({ writeOut: (text) => context.streams.out(text), writeErr: (text) => context.streams.err(text) });
}
