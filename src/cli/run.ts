import { Command, CommanderError, Option } from 'commander';
import { messageOf } from '../base/errors.js';
import { isStoreError } from '../base/store-error.js';
import { addAccess } from './commands/access.js';
import { addAudit } from './commands/audit.js';
import { addApply } from './commands/apply.js';
import { addCatalog } from './commands/catalog.js';
import { addCompose } from './commands/compose.js';
import { addCreate } from './commands/create.js';
import { addDoctor } from './commands/doctor.js';
import { addDrift } from './commands/drift.js';
import { addEvents } from './commands/events.js';
import { addExec } from './commands/exec.js';
import { addExplain } from './commands/explain.js';
import { addFleet } from './commands/fleet.js';
import { addHistory } from './commands/history.js';
import { addJoin } from './commands/join.js';
import { addList } from './commands/list.js';
import { addLock } from './commands/lock.js';
import { addLogs } from './commands/logs.js';
import { addManage } from './commands/manage.js';
import { addManager } from './commands/manager.js';
import { addMember } from './commands/member.js';
import { addObjects } from './commands/objects.js';
import { addPs } from './commands/ps.js';
import { addRebalance } from './commands/rebalance.js';
import { addSnapshot } from './commands/snapshot.js';
import { addStack } from './commands/stack.js';
import { addStatus } from './commands/status.js';
import { addTokenServer } from './commands/token-server.js';
import { addTop } from './commands/top.js';
import { addWatch } from './commands/watch.js';
import { type Context, formats, hostDefault } from './context.js';
import { exitCodeOf, exitCodes } from './exit-codes.js';
import { safeStreams } from './output.js';
import { endOwnOptions, fillWait, shortenOwnOptions } from './own-options.js';
import { waitDefault } from './wait.js';

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
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .configureOutput({ writeOut: (text) => context.streams.out(text), writeErr: (text) => context.streams.err(text) });
  const exit = (ended: number) => {
    code = ended;
  };
  addCommands(program, context, exit);
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

function addCommands(program: Command, context: Context, exit: (code: number) => void): void {
  addManager(program, context, exit);
  addManage(program, context, exit);
  addDoctor(program, context, exit);
  addStatus(program, context, exit);
  addMember(program, context);
  addApply(program, context, exit);
  addCompose(program, context);
  addObjects(program, context, exit);
  addFleet(program, context);
  addPs(program, context);
  addExplain(program, context);
  addStack(program, context, exit);
  addRebalance(program, context);
  addEvents(program, context);
  addHistory(program, context);
  addSnapshot(program, context, exit);
  addWatch(program, context);
  addCreate(program, context);
  addJoin(program, context, exit);
  addList(program, context, exit);
  addTokenServer(program, context, exit);
  addLock(program, context, exit);
  addLogs(program, context, exit);
  addExec(program, context, exit);
  addTop(program, context);
  addDrift(program, context, exit);
  addCatalog(program, context);
  addAccess(program, context);
  addAudit(program, context, exit);
}

function allCommands(command: Command): Command[] {
  return command.commands.flatMap((child) => [child, ...allCommands(child)]);
}
