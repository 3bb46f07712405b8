import type { Command } from 'commander';
import { isMemberName, memberNameRule } from '../../base/names.js';
import type { Client, messages } from '../../client/index.js';
import { type StaleFlag, withStale } from '../arguments.js';
import { type BackupSummary, type Context, type GlobalFlags, withClient } from '../context.js';
import { exitCodes, UsageError } from '../exit-codes.js';
import { table } from '../output.js';

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
  const { streams, backup } = context;
  const group = program.command('snapshot').description('save the whole state to a file, and put it back');

  withStale(group.command('save'))
    .argument('<file>', 'where to; a pipe or a device is written to as it is; - is standard output')
    .option('--force', 'replace a file that is there already')
    .description('save everything that is committed now, while the cluster goes on')
    .action(async (file: string, { stale = false, force = false }: SaveFlags, command: Command) => {
      const save = async (client: Client, flags: GlobalFlags) => {
        const { bytes, kept } = await backup.write(file, client.saveSnapshot({ stale }), { force });
        if (kept) print(flags, await backup.inspect(file));
        else streams.err(`saved ${bytes} bytes to ${file === '-' ? 'standard output' : file}\n`);
      };
      await withClient(command, context, save, { leaderless: stale });
    });

  group
    .command('inspect')
    .argument('<file>', 'a file that save wrote')
    .description('check a file and say what is in it; asks no member')
    .action(async (file: string, _options, command: Command) => {
      print(command.optsWithGlobals<GlobalFlags>(), await backup.inspect(file));
    });

  group
    .command('restore')
    .argument('<file>', 'a file that save wrote')
    .option('--data-dir <dir>', 'an empty directory: begin a new cluster there, instead of changing the one that runs')
    .option('--name <name>', 'with --data-dir: the name of its first member')
    .option('--yes', 'do not ask before everything that is there now is replaced')
    .description('replace the whole state with a saved one, as one version; watchers must read again')
    .action(async (file: string, { dataDir, name, yes = false }: RestoreFlags, command: Command) => {
      if (dataDir !== undefined) {
        if (name === undefined) command.error('error: --data-dir needs --name, the name of the first member');
        if (!isMemberName(name)) command.error(`error: ${memberNameRule}`);
        print(command.optsWithGlobals<GlobalFlags>(), await backup.restoreInto(file, dataDir, name));
        streams.err(`begin with: skep manager --name ${name} --data-dir ${dataDir}\n`);
        return;
      }
      if (name !== undefined) command.error('error: --name is for --data-dir');
      const saved = await backup.inspect(file); // a damaged file changes nothing
      await withClient(command, context, async (client, flags) => {
        if (!yes && !(await confirmed(client, saved))) return;
        const { version, objects } = await client.restoreSnapshot(backup.read(file));
        if (flags.output === 'table') streams.out(`restored ${objects} objects as version ${version}\n`);
        else if (flags.output === 'name') streams.out(`${version}\n`);
        else streams.out(`${JSON.stringify({ version, objects })}\n`);
      });
    });

  /** Shows what would go, and asks; where nobody can be asked, refuses. */
  async function confirmed(client: Client, saved: BackupSummary): Promise<boolean> {
    const { version } = await client.status();
    const now = await client.kinds();
    streams.err(`${exchangeText(now, saved)}\nversion ${version} now, version ${saved.version} in the file\n`);
    if (!context.confirm)
      throw new UsageError(
        'restore replaces the whole current state and needs a confirmation; nothing was changed: repeat with --yes',
      );
    if (await context.confirm('Replace the whole current state with the saved one?')) return true;
    streams.err('nothing was changed\n');
    exit(exitCodes.failed);
    return false;
  }

  function print({ output }: GlobalFlags, summary: BackupSummary): void {
    if (output === 'json') streams.out(`${JSON.stringify(summary, null, 2)}\n`);
    else if (output === 'ndjson') streams.out(`${JSON.stringify(summary)}\n`);
    else if (output === 'name') streams.out(`${summary.file}\n`);
    else streams.out(`${textOf(summary)}\n`);
  }
}

/** Counts of each kind now, and after the restore. */
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
