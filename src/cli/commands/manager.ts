import { type Command, InvalidArgumentError, Option } from 'commander';
import { messageOf } from '../../base/errors.js';
import { flagName, variableName } from '../../settings/names.js';
import {
  fromEnvironment,
  fromFlags,
  type Given,
  managerFlags,
  settle,
  type Settled,
  type Source,
} from '../../settings/sources.js';
import { defaultText, type ManagerSetting, managerTable, type TextSetting } from '../../settings/table.js';
import type { Context, GlobalFlags } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { readInput } from '../input.js';
import { type Format, printList, type Streams } from '../output.js';

interface ConfigFlags {
  readonly config?: string;
  readonly checkConfig?: true;
  readonly explainConfig?: true;
}

export function addManager(program: Command, context: Context, exit: (code: number) => void): void {
  const { streams } = context;
  const manager = program.command('manager').description('run one member in the foreground');
  for (const [name, row] of managerTable) manager.addOption(optionOf(name, row));
  manager
    .option(
      '--config <file>',
      'YAML file of settings with the names of these flags; flags and variables win (or SKEP_CONFIG)',
    )
    .option('--check-config', 'check all settings, print ok or the errors, and exit')
    .option('--explain-config', 'print each setting with its value and source, and exit')
    .action(async (flags: ConfigFlags, command: Command) => {
      const settled = settle([fromFlags({ ...flags }), fromEnvironment(context.env), await fileOf(flags, context)]);
      const mistakes = [...settled.mistakes];
      if (flags.checkConfig) mistakes.push(...(await wrongKinds(settled, context)));
      if (mistakes.length > 0) command.error(mistakes.map((mistake) => `error: ${mistake}`).join('\n'));
      const { output } = command.optsWithGlobals<GlobalFlags>();
      if (flags.explainConfig) explain(streams, output, settled);
      else if (flags.checkConfig) streams.out('ok\n');
      exit(
        flags.explainConfig || flags.checkConfig ? exitCodes.ok : await context.manager(managerFlags(settled), context),
      );
    });
}

/** Makes the flag of a setting. It has no default in Commander: another source may have the value. */
function optionOf(name: ManagerSetting, row: TextSetting): Option {
  const { type, shape, help } = row;
  const value = shape === undefined ? '' : ` <${shape}${type.form === 'list' ? '...' : ''}>`;
  const otherwise = [...variableOf(name, row), ...defaultOf(row)].join('; ');
  const option = new Option(`--${flagName(name)}${value}`, otherwise === '' ? help : `${help} (${otherwise})`);
  if (shape === undefined) return option;
  return option.argParser<unknown>((text, before) => {
    const read = checked(type.read, text);
    return type.form === 'list' ? [before ?? [], read].flat() : read;
  });
}

function variableOf(name: ManagerSetting, { flagOnly }: TextSetting): string[] {
  return flagOnly === undefined ? [`or ${variableName(name)}`] : [];
}

function defaultOf(row: TextSetting): string[] {
  const text = defaultText(row);
  return text === undefined ? [] : [`default: ${text}`];
}

function checked(read: TextSetting['type']['read'], text: string): unknown {
  try {
    return read(text);
  } catch (error) {
    throw new InvalidArgumentError(`${messageOf(error)}.`);
  }
}

async function fileOf({ config }: ConfigFlags, { env }: Context): Promise<Source> {
  const file = config ?? env.SKEP_CONFIG ?? '';
  if (file === '') return { layer: {}, mistakes: [] };
  try {
    const text = (await readInput(file)).toString('utf8');
    const { fromFile } = await import('../../settings/config-file.js');
    return fromFile(text, file);
  } catch (error) {
    return { layer: {}, mistakes: [messageOf(error)] };
  }
}

/** Returns the problems with the modules of kinds, which otherwise only a start would find. */
async function wrongKinds({ values }: Settled, context: Context): Promise<string[]> {
  try {
    await context.loadKinds(values.kinds.value as readonly string[]);
    return [];
  } catch (error) {
    return [messageOf(error)];
  }
}

function explain(streams: Streams, format: Format, { values }: Settled): void {
  const rows = managerTable.map(([name]) => {
    const { value, from, at } = values[name];
    return { setting: flagName(name), value: value ?? null, from, at: at === '' ? null : at };
  });
  printList(streams, format, rows, {
    name: ({ setting }) => setting,
    columns: [
      ['SETTING', ({ setting }) => setting],
      ['VALUE', ({ value }) => shown(value)],
      ['FROM', ({ from, at }) => at ?? from],
    ],
  });
}

function shown(value: Given['value']): string {
  if (value === null || (Array.isArray(value) && value.length === 0)) return '-';
  if (Array.isArray(value)) return value.join(',');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
