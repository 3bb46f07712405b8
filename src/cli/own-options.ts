import type { Command } from 'commander';

/** Returns the name of the command in a command line: the first word that belongs to no option; for `help X`, X. */
export function namedCommand(args: readonly string[], program: Command): string | undefined {
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (takesNext(arg, [program])) i++;
    else if (!arg.startsWith('-') && arg !== 'help') return arg;
  }
  return undefined;
}

/** Commands that take another command as their arguments. */
const runners: readonly string[] = ['lock', 'elect', 'exec'];

/**
 * Adds a missing `--` before the command that `skep lock`, `skep elect` or `skep exec` runs. Options of skep end at the first word of
 * that command, and the rest belongs to the command.
 */
export function endOwnOptions(args: readonly string[], program: Command): readonly string[] {
  let command = program;
  const words: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === '--') return args;
    if (arg.startsWith('-') && arg !== '-') {
      if (takesNext(arg, [program, command])) i++;
      continue;
    }
    words.push(arg);
    if (words.length === 1 && !runners.includes(arg)) return args;
    if (words.length === 1) command = program.commands.find((one) => one.name() === arg) ?? program;
    if (words.length === 3) return [...args.slice(0, i), '--', ...args.slice(i)];
  }
  return args;
}

/** Options of a command whose long name the program has too, and their short names. */
const renamed: Readonly<Record<string, Readonly<Record<string, string>>>> = { manage: { '--host': '-H' } };

/**
 * The arguments with such options under their short name: the program would take the long one, wherever it stands.
 * `skep --host A manage --host B` has both.
 */
export function shortenOwnOptions(args: readonly string[], program: Command): readonly string[] {
  let command: Command | undefined;
  const ours: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === '--') return [...ours, ...args.slice(i)];
    const [, name = '', value = ''] = /^(--[^=]+)(=.*)?$/s.exec(arg) ?? [];
    const short = renamed[command?.name() ?? '']?.[name];
    ours.push(short === undefined ? arg : `${short}${value.slice(1)}`);
    if (arg.startsWith('-')) {
      if (i + 1 < args.length && takesNext(arg, command ? [program, command] : [program]))
        ours.push(args[++i] as string);
    } else command ??= program.commands.find((one) => one.name() === arg || one.aliases().includes(arg));
  }
  return ours;
}

/** Tells whether the next argument is the value of this option. It is not in `-ojson` or `--output=json`. */
function takesNext(arg: string, commands: readonly Command[]): boolean {
  return commands.some(({ options }) =>
    options.some((option) => option.required && (option.long === arg || option.short === arg)),
  );
}

/** A time as a word of its own behind an option whose value may be left out. */
const timeLike = /^\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h|$)/;

/**
 * Joins `--wait` with a time that follows, and gives it its default elsewhere. Commander would take any next word for the
 * value: `skep apply --wait compose.yaml` has none.
 */
export function fillWait(args: readonly string[], program: Command, byDefault: string): readonly string[] {
  let command = program;
  const ours: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === '--') return [...ours, ...args.slice(i)];
    const optional = arg === '--wait' && command.options.some(({ long, optional }) => long === arg && optional);
    if (optional) ours.push(`${arg}=${timeLike.test(args[i + 1] ?? '') ? (args[++i] as string) : byDefault}`);
    else ours.push(arg);
    if (!arg.startsWith('-')) command = command.commands.find((one) => one.name() === arg) ?? command;
    else if (takesNext(arg, [program, command]) && i + 1 < args.length) ours.push(args[++i] as string);
  }
  return ours;
}
