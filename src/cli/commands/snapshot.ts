import type { Command } from 'commander';
import { systemClock } from '../../base/clock.js';
import { isMemberName, memberNameRule } from '../../base/names.js';
import type { Client, messages } from '../../client/index.js';
import { type StaleFlag, withStale } from '../arguments.js';
import { type BackupSummary, type Context, type GlobalFlags, withClient } from '../context.js';
import { exitCodes, UsageError } from '../exit-codes.js';
import { type Streams, table } from '../output.js';
import { shownTransfer } from '../transfer.js';

interface RestoreFlags {
  readonly dataDir?: string;
  readonly name?: string;
  readonly yes?: boolean;
}

interface SaveFlags extends StaleFlag {
  readonly force?: boolean;
}

/** `skep snapshot save|inspect|restore`. */
export function addSnapshot(program: Command, context: Context, exit: (code: number) => void): void {
  const group = program.command('snapshot').description('save the whole state to a file, and restore it');
  addSave(group, context);
  addInspect(group, context);
  addRestore(group, context, exit);
}

function addSave(group: Command, context: Context): void {
  const { streams, backup, screen, clock = systemClock } = context;
  withStale(group.command('save'))
    .argument('<file>', 'file to write, or a pipe or device; - is standard output')
    .option('--force', 'replace an existing file')
    .description('save the committed state while the cluster runs')
    .action(async (file: string, { stale = false, force = false }: SaveFlags, command: Command) => {
      const save = async (client: Client, flags: GlobalFlags) => {
        const pieces = shownTransfer(client.saveSnapshot({ stale }), { screen, clock, doing: 'saving' });
        const { bytes, kept } = await backup.write(file, pieces, { force });
        if (kept) print(streams, flags, await backup.inspect(file));
        else streams.err(`saved ${bytes} bytes to ${file === '-' ? 'standard output' : file}\n`);
      };
      await withClient(command, context, save, { leaderless: stale });
    });
}

function addInspect(group: Command, { streams, backup }: Context): void {
  group
    .command('inspect')
    .argument('<file>', 'file from snapshot save')
    .description('check a file and print its contents; needs no member')
    .action(async (file: string, _options, command: Command) => {
      print(streams, command.optsWithGlobals<GlobalFlags>(), await backup.inspect(file));
    });
}

function addRestore(group: Command, context: Context, exit: (code: number) => void): void {
  group
    .command('restore')
    .argument('<file>', 'file from snapshot save')
    .option('--data-dir <dir>', 'empty directory for a new cluster; the running cluster does not change')
    .option('--name <name>', 'name of the first member, with --data-dir')
    .option('--yes', 'replace the current state without a question')
    .description('replace the whole state with a saved one; watchers must read again')
    .action(async (file: string, { dataDir, name, yes = false }: RestoreFlags, command: Command) => {
      if (dataDir !== undefined) await restoreInto(file, { dataDir, name }, command, context);
      else if (name !== undefined) command.error('error: --name needs --data-dir');
      else await restoreCluster(file, yes, command, context, exit);
    });
}

/** Makes an empty directory the first member of a new cluster. */
async function restoreInto(
  file: string,
  { dataDir, name }: { readonly dataDir: string; readonly name: string | undefined },
  command: Command,
  { streams, backup }: Context,
): Promise<void> {
  if (name === undefined) command.error('error: --data-dir needs --name, the name of the first member');
  if (!isMemberName(name)) command.error(`error: ${memberNameRule}`);
  print(streams, command.optsWithGlobals<GlobalFlags>(), await backup.restoreInto(file, dataDir, name));
  streams.err(`begin with: skep manager --name ${name} --data-dir ${dataDir}\n`);
}

/** Replaces the state of the running cluster. */
async function restoreCluster(
  file: string,
  yes: boolean,
  command: Command,
  context: Context,
  exit: (code: number) => void,
): Promise<void> {
  const { streams, backup, screen, clock = systemClock } = context;
  const saved = await backup.inspect(file); // a damaged file changes nothing
  await withClient(command, context, async (client, flags) => {
    if (!yes && !(await confirmed(client, saved, context))) {
      streams.err('nothing was changed\n');
      exit(exitCodes.failed);
      return;
    }
    const progress = { screen, clock, doing: 'restoring', bytes: saved.bytes };
    const { version, objects } = await client.restoreSnapshot(shownTransfer(backup.read(file), progress));
    if (flags.output === 'table') streams.out(`restored ${objects} objects as version ${version}\n`);
    else if (flags.output === 'name') streams.out(`${version}\n`);
    else streams.out(`${JSON.stringify({ version, objects })}\n`);
  });
}

/** Shows the exchange and asks for confirmation. Throws a {@link UsageError} without a terminal. */
async function confirmed(client: Client, saved: BackupSummary, { streams, confirm }: Context): Promise<boolean> {
  const { version } = await client.status();
  const now = await client.kinds();
  streams.err(`${exchangeText(now, saved)}\nversion ${version} now, version ${saved.version} in the file\n`);
  if (!confirm)
    throw new UsageError(
      'restore replaces the whole current state and needs a confirmation, so nothing was changed; repeat with --yes',
    );
  return confirm('Replace the whole current state with the saved one?');
}

function print(streams: Streams, { output }: GlobalFlags, summary: BackupSummary): void {
  if (output === 'json') streams.out(`${JSON.stringify(summary, null, 2)}\n`);
  else if (output === 'ndjson') streams.out(`${JSON.stringify(summary)}\n`);
  else if (output === 'name') streams.out(`${summary.file}\n`);
  else streams.out(`${textOf(summary)}\n`);
}

/** Writes the number of objects of each kind, now and after the restore. */
function exchangeText(now: readonly messages.KindUse[], { kinds: saved }: BackupSummary): string {
  const countIn = (list: readonly { kind: string; objects: number }[], kind: string) =>
    list.find((one) => one.kind === kind)?.objects ?? 0;
  const kinds = [...new Set([...now, ...saved].map(({ kind }) => kind))];
  const rows = kinds.map((kind) => ({ kind, now: countIn(now, kind), saved: countIn(saved, kind) }));
  return table(
    rows.filter((row) => row.now + row.saved > 0),
    [
      ['KIND', ({ kind }) => kind],
      ['NOW', (row) => row.now],
      ['IN THE FILE', (row) => row.saved],
    ],
  );
}

function textOf({ file, bytes, clusterId, lineage, version, time, members, kinds, history }: BackupSummary): string {
  const filled = kinds.filter(({ objects }) => objects > 0);
  return [
    `${file}: whole, ${bytes} bytes`,
    `cluster ${clusterId}, lineage ${lineage}, members ${members.join(', ')}`,
    `version ${version} of ${time === 0 ? 'never' : new Date(time).toISOString()}, ${history} transactions of history`,
    '',
    table(filled, [
      ['KIND', ({ kind }) => kind],
      ['OBJECTS', ({ objects }) => objects],
    ]),
  ].join('\n');
}
