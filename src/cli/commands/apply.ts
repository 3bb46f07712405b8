import type { Command } from 'commander';
import { systemClock } from '../../base/clock.js';
import type { messages } from '../../client/index.js';
import type { PlannedChange } from '../../compose/index.js';
import { type AppliedStack, applyStack } from '../apply-stack.js';
import { type ComposeFlags, readFiles, stackOf, withComposeFlags } from '../compose-files.js';
import { type Context, withClient } from '../context.js';
import { openDockerLogins } from '../docker-login.js';
import { applyObjects } from '../object-changes.js';
import { type ObjectDocument, objectsIn } from '../object-files.js';
import { type Columns, type Format, printList, printOne, type Streams } from '../output.js';
import { type Unplaced, unplacedAfter } from '../services/fits.js';
import { readIslandTexts } from '../services/islands.js';
import { type ClusterView, readView } from '../services/view.js';
import { printWaited, waitAndShow, type WaitReport } from '../wait.js';
import { type WaitFlag, withWait } from '../wait-flag.js';
import { fieldTexts } from './history.js';

interface ApplyFlags extends ComposeFlags, WaitFlag {
  readonly dryRun?: boolean;
  readonly prune?: boolean;
  readonly withRegistryAuth?: boolean;
}

/** One change, as it is printed. */
interface Row {
  readonly action: PlannedChange['op'];
  readonly kind: string;
  readonly name: string;
  readonly id: string;
  /** Changed fields of a dry run. */
  readonly changes?: readonly string[];
  /** Tasks of a dry run that no node would take. */
  readonly unplaced?: Omit<Unplaced, 'service'>;
}

export function addApply(program: Command, context: Context, exit: (code: number) => void): void {
  const { streams, clock = systemClock } = context;
  const command = withComposeFlags(program.command('apply'))
    .option('--dry-run', 'print the changes without making them')
    .option('--prune', 'remove objects of the stack that are no longer in the file')
    .option('--with-registry-auth', 'give the engines the credentials of docker login for the images')
    .description(
      'create or update the objects of Compose files, or of files with kind: at the top, in one transaction',
    );
  withWait(command).action(async (file: string | undefined, flags: ApplyFlags, command: Command) => {
    const { prune = false, dryRun = false, wait } = flags;
    if (dryRun && wait !== undefined) command.error('error: --dry-run changes nothing to wait for; leave out --wait');
    const texts = await readFiles(file, flags, command);
    const documents = objectsIn(texts);
    if (documents) {
      refuseStackFlags(flags, command);
      await applyDocuments(command, context, documents, dryRun);
      return;
    }
    const stack = stackOf(texts, flags, { command, context });
    const authOf = flags.withRegistryAuth ? await openDockerLogins(context.env) : undefined;
    await withClient(command, context, async (client, { output }, said) => {
      const applied = await applyStack(client, stack, { prune, dryRun, said, authOf });
      const view = dryRun ? await readView(client) : undefined;
      const unplaced = view ? unplacedAfter(view, applied.changes, clock.now()) : [];
      const rows = rowsOf(applied, dryRun, unplaced);
      if (rows.length === 0) streams.err(`stack ${stack.name}: nothing differs\n`);
      else if (dryRun) streams.err(`stack ${stack.name}: this would be done\n`);
      for (const text of await readIslandTexts(client, applied.changes)) streams.err(`warning: ${text}\n`);
      if (wait === undefined) {
        printRows(streams, output, rows, dryRun);
        for (const line of fitLines(view, unplaced)) streams.err(`${line}\n`);
        return;
      }
      if (output !== 'json') printRows(streams, output, rows, dryRun);
      const report = await waitAndShow(context, client, { ...applied, limitMs: wait });
      printReport(streams, output, rows, report);
      exit(printWaited(context, output, report, wait));
    });
  });
}

/** Files of objects have no stack, no variables and no services to wait for. */
export function refuseStackFlags(flags: ApplyFlags, command: Command): void {
  const { prune, wait, stack, envFile, profile } = flags;
  const given = { prune, wait, stack, 'env-file': envFile, profile };
  const [wrong] = Object.entries(given).filter(([, value]) => value !== undefined);
  if (wrong) command.error(`error: --${wrong[0]} is for Compose files; leave it out for files with kind: at the top`);
}

async function applyDocuments(
  command: Command,
  context: Context,
  documents: readonly ObjectDocument[],
  dryRun: boolean,
): Promise<void> {
  const { streams } = context;
  await withClient(command, context, async (client, { output }, said) => {
    const changes = await applyObjects(client, documents, { dryRun, said });
    if (changes.length === 0) streams.err('nothing differs\n');
    else if (dryRun) streams.err('this would be done\n');
    const rows = changes.map(({ op, kind, name, id, fields }) => {
      return { action: op, kind, name, id, ...(dryRun && { changes: fieldTexts(kind, fields) }) };
    });
    printRows(streams, output, rows, dryRun);
  });
}

function rowsOf({ changes, planned }: AppliedStack, dryRun: boolean, unplaced: readonly Unplaced[]): Row[] {
  return changes.map((change, i) => {
    const { service: _service, ...left } = unplaced.find(({ service }) => service === change.name) ?? {};
    return {
      action: change.op,
      kind: change.kind,
      name: change.name,
      id: 'id' in change ? change.id : change.object.id,
      ...(dryRun && { changes: fieldTexts(change.kind, fieldsOf(planned[i])) }),
      ...('text' in left && change.kind === 'service' && { unplaced: left }),
    };
  });
}

/** Says which tasks would not fit. Without any node it is the same for all of them. */
function fitLines(view: ClusterView | undefined, unplaced: readonly Unplaced[]): string[] {
  if (unplaced.length > 0 && view?.nodes.size === 0) return ['no task would run: the cluster has no nodes yet'];
  return unplaced.map(({ service, tasks, of, text }) => `${service}: ${tasks} of ${of} would not fit: ${text}`);
}

const fieldsOf = (planned: messages.PlannedChange | undefined) => planned?.fields ?? [];

function printRows(streams: Streams, output: Format, rows: readonly Row[], dryRun: boolean): void {
  if (rows.length === 0 && output !== 'json') return;
  const columns: Columns<Row> = [
    ['ACTION', ({ action }) => action],
    ['KIND', ({ kind }) => kind],
    ['NAME', ({ name }) => name],
    ['ID', ({ id }) => id],
    ...(dryRun ? [['CHANGES', changesOf] as const] : []),
  ];
  printList(streams, output, rows, { name: ({ name, id }) => name || id, columns });
}

/** Prints the changes and the end of the wait as one answer of JSON, or the end as one more line. */
function printReport(streams: Streams, output: Format, changes: readonly Row[], report: WaitReport): void {
  if (output === 'json') printOne(streams, output, { changes, ...report }, '');
  else if (output === 'ndjson') printOne(streams, output, report, '');
  else if (output === 'table' && changes.length > 0) streams.out('\n');
}

/** Returns the changed fields of an update; other actions need none. */
function changesOf({ action, changes = [] }: Row): string {
  return action === 'update' ? changes.join('; ') : '';
}
