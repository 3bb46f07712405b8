import type { Command } from 'commander';
import { newId } from '../../base/ids.js';
import { systemRandom } from '../../base/random.js';
import { isStoreError } from '../../base/store-error.js';
import { changeOf, type Client, type messages, type WriteOptions } from '../../client/index.js';
import { type PlannedChange, planStack, type Stack, versionsOf } from '../../compose/index.js';
import type { Secret } from '../../kinds/index.js';
import { type ComposeFlags, readStack, withComposeFlags } from '../compose-files.js';
import { type Context, withClient } from '../context.js';
import { printList } from '../output.js';
import { fieldTexts } from './history.js';

interface ApplyFlags extends ComposeFlags {
  readonly dryRun?: boolean;
  readonly prune?: boolean;
}

/** Maximum number of plans when another writer changes the same objects. */
const attempts = 3;

export function addApply(program: Command, context: Context): void {
  const { streams } = context;
  withComposeFlags(program.command('apply'))
    .option('--dry-run', 'print the changes without making them')
    .option('--prune', 'remove objects of the stack that are no longer in the file')
    .description('create or update the objects of Compose files in one transaction')
    .action(async (file: string | undefined, flags: ApplyFlags, command: Command) => {
      const stack = await readStack(file, flags, { command, context });
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

async function applyStack(
  client: Client,
  stack: Stack,
  options: { prune: boolean; dryRun: boolean; said: WriteOptions },
): Promise<{ changes: readonly PlannedChange[]; planned: readonly messages.PlannedChange[] }> {
  for (let attempt = 1; ; attempt++) {
    try {
      const changes = await plan(client, stack, options.prune);
      const wire = changes.map(toWire);
      if (changes.length === 0) return { changes, planned: [] };
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

/** Compares the stack with the cluster. */
async function plan(client: Client, stack: Stack, prune: boolean): Promise<PlannedChange[]> {
  const { objects: networks } = await client.list('network');
  const { objects: secrets } = await client.list('secret');
  const { objects: configs } = await client.list('config');
  const { objects: services } = await client.list('service');
  const tasks = prune ? (await client.list('task')).objects : [];
  const same = await sameSecrets(client, stack, secrets);
  const data = new Map(configs.map(({ id, spec }) => [id, spec.data]));
  return planStack(
    stack,
    { networks, secrets, configs, services, tasks },
    {
      prune,
      newId: () => newId(systemRandom),
      isSame: (kind, id, wanted) => (kind === 'secret' ? same.has(id) : data.get(id) === wanted),
    },
  );
}

/** Finds the secrets that hold what the file says. A member never shows their data: it is asked whether it would change. */
async function sameSecrets(client: Client, stack: Stack, secrets: readonly Secret[]): Promise<ReadonlySet<string>> {
  const same = new Set<string>();
  for (const { external, name, key, data } of stack.secrets) {
    if (external) continue;
    for (const secret of versionsOf(stack.name, name ?? `${stack.name}_${key}`, secrets)) {
      const wanted = { ...secret, spec: { ...secret.spec, data } };
      try {
        await client.plan([changeOf('update', 'secret', wanted, { version: secret.meta.version })]);
        same.add(secret.id);
        break;
      } catch (error) {
        if (!isStoreError(error, 'INVALID_OBJECT')) throw error;
      }
    }
  }
  return same;
}

function toWire(change: PlannedChange): messages.Change {
  const { op, kind } = change;
  if (op === 'remove') return { op, kind, id: change.id, version: change.version };
  return changeOf(op, kind, change.object, op === 'update' ? { version: change.version } : {});
}
