import type { Command } from 'commander';
import { systemClock } from '../../base/clock.js';
import { systemRandom } from '../../base/random.js';
import { createToken, newToken } from '../../discovery/index.js';
import { type Context, type GlobalFlags, withClient } from '../context.js';
import { UsageError } from '../exit-codes.js';
import { parseAssignment } from '../object-path.js';
import { findKind } from '../objects.js';
import { printNames, printOne } from '../output.js';
import { createWith } from '../write-object.js';

/** `skep create`: a fresh token on stdout, from a token server when one is named. `skep create KIND[/ID] PATH=VALUE…`: an object. */
export function addCreate(program: Command, context: Context): void {
  const { streams, env, clock = systemClock, random = systemRandom } = context;
  program
    .command('create')
    .alias('c')
    .argument('[object...]', 'KIND or KIND/ID of an object to create, and its fields as PATH=VALUE')
    .option(
      '--discovery-url <url>',
      'token server to create the cluster on (or SKEP_DISCOVERY_URL; default: only a token, for skep://HOST:PORT/<token>)',
    )
    .description('create a cluster, and print its token; or create an object')
    .action(async (given: string[], flags: { discoveryUrl?: string }, command: Command) => {
      const [reference, ...fields] = given;
      if (reference !== undefined) {
        // Docker Swarm's message, for what cannot be an object.
        if (fields.length === 0 && !reference.includes('/'))
          throw new UsageError("the `create` command takes no arguments. See 'skep create --help'.");
        await createObject(command, context, reference, fields);
        return;
      }
      const url = flags.discoveryUrl ?? env.SKEP_DISCOVERY_URL ?? '';
      const token = url === '' ? newToken(random) : await createToken(url, { clock });
      printOne(streams, command.optsWithGlobals<GlobalFlags>().output, { token }, token);
    });
}

async function createObject(
  command: Command,
  context: Context,
  reference: string,
  fields: readonly string[],
): Promise<void> {
  const assignments = fields.map(parseAssignment);
  const [, given = '', id] = /^([^/]*)(?:\/(.+))?$/s.exec(reference) ?? [];
  await withClient(command, context, async (client, { output }, said) => {
    const kind = await findKind(client, given);
    const made = await createWith(client, { kind, ...(id !== undefined && { id }) }, assignments, said);
    printNames(context.streams, output, [{ kind, id: made.id }], (one) => `${one.kind}/${one.id}`);
  });
}
