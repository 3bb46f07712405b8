import { posix } from 'node:path';
import { messageOf } from '../../base/errors.js';
import {
  type Config,
  type ContainerSpec,
  expandTemplate,
  type FileTarget,
  type Secret,
  type TemplateFacts,
  type TemplateFiles,
} from '../../kinds/index.js';
import type { ArchiveEntry } from '../engine/tar.js';
import { hashOf } from './labels.js';
import type { MountJson } from './mounts.js';
import { refusalOf, TaskRefused } from './refusal.js';

/** Folder in which containers find their secrets. */
export const secretsFolder = '/run/secrets';
/** Folder within it that holds the files with another place: it cannot be listed. */
const hidden = '.f';

/** A file that a container receives. */
interface File {
  /** Absolute path in the container. */
  readonly path: string;
  readonly content: Buffer;
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** The files of a container, as one volume of its engine. Containers with the same files share it. */
export interface FileSet {
  /** Name of the volume: the same for the same files. */
  readonly volume: string;
  /** Archive of the volume. */
  readonly entries: readonly ArchiveEntry[];
  /** Files that are mounted one by one: their place in the volume, and their path in the container. */
  readonly bound: readonly { readonly from: string; readonly path: string }[];
}

/** Mounts that bring the files of a {@link FileSet} into a container. */
export interface FileMounts {
  readonly mounts: readonly MountJson[];
}

/** Secrets and configs by their ids. */
export interface FileSources {
  readonly secret: (id: string) => Secret | undefined;
  readonly config: (id: string) => Config | undefined;
}

/**
 * Returns the files of a container's secrets and configs; `undefined` without any.
 * @param container The container, with its templates filled in.
 * @throws {TaskRefused} when a file is not there or cannot be made.
 */
export function fileSet(
  container: ContainerSpec,
  sources: FileSources,
  facts: TemplateFacts,
  clusterId: string,
): FileSet | undefined {
  const files = filesOf(container, sources, facts);
  if (files.length === 0) return undefined;
  const [inside, outside] = [files.filter(isInside), files.filter((file) => !isInside(file))];
  const bound = outside.map(({ path }, at) => ({ from: `${hidden}/${at}`, path }));
  const entries: ArchiveEntry[] = [
    ...foldersOf(inside).map((path) => ({ path, type: 'directory' as const, mode: 0o755 })),
    ...inside.map((file) => entryOf(file, placeOf(file))),
    ...(outside.length > 0 ? [{ path: hidden, type: 'directory' as const, mode: 0o711 }] : []),
    ...outside.map((file, at) => entryOf(file, `${hidden}/${at}`)),
  ];
  // The cluster is part of the name: two clusters that share an engine share no volume.
  const hash = hashOf([clusterId, files.map(({ content, ...rest }) => [rest, content.toString('base64')])]);
  return { volume: `skep-files-${hash.slice(0, 32)}`, entries, bound };
}

/** Returns the mounts of a set whose volume has its files under `mountpoint` on the engine. */
export function fileMounts({ volume, bound }: FileSet, mountpoint: string): FileMounts {
  const whole = {
    Type: 'volume',
    Source: volume,
    Target: secretsFolder,
    ReadOnly: true,
    VolumeOptions: { NoCopy: true },
  };
  const single = bound.map(({ from, path }) => ({
    Type: 'bind',
    Source: `${mountpoint}/${from}`,
    Target: path,
    ReadOnly: true,
  }));
  return { mounts: [whole, ...single] };
}

/**
 * Returns the content of the config that a Windows container's account is in; `undefined` without one.
 * @throws {TaskRefused} when it is not in the store.
 */
export function credentialSpecOf({ privileges, configs }: ContainerSpec, { config }: FileSources): string | undefined {
  const id = privileges?.credentialSpec?.config;
  if (!id) return undefined;
  const found = config(id);
  if (found) return Buffer.from(found.spec.data, 'base64').toString();
  const name = configs.find(({ configId }) => configId === id)?.configName ?? id;
  throw new TaskRefused(`config ${name} of the credential spec not found`);
}

function filesOf(container: ContainerSpec, sources: FileSources, facts: TemplateFacts): File[] {
  const raw = new Map<string, () => string | undefined>();
  const secrets = container.secrets.map(({ secretId, secretName, file = fileNamed(secretName) }) => {
    const secret = () => secretOf(sources, secretId, secretName);
    raw.set(`secret ${file.name}`, () => Buffer.from(secret().spec.data, 'base64').toString());
    return { what: `secret ${secretName}`, path: pathOf(secretsFolder, file.name), file, spec: () => secret().spec };
  });
  const configs = container.configs.flatMap(({ configId, configName, file = fileNamed(configName), runtime }) => {
    if (runtime) return []; // the engine reads it: see credentialSpecOf
    const config = () => configOf(sources, configId, configName);
    raw.set(`config ${file.name}`, () => Buffer.from(config().spec.data, 'base64').toString());
    return [{ what: `config ${configName}`, path: pathOf('/', file.name), file, spec: () => config().spec }];
  });
  const files: TemplateFiles = {
    secret: (name) => raw.get(`secret ${name}`)?.(),
    config: (name) => raw.get(`config ${name}`)?.(),
    env: (name) => valueOf(container.env, name),
  };
  return [...secrets, ...configs].map(({ what, path, file, spec }) => ({
    path,
    content: contentOf(what, spec(), { ...facts, files }),
    uid: numberOf(what, 'uid', file.uid),
    gid: numberOf(what, 'gid', file.gid),
    mode: file.mode,
  }));
}

const fileNamed = (name: string): FileTarget => ({ name, uid: '', gid: '', mode: 0o444 });

function secretOf(sources: FileSources, id: string, name: string): Secret {
  const found = sources.secret(id);
  if (!found) throw new TaskRefused(`secret ${name} not found`);
  const { driver } = found.spec;
  if (driver)
    throw new TaskRefused(
      `secret ${name} is kept by the driver ${driver.name}, which only Docker's swarm mode can ask; store its data instead`,
    );
  return found;
}

function configOf(sources: FileSources, id: string, name: string): Config {
  const found = sources.config(id);
  if (!found) throw new TaskRefused(`config ${name} not found`);
  return found;
}

function contentOf(
  what: string,
  { data, templating }: Pick<Config['spec'], 'data' | 'templating'>,
  facts: TemplateFacts,
): Buffer {
  const content = Buffer.from(data, 'base64');
  if (!templating) return content;
  if (templating.name !== 'golang')
    throw new TaskRefused(`${what} has the unknown templating driver ${templating.name}; use golang`);
  try {
    return Buffer.from(expandTemplate(content.toString(), facts));
  } catch (error) {
    throw new TaskRefused(`${what}: ${refusalOf(error) ?? messageOf(error)}`);
  }
}

function numberOf(what: string, field: string, text: string): number {
  if (text === '') return 0;
  if (!/^\d{1,10}$/.test(text)) throw new TaskRefused(`${what}: ${field} must be a number, is ${JSON.stringify(text)}`);
  return Number(text);
}

const pathOf = (folder: string, name: string) => posix.resolve(folder, name);
const placeOf = ({ path }: File) => path.slice(secretsFolder.length + 1);

/** Files below the folder of secrets need no mount of their own. The hidden folder is not to be written over. */
function isInside({ path }: File): boolean {
  return path.startsWith(`${secretsFolder}/`) && !`${path}/`.startsWith(`${secretsFolder}/${hidden}/`);
}

/** Folders that the files need, outer ones first. */
function foldersOf(files: readonly File[]): string[] {
  const folders = new Set<string>();
  for (const file of files) {
    const parts = placeOf(file).split('/').slice(0, -1);
    for (let depth = 1; depth <= parts.length; depth++) folders.add(parts.slice(0, depth).join('/'));
  }
  return [...folders];
}

const entryOf = ({ content, uid, gid, mode }: File, path: string): ArchiveEntry => ({ path, content, uid, gid, mode });

/** The last value that a container's variables give to a name. */
function valueOf(env: readonly string[], name: string): string | undefined {
  return env.findLast((line) => line.startsWith(`${name}=`))?.slice(name.length + 1);
}
