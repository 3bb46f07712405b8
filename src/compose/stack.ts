import { fileNameRule, isFileName, isName, nameRule } from '../base/names.js';
import { type ComposeContent, contentOf } from './content.js';
import type { External } from './external.js';
import { topLeftOut } from './keys.js';
import { type FileText, modelOf } from './model.js';
import { type ComposeNetwork, networkOf } from './network.js';
import { checkPorts } from './ports.js';
import { Reader } from './reader.js';
import { type ComposeService, serviceOf } from './service.js';
import type { Surroundings } from './value.js';
import { volumesOf, withVolumes } from './volumes.js';

/** Content of Compose files, apart from any cluster. */
export interface Stack {
  readonly name: string;
  readonly networks: readonly ComposeNetwork[];
  readonly secrets: readonly ComposeContent[];
  readonly configs: readonly ComposeContent[];
  readonly services: readonly ComposeService[];
  /** Services that no active profile enables: they are not created, changed or removed. */
  readonly leftOut: readonly string[];
  /** Keys of networks that only those services join. */
  readonly unused: ReadonlySet<string>;
  /** Keys that mean nothing here, variables that are not set: each with file and line. */
  readonly warnings: readonly string[];
  /** All files as one, resolved. */
  readonly model: Reader;
}

/** Context of the files of a stack. */
export interface StackOptions extends Omit<Surroundings, 'warnings'> {
  readonly name?: string | undefined;
  /** Active profiles; `*` for all. */
  readonly profiles?: readonly string[] | undefined;
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
 * Reads the Compose files of a stack; later ones are merged over earlier ones.
 * @param name of the stack; otherwise the file's `name`, otherwise that of `folder`.
 * @throws {ComposeError} with file, line, column and path.
 */
export function parseStack(given: readonly FileText[], options: StackOptions): Stack {
  const warnings = new Set<string>();
  const { env, folder, files, profiles: wanted = [] } = options;
  const reader = new Reader(modelOf(given, { env, folder, files, warnings }));
  if (reader.absent) reader.fail('the file is empty: a Compose file has services');
  reader.keys(['version', 'name', 'services', 'networks', 'volumes', 'secrets', 'configs', 'include'], topLeftOut);
  const name = options.name ?? reader.get('name').optionalText() ?? stackNameOf(folder.split(/[\\/]/).at(-1) ?? '');
  if (!namePattern.test(name))
    (options.name === undefined ? reader.get('name') : reader).fail(
      `the stack's name "${name}" must be lower-case letters, digits, - and _: choose one with --stack`,
    );
  const volumes = volumesOf(reader.get('volumes'), name);
  const each = <T>(section: string, read: (key: string, value: Reader) => T): T[] =>
    reader
      .get(section)
      .entries()
      .map(([key, value]) => read(key, value));
  const all = each('services', (key, value) => withVolumes(serviceOf(key, value), volumes));
  const networks = each('networks', networkOf);
  const secrets = each('secrets', (key, value) => contentOf('secret', key, value));
  const configs = each('configs', (key, value) => contentOf('config', key, value));
  if (all.length + networks.length + secrets.length + configs.length === 0)
    reader.fail('there are no services and no networks');
  checkAttachments(all, networks);
  checkUses(all, secrets, configs);
  const services = all.filter(({ profiles }) => isLetIn(profiles, wanted));
  const leftOut = all.filter(({ profiles }) => !isLetIn(profiles, wanted));
  checkPorts(services);
  const named = (owned: readonly (External & { readonly key: string; readonly reader: Reader })[]) =>
    owned
      .filter(({ external }) => !external)
      .map((it) => ({ reader: it.reader, name: it.name ?? `${name}_${it.key}` }));
  checkNames(
    all.map(({ key, reader: at }) => ({ name: `${name}_${key}`, reader: at })),
    objectNames,
  );
  checkNames(named(networks), objectNames);
  checkNames(named(secrets), fileNames);
  checkNames(named(configs), fileNames);
  return {
    name,
    services,
    leftOut: leftOut.map(({ key }) => key),
    unused: keysOnlyIn(leftOut, services),
    networks: withDefault(reader, services, networks),
    secrets,
    configs,
    warnings: [...warnings],
    model: reader,
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

function checkUses(
  services: readonly ComposeService[],
  secrets: readonly ComposeContent[],
  configs: readonly ComposeContent[],
): void {
  const check = (kind: string, known: readonly ComposeContent[], key: string, reader: Reader) => {
    if (!known.some((one) => one.key === key)) reader.fail(`there is no ${kind} "${key.slice(0, 100)}" in this file`);
  };
  for (const service of services) {
    for (const { key, reader } of service.secrets) check('secret', secrets, key, reader);
    for (const { key, reader } of service.configs) check('config', configs, key, reader);
    if (service.credentialConfig)
      check('config', configs, service.credentialConfig.key, service.credentialConfig.reader);
  }
}

interface NameRule {
  readonly fits: (name: string) => boolean;
  readonly says: string;
}
const objectNames: NameRule = { fits: isName, says: nameRule };
const fileNames: NameRule = { fits: isFileName, says: fileNameRule };

/** Refuses what the cluster would refuse, and names the line. */
function checkNames(named: readonly { readonly name: string; readonly reader: Reader }[], rule: NameRule): void {
  const taken = new Set<string>();
  for (const { name, reader } of named) {
    if (!rule.fits(name)) reader.fail(`the name "${name.slice(0, 200)}" ${rule.says}`);
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
