import type { Argument, Command, Option } from 'commander';
import { isKind, kindNames, kindOf, kv } from '../kinds/index.js';
import { shells } from './completion-scripts.js';

// Says what may stand in place of the last word of a command line.

/** Reads names from the cluster. Each may fail: then nothing is offered. */
export interface NameSource {
  /** All kinds, with their plurals. */
  kinds(): Promise<readonly { readonly kind: string; readonly plural: string }[]>;
  /** Names of the objects of a kind, where they have names, else ids that begin with this. */
  names(kind: string, beginning: string): Promise<readonly string[]>;
  members(): Promise<readonly string[]>;
  /** Logins of this computer. */
  contexts(): Promise<readonly string[]>;
}

/** A command line before its last word. */
export interface Place {
  readonly command: Command;
  /** Of the command and of the program. */
  readonly options: readonly Option[];
  /** Arguments of the command that stand there already. */
  readonly given: readonly string[];
  /** The word before the last one. */
  readonly previous: string;
}

/** Returns what may stand in place of `last`. */
export async function offers(place: Place, last: string, source: NameSource): Promise<string[]> {
  const { command, options, previous } = place;
  const all = await everything(place, last, source).catch(() => []);
  const wanting = options.some((option) => isFor(option, previous));
  const found = [...new Set(all)].filter((one) => one.startsWith(last));
  // A flag of another command is no mistake of ours to hide.
  return wanting || last.startsWith('-') || command.commands.length > 0 ? found : found.sort();
}

const isFor = ({ required, long, short }: Option, word: string) => required && (long === word || short === word);

async function everything(place: Place, last: string, source: NameSource): Promise<readonly string[]> {
  const { command, options, previous } = place;
  const wanting = options.find((option) => isFor(option, previous));
  if (wanting?.long === '--context') return source.contexts();
  if (wanting) return wanting.argChoices ?? [];
  if (last.startsWith('-')) return options.flatMap(({ long, hidden }) => (hidden ? [] : (long ?? [])));
  if (command.commands.length > 0) {
    const visible = command.createHelp().visibleCommands(command);
    return visible.map((one) => one.name());
  }
  const wanted = argumentAt(command, place.given.length);
  return wanted ? argumentOffers(place, wanted, { last, source }) : [];
}

/** The argument at a position; the last one again where it may be repeated. */
function argumentAt({ registeredArguments: all }: Command, position: number): Argument | undefined {
  const last = all.at(-1);
  return all[position] ?? (last?.variadic ? last : undefined);
}

/** Kinds of groups whose commands take the id of an object that is there already. */
const groupKinds: Readonly<Record<string, string>> = { token: 'tokens', user: 'users', role: 'roles' };
/** Kinds that the name of an argument means. */
const argumentKinds: Readonly<Record<string, string>> = {
  task: 'task',
  service: 'service',
  node: 'node',
  key: kv.name,
};

async function argumentOffers(
  { command, given }: Place,
  argument: Argument,
  { last, source }: { readonly last: string; readonly source: NameSource },
): Promise<readonly string[]> {
  const wanted = argument.name();
  const group = command.parent?.name() ?? '';
  if (wanted === 'shell') return shells;
  if (wanted === 'member' || wanted === 'old') return source.members();
  if (group === 'context') return source.contexts();
  if (wanted === 'name' && command.name() === 'rm' && groupKinds[group]) return source.names(groupKinds[group], last);
  const kind = argumentKinds[wanted] ?? (isKind(group) ? group : undefined);
  if (kind !== undefined && (command.name() !== 'create' || isKind(wanted))) return source.names(kind, last);
  if (wanted === 'kind') return (await kindsIn(source)).map(({ plural }) => plural);
  if (wanted === 'object' && given.length > 0) return [];
  if (['kind/id', 'object', 'name'].includes(wanted)) return referenceOffers(command, wanted, { last, source });
  return [];
}

/** The kinds of the cluster; the built-in ones where it does not answer. */
async function kindsIn(source: NameSource): Promise<readonly { readonly kind: string; readonly plural: string }[]> {
  const builtIn = kindNames.map((kind) => ({ kind, plural: kindOf(kind).plural }));
  return source.kinds().catch(() => builtIn);
}

/** `KIND/` until the kind stands there, then `KIND/NAME`. `get` takes a key, and some commands the name of a service. */
async function referenceOffers(
  command: Command,
  wanted: string,
  { last, source }: { readonly last: string; readonly source: NameSource },
): Promise<readonly string[]> {
  const at = last.indexOf('/');
  const kinds = await kindsIn(source);
  const named = at > 0 ? kinds.find(({ kind, plural }) => [kind, plural].includes(last.slice(0, at))) : undefined;
  if (named) {
    const names = await source.names(named.kind, last.slice(at + 1));
    return names.map((name) => `${last.slice(0, at)}/${name}`);
  }
  if (wanted === 'name') {
    if (at >= 0) return [];
    const services = await source.names('service', last).catch(() => []);
    return command.name() === 'explain' ? [...services, ...kinds.map(({ kind }) => kind)] : services;
  }
  const keys = command.name() === 'get' ? await source.names(kv.name, last).catch(() => []) : [];
  return [...(at < 0 ? kinds.map(({ kind }) => `${kind}/`) : []), ...keys];
}
