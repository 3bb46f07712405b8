import { messageOf } from '../base/errors.js';
import { flagKey, flagName, variableName } from './names.js';
import {
  beginningMistakes,
  dockerMistakes,
  fleetMistakes,
  httpMistakes,
  securityMistakes,
  timingMistakes,
} from './rules.js';
import { type ManagerFlags, type ManagerSetting, managerTable } from './table.js';

/** A value of a setting, with where it came from. */
export interface Given {
  readonly value: unknown;
  readonly from: 'default' | 'file' | 'environment' | 'flag';
  /** `--data-dir`, `SKEP_DATA_DIR`, `skep.yaml:3:1`; `''` for a default. */
  readonly at: string;
}

/** The values of one source. */
export type Layer = Partial<Record<ManagerSetting, Given>>;

/** The values of one source, and what is wrong with it. */
export interface Source {
  readonly layer: Layer;
  readonly mistakes: readonly string[];
}

/** Takes the flags that were given, by the names that the command line has for them. */
export function fromFlags(values: Readonly<Record<string, unknown>>): Source {
  const layer: Layer = {};
  for (const [name] of managerTable) {
    const value = values[flagKey(name)];
    if (value !== undefined) layer[name] = { value, from: 'flag', at: `--${flagName(name)}` };
  }
  return { layer, mistakes: [] };
}

/** Reads the environment variables of a member. An empty one counts as unset. */
export function fromEnvironment(env: Readonly<Record<string, string | undefined>>): Source {
  const layer: Layer = {};
  const mistakes: string[] = [];
  for (const [name, { type, flagOnly }] of managerTable) {
    const at = variableName(name);
    const text = env[at] ?? '';
    if (text === '') continue;
    if (flagOnly !== undefined) mistakes.push(`${at} is not read: use the flag --${flagName(name)}, as ${flagOnly}`);
    else {
      try {
        layer[name] = { value: type.read(text), from: 'environment', at };
      } catch (error) {
        mistakes.push(`${at}: ${messageOf(error)}, is ${JSON.stringify(text)}`);
      }
    }
  }
  return { layer, mistakes };
}

/** Every setting with the value that holds, and what is wrong with all of them. */
export interface Settled {
  readonly values: Readonly<Record<ManagerSetting, Given>>;
  readonly mistakes: readonly string[];
}

/** Puts the sources together: an earlier one precedes a later one, and every one precedes the defaults. */
export function settle(sources: readonly Source[]): Settled {
  const values = Object.fromEntries(
    managerTable.map(([name, row]): [ManagerSetting, Given] => {
      const given = sources.map(({ layer }) => layer[name]).find((one) => one !== undefined);
      return [name, given ?? { value: row.managerDefault ?? row.default, from: 'default', at: '' }];
    }),
  ) as Record<ManagerSetting, Given>;
  const mistakes = sources.flatMap((source) => source.mistakes);
  // A refused value is missing now, so contradictions cannot be checked.
  return { values, mistakes: mistakes.length > 0 ? mistakes : [...contradictions(values)] };
}

/** Returns the given values and the defaults of the process. The library adds its own defaults. */
export function managerFlags({ values }: Settled): ManagerFlags {
  const handed = managerTable.filter(
    ([name, { managerDefault }]) => values[name].from !== 'default' || managerDefault !== undefined,
  );
  return Object.fromEntries(handed.map(([name]) => [flagKey(name), values[name].value])) as unknown as ManagerFlags;
}

function* contradictions(values: Settled['values']): Generator<string> {
  for (const [name, { required, shape }] of managerTable)
    if (required && values[name].from === 'default')
      yield `required option '--${flagName(name)} <${shape}>' not specified (or ${variableName(name)}, or ${flagName(name)} in the file of --config)`;
  const plain = Object.fromEntries(Object.entries(values).map(([name, { value }]) => [name, value])) as never;
  const say = (name: string) => nameOf(name, values[name as ManagerSetting]);
  yield* beginningMistakes(plain, say);
  yield* securityMistakes(plain, say);
  yield* timingMistakes(plain, say);
  yield* dockerMistakes(plain, say);
  yield* fleetMistakes(plain, say);
  yield* httpMistakes(plain, say);
}

/** Writes a name as its source does; a default has the name of its flag. */
function nameOf(name: string, { from, at }: Given): string {
  if (from === 'environment') return `'${at}'`;
  return from === 'file' ? `'${flagName(name)}' (${at})` : `'--${flagName(name)}'`;
}
