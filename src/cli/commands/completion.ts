import { Argument, type Command, type Option } from 'commander';
import type { Access } from '../../client/index.js';
import { isKind, type Kind, kindNames, kindOf } from '../../kinds/index.js';
import { addCommands } from '../command-table.js';
import { completionScripts, type Shell, shells } from '../completion-scripts.js';
import { type Context, hostDefault, hostsOf } from '../context.js';
import { nameOf } from '../objects.js';
import { wayOf } from '../way.js';

/** Time for which a completion waits for the cluster, milliseconds: a person has pressed a key. */
const askMs = 1_000;
/** Most ids that are offered. */
const idsMax = 200;

/** `skep completion SHELL`, and the hidden command that its script calls. */
export function addCompletion(program: Command, context: Context): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'shell to complete in').choices(shells))
    .description('print a script that completes commands, options and ids in a shell')
    .action((shell: Shell) => context.streams.out(completionScripts[shell]));
}

/** `skep complete WORDS…`: what may stand in place of the last word, one a line. */
export function addComplete(program: Command, context: Context): void {
  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .description('print what may stand in place of the last word')
    .action(async (words: string[], _flags: object, command: Command) => {
      const { host: named } = program.opts<{ host: string }>();
      const names: Names = async (host, kind) => {
        const given = host === hostDefault ? undefined : hostsOf(command, { host });
        const { hosts, access } = await wayOf(command, context, given);
        return namesOf(kind, hosts, access);
      };
      for (const one of await completions(words, context, { names, host: named })) context.streams.out(`${one}\n`);
    });
}

/** Reads the names of the objects of a kind. */
type Names = (host: string, kind: Kind) => Promise<readonly string[]>;

async function completions(
  words: readonly string[],
  context: Context,
  { names, host }: { readonly names: Names; readonly host: string },
): Promise<string[]> {
  const last = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const { command, options, hosts } = await commandAt(before, context);
  const previous = before.at(-1) ?? '';
  const wanting = options.find((option) => option.required && (option.long === previous || option.short === previous));
  if (wanting) return beginning(wanting.argChoices ?? [], last);
  if (last.startsWith('-'))
    return beginning(
      options.flatMap(({ long, hidden }) => (hidden ? [] : (long ?? []))),
      last,
    );
  if (command.commands.length > 0)
    return beginning(
      command
        .createHelp()
        .visibleCommands(command)
        .map((one) => one.name()),
      last,
    );
  return beginning(await idsFor(command, last, (kind) => names(hosts ?? host, kind)), last);
}

const beginning = (all: readonly string[], last: string) => all.filter((one) => one.startsWith(last));

interface Place {
  readonly command: Command;
  /** Of the command and of the program. */
  readonly options: readonly Option[];
  /** Value of `--host`, if it is there. */
  readonly hosts?: string;
}

/** Finds the command that the words lead to. */
async function commandAt(words: readonly string[], context: Context): Promise<Place> {
  const { optionsOfAll } = await import('../program.js');
  const program = optionsOfAll(context);
  const names = words.filter((word, i) => !word.startsWith('-') && !takesValue(program.options, words[i - 1]));
  await addCommands(program, context, () => undefined, names[0]);
  let command = program;
  for (const name of names)
    command = command.commands.find((one) => one.name() === name || one.aliases().includes(name)) ?? command;
  const at = words.lastIndexOf('--host');
  const hosts = at >= 0 ? words[at + 1] : undefined;
  return { command, options: [...command.options, ...program.options], ...(hosts !== undefined && { hosts }) };
}

function takesValue(options: readonly Option[], word: string | undefined): boolean {
  return (
    word !== undefined && options.some(({ required, long, short }) => required && (long === word || short === word))
  );
}

/** Names that the argument of a command may have. A cluster that does not answer has none. */
async function idsFor(
  command: Command,
  last: string,
  names: (kind: Kind) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const wanted = command.registeredArguments[0]?.name() ?? '';
  const group = command.parent?.name() ?? '';
  if (wanted === 'shell') return [...shells];
  try {
    if (isKind(group)) return await names(group);
    if (wanted === 'kind') return kindNames.map((kind) => kindOf(kind).plural);
    if (wanted !== 'kind/id' && wanted !== 'name' && wanted !== 'object') return [];
    const [kind = '', rest] = last.split('/', 2);
    if (rest === undefined && wanted === 'kind/id') return kindNames.map((one) => `${one}/`);
    const found = isKind(kind) ? kind : kindNames.find((one) => kindOf(one).plural === kind);
    if (wanted === 'name' && rest === undefined) return await names('service');
    return found ? (await names(found)).map((name) => `${kind}/${name}`) : [];
  } catch {
    return [];
  }
}

async function namesOf(kind: Kind, hosts: readonly string[], access: Access | undefined): Promise<string[]> {
  const { Client } = await import('../../client/index.js');
  const client = new Client({ hosts, access, timeoutMs: askMs });
  try {
    const { objects } = await client.list(kind, undefined, { limit: idsMax, stale: true });
    return objects.map((object) => nameOf(kind, object) || object.id);
  } finally {
    client.close();
  }
}
