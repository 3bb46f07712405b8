import { type Command, InvalidArgumentError } from 'commander';
import { systemClock } from '../../base/clock.js';
import { parseDuration } from '../../base/duration.js';
import { messageOf } from '../../base/errors.js';
import type { Client } from '../../client/index.js';
import type { TaskLine } from '../../fleet/index.js';
import { type Context, type GlobalFlags, withClient } from '../context.js';
import { exitCodes, UsageError } from '../exit-codes.js';
import { printable } from '../output.js';
import type { LogRequest, LogSource } from '../services/log-streams.js';
import { readView } from '../services/view.js';

interface LogsFlags {
  readonly follow?: boolean;
  readonly tail: string;
  readonly since?: string;
  readonly timestamps?: boolean;
}

/** `skep logs NAME`: what the tasks of a service, a stack, a node or one task have written. */
export function addLogs(program: Command, context: Context, exit: (code: number) => void): void {
  program
    .command('logs')
    .argument('<name>', 'service, stack, node or task, such as web, web.3 or stack/shop')
    .option('-f, --follow', 'go on with new lines, also of tasks that start later, until the service is removed')
    .option('-n, --tail <lines>', 'only the last lines of each task', lines, 'all')
    .option('--since <time>', 'only lines from then on: 2026-01-02T03:04:05Z, or 10m for ten minutes ago')
    .option('-t, --timestamps', 'show the time of each line')
    .description('show what the tasks of a service have written, one line each, with task and node')
    .addHelpText('after', '\nLines of standard error go to standard error. With -o json each line is an object.')
    .action(async (name: string, flags: LogsFlags, command: Command) => {
      const { signal, clock = systemClock, streams } = context;
      const since = flags.since === undefined ? '' : secondsFrom(flags.since, clock.now());
      const show = async (client: Client, { output }: GlobalFlags) => {
        // Loaded late: other commands do not talk to engines.
        const [{ clientEngines }, { followLogs, showLogs }, { logScope }] = await Promise.all([
          import('../../fleet/index.js'),
          import('../services/log-streams.js'),
          import('../services/log-scope.js'),
        ]);
        const view = await readView(client);
        let failed = false;
        const request: LogRequest = {
          access: clientEngines(client),
          scope: logScope(view, name),
          tail: flags.tail,
          since,
          signal,
          clock,
          onLine: printer(context, output, flags.timestamps === true),
          onError: ({ label }, error, again) => {
            failed ||= !again;
            streams.err(`skep: ${printable(label)}: ${printable(messageOf(error))}${again ? '; trying again' : ''}\n`);
          },
        };
        if (flags.follow) await followLogs(client, request);
        else await showLogs(view, request);
        if (failed && !flags.follow) exit(exitCodes.unavailable);
      };
      await withClient(command, context, show, { waitForEnd: flags.follow === true });
    });
}

/** Prints lines with their task and node. An object a line with `-o json`. */
function printer({ streams }: Context, output: GlobalFlags['output'], timestamps: boolean) {
  let width = 0;
  return ({ task, label }: LogSource, { stream, time, text }: TaskLine): void => {
    if (output === 'json' || output === 'ndjson') {
      const { id, serviceId = '', nodeId = '', slot } = task;
      streams.out(`${JSON.stringify({ task: id, service: serviceId, node: nodeId, slot, stream, time, text })}\n`);
      return;
    }
    width = Math.max(width, label.length);
    const at = timestamps ? `${time} ` : '';
    const line = `${printable(label).padEnd(width)} | ${at}${text}\n`;
    if (stream === 'stderr') streams.err(line);
    else streams.out(line);
  };
}

function lines(text: string): string {
  if (text !== 'all' && !/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Give a number of lines, or all.');
  return text;
}

/** Reads a time, or a duration before now. Returns seconds since the epoch. */
export function secondsFrom(text: string, now: number): string {
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : now - durationMs(text);
  if (Number.isFinite(time)) return (time / 1_000).toFixed(3);
  throw new UsageError(`--since must be a time like 2026-01-02T03:04:05Z, or a duration like 10m, not '${text}'`);
}

function durationMs(text: string): number {
  try {
    return parseDuration(text);
  } catch {
    return Number.NaN;
  }
}
