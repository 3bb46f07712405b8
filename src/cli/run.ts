import { Command, CommanderError, Option } from 'commander';
import { messageOf } from '../base/errors.js';
import { isStoreError } from '../base/store-error.js';
import { addCommands, commandTerm } from './command-table.js';
import { type Context, formats, hostDefault } from './context.js';
import { exitCodeOf, exitCodes } from './exit-codes.js';
import { endOwnOptions, fillWait, namedCommand, shortenOwnOptions } from './own-options.js';
import { safeStreams } from './streams.js';
import { waitDefault } from './wait-flag.js';

/** Commands that ask no member: `--host` and its like mean nothing to them, and their help leaves these out. */
const withoutMembers: readonly string[] = ['manage'];

/** Runs one command line. Resolves with the exit code; never throws. */
export async function run(args: readonly string[], given: Context): Promise<number> {
  const context: Context = { ...given, streams: safeStreams(given.streams) };
  let code: number | undefined;
  const program = new Command('skep')
    .description('store, replicate and watch the state of a cluster')
    .version(context.version)
    .addOption(
      new Option(
        '--host <host:port,...>',
        'members to ask; one address is enough (or SKEP_HOST; else those of the context, or of this computer)',
      ).default(context.env.SKEP_HOST || hostDefault),
    )
    .addOption(new Option('--context <name>', 'login to use, of skep login (or SKEP_CONTEXT; else the one in use)'))
    .addOption(new Option('-o, --output <format>', 'output format').choices(formats).default('table'))
    .addOption(new Option('--timeout <time>', 'time limit for an answer, such as 500ms or 10s').default('10s'))
    .addOption(
      new Option('--actor <name>', 'author of a change, kept in history (or SKEP_ACTOR; default: the user)').default(
        context.env.SKEP_ACTOR || context.user,
      ),
    )
    .addOption(new Option('--reason <text>', 'reason for a change, kept in history'))
    .showHelpAfterError('(see --help)')
    .configureHelp({ showGlobalOptions: true, subcommandTerm: commandTerm })
    .exitOverride()
    .configureOutput({ writeOut: (text) => context.streams.out(text), writeErr: (text) => context.streams.err(text) });
  const exit = (ended: number) => {
    code = ended;
  };
  await addCommands(program, context, exit, namedCommand(args, program));
  for (const command of allCommands(program)) {
    command.exitOverride().copyInheritedSettings(program);
    if (withoutMembers.includes(command.name())) command.configureHelp({ showGlobalOptions: false });
  }
  try {
    const own = endOwnOptions(shortenOwnOptions(args, program), program);
    await program.parseAsync(fillWait(own, program, waitDefault), { from: 'user' });
    return code ?? (context.signal.aborted ? exitCodes.interrupted : exitCodes.ok);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    if (context.signal.aborted) return exitCodes.interrupted;
    const unreached = isStoreError(error, 'NOT_LEADER') && error.details.unreached !== undefined;
    context.streams.err(`skep: ${messageOf(error)}${unreached ? ' (--host or SKEP_HOST)' : ''}\n`);
    return exitCodeOf(error);
  }
}

function allCommands(command: Command): Command[] {
  return command.commands.flatMap((child) => [child, ...allCommands(child)]);
}
