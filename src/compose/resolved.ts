import { stringify } from 'yaml';
import { absolutePath } from './named-file.js';
import type { Reader } from './reader.js';
import type { Stack } from './stack.js';

/** Plain data, as JSON has it. */
export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

/** Deepest nesting that is printed: an anchor may hold itself. */
const depthMax = 100;

/** Returns the files of a stack as one: merged, without includes, extends and variables, and with absolute paths. */
export function resolvedFile({ model, name, leftOut }: Stack): Plain {
  const whole = plainOf(model, []) as Readonly<Record<string, Plain>>;
  const { version: _version, name: _name, services = {}, ...rest } = whole;
  const active = Object.entries((services ?? {}) as Readonly<Record<string, Plain>>).filter(
    ([key]) => !leftOut.includes(key),
  );
  return { name, services: Object.fromEntries(active), ...rest };
}

/** Writes a resolved file as YAML. */
export function resolvedText(file: Plain): string {
  return stringify(file, { lineWidth: 0, aliasDuplicateObjects: false, version: '1.1' });
}

function plainOf(reader: Reader, at: readonly string[]): Plain {
  if (at.length > depthMax) reader.fail(`is nested more than ${depthMax} deep`);
  if (reader.absent) return null;
  if (reader.isMap) {
    const entries = reader
      .entries()
      .filter(([key, value]) => key !== '__proto__' && value.value.kind !== 'none')
      .map(([key, value]): [string, Plain] => [key, plainOf(value, [...at, key])]);
    return { ...Object.fromEntries(entries), ...boundSource(reader, at) };
  }
  if (reader.isList) return reader.items().map((item) => plainOf(item, [...at, '*']));
  const { scalar } = reader.value;
  if (typeof scalar === 'boolean') return scalar;
  if (typeof scalar === 'number' && String(scalar) === (reader.value.written ?? String(scalar))) return scalar;
  return dollars(withAbsolutePath(reader, reader.text(), at));
}

/** Doubles dollars: the printed file is read again as a Compose file. */
function dollars(text: string): string {
  return text.replaceAll('$', '$$$$');
}

/** Places whose text is a path on this computer. */
const paths = [
  ['services', '', 'env_file'],
  ['services', '', 'env_file', '*'],
  ['services', '', 'env_file', '*', 'path'],
  ['secrets', '', 'file'],
  ['configs', '', 'file'],
];

const fits = (pattern: readonly string[], at: readonly string[]) =>
  pattern.length === at.length && pattern.every((part, i) => part === '' || part === at[i]);

const mounts = ['services', '', 'volumes', '*'];

/** Returns the source of a bind mount in its long form, absolute. */
function boundSource(reader: Reader, at: readonly string[]): { readonly source?: string } {
  if (!fits(mounts, at) || reader.get('type').optionalText() !== 'bind') return {};
  const source = reader.get('source').optionalText() ?? '';
  return source === '' ? {} : { source: dollars(absolutePath(reader, source)) };
}

function withAbsolutePath(reader: Reader, text: string, at: readonly string[]): string {
  if (paths.some((pattern) => fits(pattern, at))) return absolutePath(reader, text);
  if (!fits(mounts, at) || !/^[./~][^:]*:/.test(text)) return text;
  const [source = ''] = text.split(':', 1);
  return `${absolutePath(reader, source)}${text.slice(source.length)}`;
}
