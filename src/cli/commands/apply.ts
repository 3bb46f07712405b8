import { homedir } from 'node:os';
import { basename, dirname, join, resolve, win32 } from 'node:path';
import type { Command } from 'commander';
import { newId } from '../../base/ids.js';
import { systemRandom } from '../../base/random.js';
import { isStoreError } from '../../base/store-error.js';
import { changeOf, type Client, type messages, type WriteOptions } from '../../client/index.js';
import { parseStack, type PlannedChange, planStack, type Stack } from '../../compose/index.js';
import { type Context, withClient } from '../context.js';
import { readInput } from '../input.js';
import { printList } from '../output.js';
import { fieldTexts } from './history.js';

interface ApplyFlags {
  readonly stack?: string;
  readonly profile?: readonly string[];
  readonly dryRun?: boolean;
  readonly prune?: boolean;
}

/** Maximum number of plans when another writer changes the same objects. */
const attempts = 3;

export function addApply(program: Command, context: Context): void {
  const { streams, env } = context;
  program
    .command('apply')
    .argument('<file>', 'Compose file; - is standard input, and needs --stack')
    .option('--stack <name>', "name of the stack (default: the file's folder)")
    .option(
      '--profile <name>',
      'also apply the services of this profile (repeatable, * for all; or COMPOSE_PROFILES=a,b)',
      (name: string, before: readonly string[] = []) => [...before, name],
    )
    .option('--dry-run', 'print the changes without making them')
    .option('--prune', 'remove objects of the stack that are no longer in the file')
    .description('create or update the services and networks of a Compose file in one transaction')
    .action(async (file: string, flags: ApplyFlags, command: Command) => {
      if (file === '-' && flags.stack === undefined)
        command.error('error: a file from standard input has no name; give --stack');
      const stack = await readStack(file, flags, env);
      for (const warning of stack.warnings) streams.err(`warning: ${warning}\n`);
      if (stack.leftOut.length > 0)
        streams.err(`left out: ${stack.leftOut.join(', ')}; use --profile to include them\n`);
      await withClient(command, context, async (client, { output }, said) => {
        const { prune = false, dryRun = false } = flags;
        const { changes, planned } = await applyStack(client, stack, { prune, dryRun, said });
        const rows = changes.map((change, i) => ({
          action: change.op,
          kind: change.kind,
          name: change.name,
          id: 'id' in change ? change.id : change.object.id,
          ...(dryRun && { changes: fieldTexts(change.kind, planned[i]?.fields ?? []) }),
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
            ...(dryRun ? [['CHANGES', changesOf] as const] : []),
          ],
        });
      });
    });
}

/** Returns the changed fields of an update; other actions need none. */
function changesOf({ action, changes = [] }: { action: string; changes?: readonly string[] }): string {
  return action === 'update' ? changes.join('; ') : '';
}

async function readStack(file: string, { stack, profile }: ApplyFlags, env: Context['env']): Promise<Stack> {
  const text = (await readInput(file)).toString('utf8');
  const dir = dirname(resolve(file));
  const profiles = profile ?? (env.COMPOSE_PROFILES ?? '').split(',').map((name) => name.trim());
  const absolute = (path: string) => absoluteFrom(dir, env.HOME || homedir(), path);
  return parseStack(text, { file, folder: basename(dir), name: stack, profiles, env, absolute });
}

/** Makes a path absolute: containers run on other computers, where the folders of the file and the user are unknown. */
function absoluteFrom(dir: string, home: string, path: string): string {
  if (path.startsWith('~')) return join(home, path.slice(1));
  return win32.isAbsolute(path) ? path : resolve(dir, path); // true for POSIX paths too
}

async function applyStack(
  client: Client,
  stack: Stack,
  options: { prune: boolean; dryRun: boolean; said: WriteOptions },
): Promise<{ changes: readonly PlannedChange[]; planned: readonly messages.PlannedChange[] }> {
  for (let attempt = 1; ; attempt++) {
    const { objects: networks } = await client.list('network');
    const { objects: services } = await client.list('service');
    const changes = planStack(
      stack,
      { networks, services },
      { prune: options.prune, newId: () => newId(systemRandom) },
    );
    const wire = changes.map(toWire);
    if (changes.length === 0) return { changes, planned: [] };
    try {
      if (options.dryRun) return { changes, planned: await client.plan(wire) };
      await client.apply(wire, { reason: `apply ${stack.name}`, ...options.said });
      return { changes, planned: [] };
    } catch (error) {
      const changed =
        isStoreError(error, 'SEQUENCE_CONFLICT') ||
        isStoreError(error, 'NAME_CONFLICT') ||
        isStoreError(error, 'NOT_FOUND');
      if (!changed || attempt === attempts) throw error;
    }
  }
}

function toWire(change: PlannedChange): messages.Change {
  const { op, kind } = change;
  if (op === 'remove') return { op, kind, id: change.id, version: change.version };
  return changeOf(op, kind, change.object, op === 'update' ? { version: change.version } : {});
}
