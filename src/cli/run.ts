import { type Command, CommanderError } from 'commander';
import { messageOf } from '../base/errors.js';
import { isStoreError } from '../base/store-error.js';
import { addCommands } from './command-table.js';
import type { Context } from './context.js';
import { exitCodeOf, exitCodes } from './exit-codes.js';
import { endOwnOptions, fillWait, namedCommand, shortenOwnOptions } from './own-options.js';
import { optionsOfAll, withoutMembers } from './program.js';
import { safeStreams, yamlStreams } from './streams.js';
import { waitDefault } from './wait-flag.js';

/** Runs one command line. Resolves with the exit code; never throws. */
export async function run(args: readonly string[], given: Context): Promise<number> {
  const { streams, writeYaml } = yamlStreams(safeStreams(given.streams));
  const context: Context = { ...given, streams };
  let code: number | undefined;
  const program = optionsOfAll(context);
  // Commands know nothing of YAML: it is their JSON, written another way.
  program.hook('preAction', async () => {
    if (program.opts<{ output: string }>().output !== 'yaml') return;
    program.setOptionValueWithSource('output', 'json', 'cli');
    writeYaml((await import('./yaml-text.js')).yamlText);
  });
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
