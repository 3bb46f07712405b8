import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { type Command, InvalidArgumentError } from 'commander';
import { messageOf } from '../../base/errors.js';
import { FileError } from '../../base/file-error.js';
import { type AuditAnchor, type AuditReport, AuditVerifier, parseLine } from '../../audit/index.js';
import type { StoredObject } from '../../kinds/index.js';
import { type Context, type GlobalFlags, withClient } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { printOne } from '../output.js';

/** `skep audit`: checks and shows the audit of a member. */
export function addAudit(program: Command, context: Context, exit: (code: number) => void): void {
  const group = program.command('audit').description('check and show the audit of a member');
  group
    .command('verify')
    .argument('<file...>', 'files of one member, oldest first')
    .option('--cluster', 'compare with the head that the cluster knows, too')
    .description('check the chain: was a line changed, left out or added?')
    .action(async (files: readonly string[], flags: { cluster?: true }, command: Command) => {
      const { output } = command.optsWithGlobals<GlobalFlags>();
      const report = flags.cluster
        ? await withClient(command, context, async (client) => verified(files, (member) => anchorOf(client, member)))
        : await verified(files);
      printOne(context.streams, output, report, textOf(report).join('; '));
      if (report.problems.length > 0) exit(exitCodes.invalid);
    });
  group
    .command('tail')
    .argument('<file>', 'file of a member')
    .option('-n, --lines <count>', 'number of lines', wholeNumber, 20)
    .description('show the last lines, for people')
    .action(async (file: string, flags: { lines: number }, command: Command) => {
      const { output } = command.optsWithGlobals<GlobalFlags>();
      const last: string[] = [];
      for await (const line of linesOf(file)) {
        last.push(line);
        if (last.length > flags.lines) last.shift();
      }
      for (const line of last) {
        const read = parseLine(line);
        if (output === 'table') printOne(context.streams, output, {}, shown(line));
        else if (read) printOne(context.streams, output, read, '');
      }
    });
}

type Client = Parameters<Parameters<typeof withClient>[2]>[0];

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return value;
}

/** Reads the files twice where the cluster is asked: the member whose anchor it is stands in them. */
async function verified(
  files: readonly string[],
  find?: (member: string) => Promise<AuditAnchor | undefined>,
): Promise<AuditReport> {
  const first = await readThrough(files, new AuditVerifier());
  const report = first.report();
  const anchor = await find?.(report.member);
  if (!anchor) return find ? { ...report, notes: [...report.notes, 'the cluster knows no head of it yet'] } : report;
  return (await readThrough(files, new AuditVerifier(anchor.line))).report(anchor);
}

async function readThrough(files: readonly string[], verifier: AuditVerifier): Promise<AuditVerifier> {
  for (const file of files) {
    let number = 0;
    for await (const line of linesOf(file)) verifier.take(line, `${file}:${++number}`);
  }
  return verifier;
}

async function anchorOf(client: Client, member: string): Promise<AuditAnchor | undefined> {
  const { objects } = await client.list('anchors', { ids: [member] });
  const [found] = objects as readonly (StoredObject & { readonly line: number; readonly hash: string })[];
  return found && { line: found.line, hash: found.hash, at: found.meta.updatedAt };
}

async function* linesOf(file: string): AsyncGenerator<string> {
  try {
    yield* createInterface({ input: createReadStream(file), crlfDelay: Infinity });
  } catch (cause) {
    throw new FileError(`${file} cannot be read: ${messageOf(cause)}`, { cause });
  }
}

function textOf({ lines, head, problems, notes }: AuditReport): string[] {
  const verdict = problems.length > 0 ? 'NOT WHOLE' : 'whole';
  return [`${verdict}: ${lines} lines, up to line ${head.line}`, ...problems, ...notes];
}

/** A line for people: time, event, who, and the facts. A line that cannot be read stays as it is. */
function shown(text: string): string {
  const read = parseLine(text);
  if (!read) return text;
  const { line: _line, prev: _prev, time, event, identity, actor, ...facts } = read;
  const who = [identity, actor].find((one) => typeof one === 'string') ?? '';
  const said = Object.entries(facts).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return [time, event, who, ...said].filter((part) => part !== '').join(' ');
}
