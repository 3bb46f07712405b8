import { isName, nameRule } from '../base/names.js';
import { type ComposeNetwork, networkOf } from './network.js';
import { checkPorts } from './ports.js';
import { Reader, type Surroundings } from './reader.js';
import { type ComposeService, serviceOf } from './service.js';
import { volumeNames, withVolumeNames } from './volumes.js';

/** Content of a Compose file, apart from any cluster. */
export interface Stack {
  readonly name: string;
  readonly networks: readonly ComposeNetwork[];
  readonly services: readonly ComposeService[];
  /** Services that no active profile enables: they are not created, changed or removed. */
  readonly leftOut: readonly string[];
  /** Keys of networks that only those services join. */
  readonly unused: ReadonlySet<string>;
  /** Keys that mean nothing here, variables that are not set: each with file and line. */
  readonly warnings: readonly string[];
}

const namePattern = /^[a-z0-9](?:[-_]*[a-z0-9])*$/;

/** The name of a stack that is not named: the folder's, in the letters that a name may have. */
export function stackNameOf(folder: string): string {
  return folder
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[-_]+|[-_]+$/g, '');
}

/**
 * Reads a Compose file.
 * @param name of the stack; otherwise the file's `name`, otherwise `folder`.
 * @throws {ComposeError} with file, line and path.
 */
export function parseStack(
  text: string,
  options: {
    file: string;
    folder: string;
    name?: string | undefined;
    /** Active profiles; `*` for all. */
    profiles?: readonly string[];
  } & Surroundings,
): Stack {
  const reader = Reader.parse(text, options.file, options);
  if (reader.absent) reader.fail('the file is empty: a Compose file has services');
  reader.warnUnknown(['version', 'name', 'services', 'networks', 'volumes']);
  const name = options.name ?? reader.get('name').optionalText() ?? stackNameOf(options.folder);
  if (!namePattern.test(name))
    (options.name === undefined ? reader.get('name') : reader).fail(
      `the stack's name "${name}" must be lower-case letters, digits, - and _: choose one with --stack`,
    );
  const volumes = volumeNames(reader.get('volumes'), name);
  const all = reader
    .get('services')
    .entries()
    .map(([key, value]) => withVolumeNames(serviceOf(key, value), volumes));
  const networks = reader
    .get('networks')
    .entries()
    .map(([key, value]) => networkOf(key, value));
  if (all.length === 0 && networks.length === 0) reader.fail('there are no services and no networks');
  checkAttachments(all, networks);
  const { profiles: wanted = [] } = options;
  const services = all.filter(({ profiles }) => isLetIn(profiles, wanted));
  const leftOut = all.filter(({ profiles }) => !isLetIn(profiles, wanted));
  checkPorts(services);
  checkNames(all.map(({ key, reader }) => ({ name: `${name}_${key}`, reader })));
  checkNames(
    networks
      .filter(({ external }) => !external)
      .map((it) => ({ reader: it.reader, name: it.name ?? `${name}_${it.key}` })),
  );
  return {
    name,
    services,
    leftOut: leftOut.map(({ key }) => key),
    unused: keysOnlyIn(leftOut, services),
    networks: withDefault(reader, services, networks),
    warnings: reader.warnings,
  };
}

function isLetIn(profiles: readonly string[], wanted: readonly string[]): boolean {
  return profiles.length === 0 || wanted.includes('*') || profiles.some((profile) => wanted.includes(profile));
}

function keysOnlyIn(some: readonly ComposeService[], others: readonly ComposeService[]): ReadonlySet<string> {
  const keysOf = (services: readonly ComposeService[]) =>
    new Set(services.flatMap(({ attachments }) => attachments.map(({ key }) => key)));
  const used = keysOf(others);
  return new Set([...keysOf(some)].filter((key) => !used.has(key)));
}

function checkAttachments(services: readonly ComposeService[], networks: readonly ComposeNetwork[]): void {
  const keys = new Set(['default', ...networks.map(({ key }) => key)]);
  for (const { attachments } of services) {
    for (const { key, reader } of attachments) {
      if (!keys.has(key)) reader.fail(`there is no network "${key}" in this file`);
    }
  }
}

/** Refuses what the cluster would refuse, and names the line. */
function checkNames(named: readonly { readonly name: string; readonly reader: Reader }[]): void {
  const taken = new Set<string>();
  for (const { name, reader } of named) {
    if (!isName(name)) reader.fail(`the name "${name}" ${nameRule}`);
    if (taken.has(name.toLowerCase())) reader.fail(`the name "${name}" is taken by another one in this file`);
    taken.add(name.toLowerCase());
  }
}

/** Services that name no network share one, as Compose has it. */
function withDefault(
  reader: Reader,
  services: readonly ComposeService[],
  networks: readonly ComposeNetwork[],
): readonly ComposeNetwork[] {
  const used = services.some(
    ({ attachments }) => attachments.length === 0 || attachments.some(({ key }) => key === 'default'),
  );
  if (!used || networks.some(({ key }) => key === 'default')) return networks;
  return [networkOf('default', reader.get('networks').get('default')), ...networks];
}
