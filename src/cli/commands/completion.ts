import { Argument, type Command, type Option } from 'commander';
import { isKind } from '../../kinds/index.js';
import { addCommands } from '../command-table.js';
import { completionScripts, type Shell, shells } from '../completion-scripts.js';
import { type Context, hostDefault, hostsOf } from '../context.js';
import { contextNames, contextsDir } from '../login-context.js';
import { nameOf } from '../objects.js';
import { type NameSource, offers, type Place } from '../offers.js';
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
      const { place, hosts = named, login } = await placeOf(words.slice(0, -1), context);
      const given = hosts === hostDefault ? undefined : hostsOf(command, { host: hosts });
      if (login !== undefined) program.setOptionValueWithSource('context', login, 'cli');
      const source = new ClusterNames(async () => {
        const way = await wayOf(command, context, given);
        const { Client } = await import('../../client/index.js');
        return new Client({ ...way, timeoutMs: askMs });
      }, context);
      for (const one of await offers(place, words.at(-1) ?? '', source)) context.streams.out(`${one}\n`);
    });
}

type Connected = InstanceType<typeof import('../../client/index.js').Client>;

/** Names in the cluster, and on this computer. Opens a client for each question, and closes it. */
class ClusterNames implements NameSource {
  readonly #connect: () => Promise<Connected>;
  readonly #context: Context;

  constructor(connect: () => Promise<Connected>, context: Context) {
    this.#connect = connect;
    this.#context = context;
  }

  kinds(): ReturnType<NameSource['kinds']> {
    return this.#ask((client) => client.kinds());
  }

  names(kind: string, beginning: string): Promise<readonly string[]> {
    return this.#ask(async (client) => {
      // People know objects of the built-in kinds by their names, which the filter of ids does not find.
      const filter = isKind(kind) ? undefined : { idPrefixes: [beginning] };
      const { objects } = await client.list(kind, filter, { limit: idsMax, stale: true });
      return objects.map((object) => nameOf(kind, object) || object.id);
    });
  }

  members(): Promise<readonly string[]> {
    return this.#ask(async (client) => (await client.status()).members.map(({ name }) => name));
  }

  contexts(): Promise<readonly string[]> {
    return contextNames(contextsDir(this.#context.env));
  }

  async #ask<T>(question: (client: Connected) => Promise<T>): Promise<T> {
    const client = await this.#connect();
    try {
      return await question(client);
    } finally {
      client.close();
    }
  }
}

interface Found {
  readonly place: Place;
  /** Value of `--host`, if it is there. */
  readonly hosts?: string;
  /** Value of `--context`, if it is there. */
  readonly login?: string;
}

/** Finds the command that the words lead to, and its arguments. */
async function placeOf(words: readonly string[], context: Context): Promise<Found> {
  const { optionsOfAll } = await import('../program.js');
  const program = optionsOfAll(context);
  const first = words.find((word, i) => !word.startsWith('-') && !takesValue(program.options, words[i - 1]));
  await addCommands(program, context, () => undefined, first);
  let command = program;
  const given: string[] = [];
  words.forEach((word, i) => {
    if (word.startsWith('-') || takesValue([...program.options, ...command.options], words[i - 1])) return;
    const below = command.commands.find((one) => one.name() === word || one.aliases().includes(word));
    if (below) command = below;
    else given.push(word);
  });
  const hosts = valueOf(words, '--host');
  const login = valueOf(words, '--context');
  const options = [...command.options, ...program.options];
  return {
    place: { command, options, given, previous: words.at(-1) ?? '' },
    ...(hosts && { hosts }),
    ...(login && { login }),
  };
}

/** Value of an option, as `--name VALUE` or `--name=VALUE`. */
function valueOf(words: readonly string[], name: string): string | undefined {
  const at = words.findLastIndex((word) => word === name || word.startsWith(`${name}=`));
  const word = words[at];
  return word === name ? words[at + 1] : word?.slice(name.length + 1);
}

function takesValue(options: readonly Option[], word: string | undefined): boolean {
  return (
    word !== undefined && options.some(({ required, long, short }) => required && (long === word || short === word))
  );
}
