import type { Command } from 'commander';
import { systemClock } from '../../base/clock.js';
import { type Context, withClient } from '../context.js';
import { collected } from '../discovery-flags.js';
import { exitCodes, UsageError } from '../exit-codes.js';
import { printable } from '../output.js';

interface ExecFlags {
  readonly interactive?: boolean;
  readonly tty?: boolean;
  readonly env?: readonly string[];
  readonly user?: string;
  readonly workdir?: string;
  readonly privileged?: boolean;
}

/** `skep exec TASK -- cmd`: a command in the container of a task, on whatever engine that is. */
export function addExec(program: Command, context: Context, exit: (code: number) => void): void {
  const { clock = systemClock, signal, stdio, streams } = context;
  program
    .command('exec')
    .argument('<task>', 'task, such as web.3, or its id')
    .argument('<command...>', 'command and its arguments, after --')
    .option('-i, --interactive', 'pass standard input on')
    .option('-t, --tty', 'give the command a terminal')
    .option('-e, --env <name=value>', 'a variable for the command; may be given more than once', collected)
    .option('-u, --user <user>', 'user and perhaps group: USER[:GROUP] (default: that of the container)')
    .option('-w, --workdir <folder>', 'folder to start in (default: that of the container)')
    .option('--privileged', 'give the command all rights on the host of the engine')
    .description('run a command in the container of a task, and exit with its code')
    .addHelpText('after', '\nExample: skep exec -it web.3 -- sh')
    .action(async (name: string, cmd: string[], flags: ExecFlags, command: Command) => {
      const { interactive = false, tty = false, env = [], user, workdir: workingDir, privileged = false } = flags;
      if (!stdio) throw new UsageError('exec needs standard input and output');
      if (tty && interactive && !stdio.stdin.isTTY)
        throw new UsageError('standard input is not a terminal: leave -t out');
      const [{ withContainer }, { execSession }] = await Promise.all([
        import('../services/find-container.js'),
        import('../services/exec-session.js'),
      ]);
      const code = await withClient(
        command,
        context,
        (client) =>
          withContainer(client, name, signal, ({ docker, container }) => {
            const request = { container, cmd, interactive, tty, env, user, workingDir, privileged };
            return execSession(docker, request, { stdio, clock, signal });
          }),
        { waitForEnd: true },
      );
      if (code === undefined) streams.err(`skep: the command goes on in ${printable(name)}\n`);
      exit(code ?? exitCodes.ok);
    });
}
