import { merged } from './merge.js';
import type { modelOf } from './model.js';
import { decoded, namedFile } from './named-file.js';
import { Reader } from './reader.js';
import { type Entry, mapValue, type Value } from './value.js';

interface Context {
  readonly path: string;
  readonly chain: readonly string[];
  readonly load: typeof modelOf;
}

/** Most services that extend one another in a row. */
const seenMax = 50;

/** Completes the services of a model: one with `extends` is merged over the one that it names. */
export function extendedServices(services: Value, context: Context): Value {
  if (services.kind !== 'map') return services;
  const given = services.entries(context.path);
  const entries = [...given].map(([key, entry]): [string, Entry] => [
    key,
    { origin: entry.origin, read: (path) => extended(key, entry, given, { ...context, path, seen: [] }) },
  ]);
  return mapValue(services.origin, new Map(entries));
}

function extended(
  key: string,
  entry: Entry,
  services: ReadonlyMap<string, Entry>,
  context: Context & { readonly seen: readonly string[] },
): Value {
  const { path, seen, chain, load } = context;
  const own = entry.read(path);
  if (own.kind !== 'map') return own;
  const reader = new Reader(own, path);
  const wish = reader.get('extends');
  if (wish.absent) return own;
  if (wish.isMap) wish.keys(['service', 'file']);
  const target = wish.isMap ? wish.get('service') : wish;
  const name = target.absent ? wish.fail('service must be given') : target.text();
  const from = wish.isMap && !wish.get('file').absent ? wish.get('file') : undefined;
  if (seen.includes(key)) wish.fail(`"${key}" extends itself: ${[...seen, key].join(' → ')}`);
  if (seen.length > seenMax) wish.fail(`more than ${seenMax} services extend one another`);
  const here = services.get(name);
  const base = from
    ? fromFile(from, name, { chain, load, path })
    : here
      ? extended(name, here, services, { ...context, seen: [...seen, key] })
      : target.fail(`there is no service "${name.slice(0, 100)}" in this file`);
  return merged(without(base, path), without(own, path), ['services', key]);
}

/** Reads a service of another file, completed. */
function fromFile(
  from: Reader,
  name: string,
  { chain, load, path }: { chain: readonly string[]; load: typeof modelOf; path: string },
): Value {
  const file = namedFile(from);
  const link = `${file.path}#${name}`;
  if (chain.includes(link)) from.fail(`"${name.slice(0, 100)}" extends itself by way of ${file.path}`);
  const { source } = from.value.origin;
  const around = { ...source, folder: source.files.folderOf(file.path) };
  const model = load([{ file: file.path, text: decoded(from, file.bytes) }], around, [...chain, link]);
  const services = new Reader(model).get('services');
  const entry = services.isMap ? services.value.entries('services').get(name) : undefined;
  return entry?.read(path) ?? from.fail(`there is no service "${name.slice(0, 100)}" in ${file.path}`);
}

/** The service without its `extends`. */
function without(service: Value, path: string): Value {
  if (service.kind !== 'map') return service;
  const entries = new Map(service.entries(path));
  entries.delete('extends');
  return mapValue(service.origin, entries);
}
