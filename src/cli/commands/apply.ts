import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { newId } from '../../base/ids.js';
import { systemRandom } from '../../base/random.js';
import type { Client } from '../../client/index.js';
import { parseStack, planStack, type PlannedChange, type Stack } from '../../compose/index.js';
import { messageOf } from '../../base/errors.js';
import { isStoreError } from '../../state/index.js';
import { withClient, type Context } from '../context.js';
import { printList } from '../output.js';

interface ApplyFlags {
  readonly stack?: string;
  readonly dryRun?: boolean;
  readonly prune?: boolean;
}

/** How often the plan is made anew when somebody else changes the same things meanwhile. */
const attempts = 3;

export function addApply(program: Command, context: Context): void {
  const { streams, env } = context;
  program
    .command('apply')
    .argument('<file>', 'a Compose file')
    .option('--stack <name>', "name of the stack (default: the file's folder)")
    .option('--dry-run', 'say what would be done and do nothing')
    .option('--prune', 'remove what belongs to the stack and is no longer in the file')
    .description('make the services and networks of a Compose file, in one transaction; again: only what differs')
    .action(async (file: string, flags: ApplyFlags, command: Command) => {
      const stack = await readStack(file, flags.stack, env);
      for (const warning of stack.warnings) streams.err(`warning: ${warning}\n`);
      await withClient(command, context, async (client, { output }) => {
        const changes = await applyStack(client, stack, { prune: flags.prune === true, dryRun: flags.dryRun === true });
        const rows = changes.map((change) => ({
          action: change.op,
          kind: change.kind,
          name: change.name,
          id: 'id' in change ? change.id : change.object.id,
        }));
        if (rows.length === 0) streams.err(`stack ${stack.name}: nothing differs\n`);
        else if (flags.dryRun) streams.err(`stack ${stack.name}: this would be done\n`);
        if (rows.length === 0 && output !== 'json') return;
        printList(streams, output, rows, {
          name: ({ name }) => name,
          columns: [
            ['ACTION', ({ action }) => action],
            ['KIND', ({ kind }) => kind],
            ['NAME', ({ name }) => name],
            ['ID', ({ id }) => id],
          ],
        });
      });
    });
}

async function readStack(file: string, name: string | undefined, env: Context['env']): Promise<Stack> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Error(`${file} cannot be read: ${messageOf(cause)}`, { cause });
  });
  return parseStack(text, { file, folder: basename(dirname(resolve(file))), name, env });
}

async function applyStack(
  client: Client,
  stack: Stack,
  options: { prune: boolean; dryRun: boolean },
): Promise<readonly PlannedChange[]> {
  for (let attempt = 1; ; attempt++) {
    const { objects: networks } = await client.list('network');
    const { objects: services } = await client.list('service');
    const changes = planStack(
      stack,
      { networks, services },
      { prune: options.prune, newId: () => newId(systemRandom) },
    );
    if (options.dryRun || changes.length === 0) return changes;
    try {
      await client.apply(changes.map(toWire) as never[], { reason: `apply ${stack.name}` });
      return changes;
    } catch (error) {
      const changed =
        isStoreError(error, 'SEQUENCE_CONFLICT') ||
        isStoreError(error, 'NAME_CONFLICT') ||
        isStoreError(error, 'NOT_FOUND');
      if (!changed || attempt === attempts) throw error;
    }
  }
}

function toWire(change: PlannedChange): object {
  const { op, kind } = change;
  if (change.op === 'remove') return { op, kind, id: change.id, version: change.version };
  return {
    op,
    kind,
    id: change.object.id,
    [kind]: change.object,
    ...(change.op === 'update' && { version: change.version }),
  };
}
