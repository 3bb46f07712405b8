import { parseEnvFile } from './env-file.js';
import type { modelOf } from './model.js';
import { absolutePath, decoded, namedFile } from './named-file.js';
import { Reader } from './reader.js';
import { type Entry, mapValue, type Origin, type Surroundings, type Value } from './value.js';

/** Parts of a file that an include brings. */
const sections = ['services', 'networks', 'volumes', 'secrets', 'configs'];

/** Returns the file with what it includes. Names must not meet: an include never changes what the file says. */
export function includesOf(file: Reader, chain: readonly string[], load: typeof modelOf): Value {
  const wish = file.get('include');
  if (wish.absent) return file.value;
  const entries = new Map(file.value.entries(''));
  entries.delete('include');
  for (const item of wish.items()) {
    const model = included(item, chain, load);
    for (const section of sections) {
      const given = model.get(section);
      if (given.absent) continue;
      entries.set(section, withSection(section, entries.get(section), given));
    }
  }
  return mapValue(file.value.origin, entries);
}

function withSection(section: string, own: Entry | undefined, given: Reader): Entry {
  const before = own ? new Reader(own.read(section), section) : undefined;
  if (!given.isMap) given.fail('must be a map');
  const entries = new Map(before && !before.absent ? before.value.entries(section) : []);
  if (before && !before.absent && !before.isMap) before.fail('must be a map');
  for (const [key, entry] of given.value.entries(section)) {
    const there = entries.get(key);
    if (there && !isSame(there.origin, entry.origin)) {
      const { source, line } = entry.origin;
      new Reader(there.read(`${section}.${key}`), `${section}.${key}`).fail(
        `is in the included file ${source.document.file}:${line} too: rename one, or change it in another -f file`,
      );
    }
    entries.set(key, entry);
  }
  const value = mapValue(before?.value.origin ?? given.value.origin, entries);
  return { origin: value.origin, read: () => value };
}

/** Tells whether two entries are one, included twice. */
function isSame(a: Origin, b: Origin): boolean {
  return a.source.document.file === b.source.document.file && a.line === b.line && a.column === b.column;
}

/** Loads the files of one entry of `include`: a path, or a map with `path`, `project_directory` and `env_file`. */
function included(item: Reader, chain: readonly string[], load: typeof modelOf): Reader {
  if (item.isMap) item.keys(['path', 'project_directory', 'env_file']);
  const path = item.isMap ? item.get('path') : item;
  const paths = path.isList ? path.items() : [path];
  const files = paths.map((one) => ({ reader: one, ...namedFile(one) }));
  const [first] = files;
  if (!first) return path.fail('must name a file');
  for (const { reader, path: name } of files) if (chain.includes(name)) reader.fail(`${name} includes itself`);
  const { source } = item.value.origin;
  const project = item.isMap ? item.get('project_directory').optionalText() : undefined;
  const folder = project === undefined ? source.files.folderOf(first.path) : absolutePath(item, project);
  const around: Surroundings = { ...source, folder, env: { ...envOf(item, folder, source), ...source.env } };
  const texts = files.map(({ reader, path: file, bytes }) => ({ file, text: decoded(reader, bytes) }));
  return new Reader(load(texts, around, [...chain, ...files.map(({ path: name }) => name)]));
}

/** Variables for an included file, beside those of the file that includes it: `env_file`, else `.env` of its folder. */
function envOf(item: Reader, folder: string, { files, env }: Surroundings): Record<string, string> {
  const given = item.isMap ? item.get('env_file') : undefined;
  const parse = (reader: Reader, path: string, bytes: Uint8Array) =>
    parseEnvFile(bytes, { env, fail: (line, what) => reader.fail(`${path}:${line}: ${what}`) });
  if (!given || given.absent) {
    const path = files.absolute('.env', folder);
    const bytes = files.read(path);
    return bytes ? parse(item, path, bytes) : {};
  }
  const all: Record<string, string> = {};
  for (const reader of given.isList ? given.items() : [given]) {
    const { path, bytes } = namedFile(reader);
    Object.assign(all, parse(reader, path, bytes));
  }
  return all;
}
