import type { Command } from 'commander';

/** Commands that take another command as their arguments. */
const runners: readonly string[] = ['lock', 'elect'];

/**
 * Adds a missing `--` before the command that `skep lock` or `skep elect` runs. Options of skep end at the first word of
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

/** Tells whether the next argument is the value of this option. It is not in `-ojson` or `--output=json`. */
function takesNext(arg: string, commands: readonly Command[]): boolean {
  return commands.some(({ options }) =>
    options.some((option) => option.required && (option.long === arg || option.short === arg)),
  );
}
