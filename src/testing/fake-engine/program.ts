import { shell } from './shell.js';

/** One thing that a program of a fake container does. */
export type Step =
  | { readonly do: 'write'; readonly fd: 1 | 2; readonly text: string }
  | { readonly do: 'sleep'; readonly ms: number }
  /** Waits for standard input: the step's answer is what came, `undefined` at its end. */
  | { readonly do: 'read' }
  | { readonly do: 'trap'; readonly signal: string; readonly run: Program | undefined }
  | { readonly do: 'exit'; readonly code: number };

/** A run of a program; its value is the exit code. */
export type Running = Generator<Step, number, string | undefined>;
export type Program = () => Running;

/** Surroundings of a program. */
export interface Surroundings {
  readonly env: ReadonlyMap<string, string>;
  readonly hostname: string;
  /** More commands than the fake has itself. */
  readonly commands: Commands;
}

/** Commands by name. */
export type Commands = Readonly<Record<string, (args: readonly string[], around: Surroundings) => Running>>;

/** The program that this command line starts; `undefined` when there is no such command. */
export function programOf(argv: readonly string[], around: Surroundings): Program | undefined {
  const [path = '', ...args] = argv;
  const name = path.replace(/^\/(usr\/)?s?bin\//, '');
  const commands = [around.commands, builtIn].find((some) => Object.hasOwn(some, name));
  const command = commands?.[name];
  return command && (() => command(args, around));
}

/** Words of a command that came as one string, as `Cmd: "echo hi"` of old clients: for the shell. */
export const shellForm = (line: string): readonly string[] => ['/bin/sh', '-c', line];

/** Joins words as Docker shows a command: those with anything unusual in them are quoted. */
export function commandLine(argv: readonly string[]): string {
  return argv
    .map((word) => (/[^\w@%+=:,./-]/.test(word) ? `'${word.replaceAll("'", `'"'"'`)}'` : word || "''"))
    .join(' ');
}

const forever = 2 ** 31 - 1;

function* sleepFor(args: readonly string[]): Running {
  const [text = ''] = args;
  const [, count, unit = 's'] = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(text) ?? [];
  if (text === 'infinity') return yield* stay();
  if (count === undefined) {
    yield { do: 'write', fd: 2, text: `sleep: invalid number '${text}'\n` };
    return 1;
  }
  const scale = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[unit] ?? 1_000;
  yield { do: 'sleep', ms: Number(count) * scale };
  return 0;
}

/** A server or a terminal program: it does nothing that can be seen, until it is stopped. */
function* stay(): Running {
  for (;;) yield { do: 'sleep', ms: forever };
}

function* write(text: string, code = 0): Running {
  if (text !== '') yield { do: 'write', fd: 1, text };
  return code;
}

function* cat(args: readonly string[]): Running {
  const [file] = args.filter((arg) => arg !== '-');
  if (file !== undefined) {
    yield { do: 'write', fd: 2, text: `cat: can't open '${file}': No such file or directory\n` };
    return 1;
  }
  for (let chunk = yield { do: 'read' }; chunk !== undefined; chunk = yield { do: 'read' })
    yield { do: 'write', fd: 1, text: chunk };
  return 0;
}

/** A shell without `-c`: it runs the lines of its input. */
function* interactive(around: Surroundings): Running {
  let rest = '';
  let code = 0;
  for (let chunk = yield { do: 'read' }; chunk !== undefined; chunk = yield { do: 'read' }) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) code = yield* shell(line, around);
  }
  return rest === '' ? code : yield* shell(rest, around);
}

function* sh(args: readonly string[], around: Surroundings): Running {
  const at = args.indexOf('-c');
  return at === -1 ? yield* interactive(around) : yield* shell(args[at + 1] ?? '', around);
}

const echo = (args: readonly string[]) =>
  args[0] === '-n' ? write(args.slice(1).join(' ')) : write(`${args.join(' ')}\n`);

function printenv(args: readonly string[], { env }: Surroundings): Running {
  if (args.length === 0) return write([...env].map(([name, value]) => `${name}=${value}\n`).join(''));
  const values = args.flatMap((name) => env.get(name) ?? []);
  return write(values.map((value) => `${value}\n`).join(''), values.length === args.length ? 0 : 1);
}

const builtIn: Commands = {
  ':': () => write(''),
  cat,
  echo,
  env: (_args, around) => printenv([], around),
  false: () => write('', 1),
  hostname: (_args, { hostname }) => write(`${hostname}\n`),
  httpd: stay,
  nginx: stay,
  printenv,
  sh,
  sleep: sleepFor,
  tail: stay,
  top: stay,
  true: () => write(''),
};
