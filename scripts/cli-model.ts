/** Reads all commands with their arguments and options, for pages that are made from the help. */
import { Command, Help } from 'commander';
import { commandTable } from '../src/cli/command-table.js';
import type { Context } from '../src/cli/context.js';
import { optionsOfAll, withoutMembers } from '../src/cli/program.js';

/** One argument or option: how it is written, and what the help says about it. */
export interface TermModel {
  readonly term: string;
  readonly text: string;
}

/** One command, as its `--help` shows it. */
export interface CommandModel {
  /** As it is typed: `skep member add`. */
  readonly name: string;
  /** Name with alias, options and arguments. */
  readonly usage: string;
  readonly text: string;
  readonly terms: readonly TermModel[];
  /** Takes the options of all commands. */
  readonly global: boolean;
  readonly commands: readonly CommandModel[];
}

/** All commands, and the options of all of them. */
export interface ProgramModel {
  readonly text: string;
  readonly options: readonly TermModel[];
  readonly commands: readonly CommandModel[];
}

// Commands look at the rest of their context only when they run.
const context = { env: {}, user: 'user', version: '', streams: {} } as unknown as Context;
const help = new Help();

/** Returns a sentence about the options of all commands, for a command to which they do not apply. */
export function withoutGlobals(name: string): string {
  return name === 'skep manage'
    ? 'Of the options of all commands only --context applies: for the members of --store, and of a skep:// URL.'
    : 'It asks no member, so the options of all commands do not apply.';
}

/** Loads every command, and reads what its help shows. */
export async function programModel(): Promise<ProgramModel> {
  const program = optionsOfAll(context);
  const commands: CommandModel[] = [];
  for (const { load, hidden = false } of commandTable) {
    if (hidden) continue;
    const loaded = new Command('skep');
    (await load())(loaded, context, () => undefined);
    commands.push(...loaded.commands.map((one) => modelOf(one, withoutMembers.includes(one.name()))));
  }
  return { text: program.description(), options: optionTerms(program), commands };
}

/** Returns a command and all below it, in the order of the help. */
export function withBelow(command: CommandModel): CommandModel[] {
  return [command, ...command.commands.flatMap(withBelow)];
}

function modelOf(command: Command, alone: boolean): CommandModel {
  const below = command.commands.filter((one) => one.name() !== 'help').map((one) => modelOf(one, alone));
  const terms = [
    ...command.registeredArguments.map((argument) => ({
      term: help.argumentTerm(argument),
      text: help.argumentDescription(argument),
    })),
    ...optionTerms(command),
  ];
  const name = help.commandUsage(command).split(/[ |]*(?:\[|<|$)/)[0] ?? '';
  return {
    name: name.replaceAll(/\|\S+/g, ''),
    usage: help.commandUsage(command).trim(),
    text: command.description(),
    terms,
    global: !alone,
    commands: below,
  };
}

function optionTerms(command: Command): TermModel[] {
  return command.options
    .filter(({ hidden }) => !hidden)
    .map((option) => ({ term: help.optionTerm(option), text: help.optionDescription(option) }));
}
