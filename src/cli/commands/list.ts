import type { Command } from 'commander';
import { type Clock, systemClock } from '../../base/clock.js';
import { type Backend, type Entries, joinHostPort } from '../../discovery/index.js';
import type { Context } from '../context.js';
import {
  collected,
  discoveryForms,
  discoveryOptions,
  discoveryUrl,
  openBackend,
  timeFlag,
  wayOfUrl,
} from '../discovery-flags.js';
import { exitCodes, UsageError } from '../exit-codes.js';
import { type Format, printList } from '../output.js';

interface ListFlags {
  readonly discoveryOpt?: readonly string[];
  readonly timeout: string;
  readonly output: Format;
}

/** `skep list`: the nodes of a cluster, one `host:port` a line. The first list or error decides. */
export function addList(program: Command, context: Context, exit: (code: number) => void): void {
  const { streams, signal, clock = systemClock } = context;
  program
    .command('list')
    .alias('l')
    .argument('[discovery]', 'URL of the discovery service (or SWARM_DISCOVERY)')
    .option('--discovery-opt <key=value>', 'option of the discovery service (repeatable)', collected)
    .description('list the nodes of a cluster, within --timeout')
    .addHelpText('after', discoveryForms)
    .action(async (given: string | undefined, _flags: ListFlags, command: Command) => {
      const flags = command.optsWithGlobals<ListFlags>();
      const url = discoveryUrl(given, context, 'list');
      const timeoutMs = timeFlag('timeout', flags.timeout);
      if (timeoutMs <= 0) throw new UsageError('--timeout should be a positive number');
      const options = discoveryOptions(flags.discoveryOpt);
      const { access } = await wayOfUrl(command, context, url);
      const backend = await openBackend(context, url, { heartbeatMs: timeoutMs, options, access });
      const entries = await firstList(backend, { clock, timeoutMs, signal }).finally(() => backend.close?.());
      if (entries !== 'late') print(context, flags.output, entries);
      else if (!signal.aborted) {
        streams.err('skep: Timed out\n');
        exit(exitCodes.timeout);
      }
    });
}

/** A table without a heading: scripts read these lines. */
function print({ streams }: Context, output: Format, entries: Entries): void {
  const rows = entries.map(({ host, port }) => ({ host, port: portOf(port) }));
  const name = ({ host, port }: (typeof rows)[number]) => joinHostPort(host, String(port));
  printList(streams, output === 'table' ? 'name' : output, rows, { name, columns: [] });
}

/** Returns a number for JSON, or the text itself when it is no port. */
function portOf(port: string): number | string {
  return /^(0|[1-9]\d{0,4})$/.test(port) ? Number(port) : port;
}

async function firstList(
  backend: Backend,
  { clock, timeoutMs, signal }: { clock: Clock; timeoutMs: number; signal: AbortSignal },
): Promise<Entries | 'late'> {
  const late = new AbortController();
  const cancel = clock.schedule(timeoutMs, () => late.abort());
  try {
    for await (const { entries, error } of backend.watch({ signal: AbortSignal.any([signal, late.signal]) })) {
      if (error) throw error;
      return entries;
    }
    return 'late';
  } finally {
    cancel();
  }
}
