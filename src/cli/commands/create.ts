import type { Command } from 'commander';
import { systemClock } from '../../base/clock.js';
import { systemRandom } from '../../base/random.js';
import { createToken, newToken } from '../../discovery/index.js';
import type { Context, GlobalFlags } from '../context.js';
import { UsageError } from '../exit-codes.js';
import { printOne } from '../output.js';

/** `skep create`: a fresh token on stdout; from a token server when one is named. */
export function addCreate(program: Command, context: Context): void {
  const { streams, env, clock = systemClock, random = systemRandom } = context;
  program
    .command('create')
    .alias('c')
    // Accepted only to refuse them with Docker Swarm's message.
    .argument('[nothing...]')
    .usage('[options]')
    .option(
      '--discovery-url <url>',
      'token server to create the cluster on (or SKEP_DISCOVERY_URL; default: only a token, for skep://HOST:PORT/<token>)',
    )
    .description('create a cluster, and print its token')
    .action(async (given: string[], flags: { discoveryUrl?: string }, command: Command) => {
      if (given.length > 0) throw new UsageError("the `create` command takes no arguments. See 'skep create --help'.");
      const url = flags.discoveryUrl ?? env.SKEP_DISCOVERY_URL ?? '';
      const token = url === '' ? newToken(random) : await createToken(url, { clock });
      printOne(streams, command.optsWithGlobals<GlobalFlags>().output, { token }, token);
    });
}
