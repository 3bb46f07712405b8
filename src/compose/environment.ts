import { parseRawEnv } from './env-file.js';
import { namedFile, namedFileIfThere } from './named-file.js';
import type { Reader } from './reader.js';

/** Joins the variables of `env_file` and `environment`, which comes last, sorted as Docker sorts them. */
export function environmentOf(environment: Reader, files: Reader): string[] {
  const all = new Map<string, string | undefined>();
  for (const file of files.isList ? files.items() : files.absent ? [] : [files])
    for (const [name, value] of fileVariables(file)) all.set(name, value);
  for (const [name, value] of environment.variables()) all.set(name, value);
  return [...all].map(([name, value]) => (value === undefined ? name : `${name}=${value}`)).sort();
}

/** Reads the variables of one file of `env_file`: its path, or a map with `path` and `required`. */
function fileVariables(reader: Reader): ReadonlyMap<string, string> {
  if (reader.isMap) reader.keys(['path', 'required', 'format']);
  const path = reader.isMap ? reader.get('path') : reader;
  const raw = reader.isMap && reader.get('format').word(['raw'] as const) === 'raw';
  if (path.absent) reader.fail('path must be given');
  const optional = reader.isMap && reader.get('required').flag() === false;
  const file = optional ? namedFileIfThere(path) : namedFile(path);
  if (!file) return new Map();
  reader.spend(file.bytes.length / 8);
  return parseRawEnv(file.bytes, {
    env: reader.env,
    raw,
    fail: (line, what) => path.fail(`${file.path}:${line}: ${what}`),
  });
}
