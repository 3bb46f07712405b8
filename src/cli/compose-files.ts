import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve, win32 } from 'node:path';
import type { Command } from 'commander';
import { messageOf } from '../base/errors.js';
import { FileError } from '../base/file-error.js';
import { ComposeError, type Files, type FileText, parseEnvFile, parseStack, type Stack } from '../compose/index.js';
import type { Context } from './context.js';
import { readInput } from './input.js';

/** Flags of the commands that read Compose files. */
export interface ComposeFlags {
  readonly file?: readonly string[];
  readonly envFile?: readonly string[];
  readonly stack?: string;
  readonly profile?: readonly string[];
}

/** Largest file that is read, bytes. */
const bytesMax = 16 * 1024 * 1024;

const collect = (name: string, before: readonly string[] = []) => [...before, name];

/** Adds the argument and the flags that name Compose files. */
export function withComposeFlags(command: Command): Command {
  return command
    .argument('[file]', 'Compose file; - is standard input, and needs --stack')
    .option('-f, --file <file>', 'further Compose file, merged over those before it (repeatable)', collect)
    .option('--env-file <file>', 'file with variables in place of .env (repeatable)', collect)
    .option('--stack <name>', "name of the stack (default: the first file's folder)")
    .option(
      '--profile <name>',
      'also take the services of this profile (repeatable, * for all; or COMPOSE_PROFILES=a,b)',
      collect,
    );
}

/** Reads the files that the argument and `--file` name. */
export async function readFiles(
  first: string | undefined,
  { file: further = [] }: ComposeFlags,
  command: Command,
): Promise<FileText[]> {
  const names = [...(first === undefined ? [] : [first]), ...further];
  if (names.length === 0) return command.error('error: no Compose file is given; name one, such as compose.yaml');
  if (names.filter((name) => name === '-').length > 1) command.error('error: standard input is one file; give - once');
  const texts: FileText[] = [];
  for (const file of names) texts.push({ file, text: (await readInput(file)).toString('utf8') });
  return texts;
}

/** Reads the files of a stack, and prints warnings and services that are left out. */
export async function readStack(
  first: string | undefined,
  flags: ComposeFlags,
  { command, context }: { readonly command: Command; readonly context: Context },
): Promise<Stack> {
  return stackOf(await readFiles(first, flags, command), flags, { command, context });
}

/** Makes a stack of its files, as {@link readStack}. */
export function stackOf(
  texts: readonly FileText[],
  flags: ComposeFlags,
  { command, context }: { readonly command: Command; readonly context: Context },
): Stack {
  const main = texts[0]?.file ?? '-';
  if (main === '-' && flags.stack === undefined)
    command.error('error: a file from standard input has no name; give --stack');
  const folder = dirname(resolve(main));
  const files = filesOf(context.env.HOME || homedir());
  const env = { ...variablesOf(flags.envFile, folder, { files, env: context.env }), ...context.env };
  const profiles = flags.profile ?? (env.COMPOSE_PROFILES ?? '').split(',').map((name) => name.trim());
  const stack = parseStack(texts, { folder, name: flags.stack, profiles, env, files });
  for (const warning of stack.warnings) context.streams.err(`warning: ${warning}\n`);
  if (stack.leftOut.length > 0)
    context.streams.err(`left out: ${stack.leftOut.join(', ')}; use --profile to include them\n`);
  return stack;
}

/** Reads `--env-file`; without it, the `.env` beside the first file. The environment of the command comes first. */
function variablesOf(
  names: readonly string[] | undefined,
  folder: string,
  { files, env }: { readonly files: Files; readonly env: Context['env'] },
): Record<string, string> {
  const all: Record<string, string> = {};
  for (const name of names ?? [join(folder, '.env')]) {
    const bytes = readOr(files, name);
    if (!bytes && names) throw new FileError(`${name} cannot be read: there is no such file`);
    const fail = (line: number, what: string): never => {
      throw new ComposeError({ file: name, path: '', line, column: 1 }, what);
    };
    if (bytes) Object.assign(all, parseEnvFile(bytes, { env: { ...all, ...env }, fail }));
  }
  return all;
}

function readOr(files: Files, name: string): Uint8Array | undefined {
  try {
    return files.read(resolve(name));
  } catch (cause) {
    throw new FileError(`${name} cannot be read: ${messageOf(cause)}`, { cause });
  }
}

/** Access to the files of this computer. */
function filesOf(home: string): Files {
  return {
    // Containers run on other computers, where the folders of the file and the user are unknown.
    absolute: (path, folder) => {
      if (path.startsWith('~')) return join(home, path.slice(1));
      return win32.isAbsolute(path) ? path : resolve(folder, path); // true for POSIX paths too
    },
    folderOf: dirname,
    read: (path) => {
      let bytes: Uint8Array;
      try {
        bytes = readFileSync(path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
      if (bytes.length > bytesMax) throw new RangeError(`it holds ${bytes.length} bytes, more than ${bytesMax}`);
      return bytes;
    },
  };
}
