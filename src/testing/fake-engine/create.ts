import { FakeContainer } from './container.js';
import type { FakeImage } from './images.js';
import type { Moments } from './moment.js';
import { checkPorts } from './ports.js';
import { shellForm } from './program.js';
import { type FakeContainerBody, FakeEngineError, type FakeHostConfig, type FakeMount, type Json } from './types.js';
import type { FakeVolumes } from './volumes.js';

export const validName = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;
export const nameRule = 'only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed';
const memoryMin = 6 * 1024 * 1024;

/** Facts about its engine that the making of a container needs. */
export interface CreateContext {
  readonly moments: Moments;
  readonly volumes: FakeVolumes;
  readonly cpus: number;
  /** Folders of the host that a container may have; all of them when absent. */
  readonly hostPaths?: readonly string[];
  find(idOrName: string): FakeContainer | undefined;
}

/** Checks the body of a container and makes it; its name is free. */
export function makeContainer(
  name: string,
  body: FakeContainerBody,
  image: FakeImage,
  context: CreateContext,
): FakeContainer {
  const host = body.HostConfig ?? {};
  const argv = commandOf(body, image);
  if (argv.length === 0) throw new FakeEngineError(400, 'No command specified');
  checkResources(host, context.cpus);
  checkPorts(host);
  checkPolicy(host.RestartPolicy?.Name);
  for (const link of host.Links ?? []) mustHave(context, link.split(':')[0] ?? '', 'link');
  const endpoints = Object.keys(body.NetworkingConfig?.EndpointsConfig ?? {});
  if (endpoints.length > 1)
    throw new FakeEngineError(
      400,
      `Container cannot be connected to network endpoints: ${endpoints.sort().join(', ')}`,
    );
  return new FakeContainer({
    id: context.moments.id(),
    name,
    created: context.moments.next(),
    body,
    host,
    imageId: image.id,
    argv,
    env: [...(image.of.env ?? []), ...(body.Env ?? [])],
    labels: { ...image.of.labels, ...body.Labels },
    mounts: mountsOf(body, host, context),
    networks: networksOf(host, body),
  });
}

function commandOf(body: FakeContainerBody, { of }: FakeImage): readonly string[] {
  const words = (form: readonly string[] | string | null | undefined) =>
    typeof form === 'string' ? (form === '' ? [] : shellForm(form)) : (form ?? []);
  const entrypoint = words(body.Entrypoint);
  const command = words(body.Cmd);
  if (entrypoint.length > 0) return [...entrypoint, ...command].filter((word, at) => at > 0 || word !== '');
  return [...(of.entrypoint ?? []), ...(command.length > 0 ? command : (of.cmd ?? []))];
}

function checkResources({ Memory = 0, NanoCpus = 0 }: FakeHostConfig, cpus: number): void {
  if (Memory > 0 && Memory < memoryMin) throw new FakeEngineError(400, 'Minimum memory limit allowed is 6MB');
  if (NanoCpus < 0 || NanoCpus > cpus * 1e9) {
    const range = `Range of CPUs is from 0.01 to ${cpus.toFixed(2)}`;
    throw new FakeEngineError(400, `${range}, as there are only ${cpus} CPUs available`);
  }
}

export function checkPolicy(name = ''): void {
  if (!['', 'no', 'always', 'unless-stopped', 'on-failure'].includes(name))
    throw new FakeEngineError(400, `invalid restart policy '${name}'`);
}

function mustHave(context: CreateContext, idOrName: string, for_: 'link' | 'volumes'): FakeContainer {
  const found = context.find(idOrName);
  const missing = `No such container: ${idOrName}`;
  if (!found)
    throw new FakeEngineError(400, for_ === 'link' ? `could not get container for ${idOrName}: ${missing}` : missing);
  return found;
}

/** The networks that the body names: by default the engine's bridge. */
function networksOf(host: FakeHostConfig, body: FakeContainerBody): FakeContainer['networks'] {
  const mode = host.NetworkMode ?? 'default';
  const networks: FakeContainer['networks'] = new Map();
  if (mode.startsWith('container:')) return networks;
  const given = body.NetworkingConfig?.EndpointsConfig ?? {};
  const name = mode === 'default' || mode === '' ? 'bridge' : mode;
  const settings = given[name] ?? given.default ?? {};
  networks.set(name, { settings, networkId: '' });
  return networks;
}

function mountsOf(body: FakeContainerBody, host: FakeHostConfig, context: CreateContext): FakeMount[] {
  const mounts = new Map<string, FakeMount>();
  const put = (mount: FakeMount) => mounts.set(mount.Destination, mount);
  for (const from of host.VolumesFrom ?? []) mustHave(context, from.split(':')[0] ?? '', 'volumes').mounts.forEach(put);
  for (const bind of host.Binds ?? []) {
    const [source = '', target = '', mode = ''] = bind.split(':');
    put(source.startsWith('/') ? bindMount(source, target, mode) : volumeMount(context, source, target, mode));
  }
  for (const mount of host.Mounts ?? []) put(mountOf(mount, context));
  for (const target of Object.keys(body.Volumes ?? {}))
    if (!mounts.has(target)) put(volumeMount(context, '', target, ''));
  return [...mounts.values()];
}

function mountOf(mount: Json, context: CreateContext): FakeMount {
  const [type, source, target] = [mount.Type, mount.Source, mount.Target].map((one) =>
    typeof one === 'string' ? one : '',
  );
  const mode = mount.ReadOnly === true ? 'ro' : '';
  if (type === 'volume') {
    const options = (mount.VolumeOptions ?? {}) as { readonly Labels?: Readonly<Record<string, string>> };
    return volumeMount(context, source ?? '', target ?? '', mode, options.Labels);
  }
  if (type === 'tmpfs') return { ...bindMount('', target ?? '', mode), Type: 'tmpfs' };
  const known = context.hostPaths;
  if (known && !known.some((path) => source === path || source?.startsWith(`${path}/`)))
    throw new FakeEngineError(400, `invalid mount config for type "bind": bind source path does not exist: ${source}`);
  return bindMount(source ?? '', target ?? '', mode);
}

const bindMount = (source: string, target: string, mode: string): FakeMount => ({
  Type: 'bind',
  Source: source,
  Destination: target,
  Mode: mode,
  RW: !mode.split(',').includes('ro'),
  Propagation: 'rprivate',
});

function volumeMount(
  { volumes }: CreateContext,
  name: string,
  target: string,
  mode: string,
  labels?: Readonly<Record<string, string>>,
): FakeMount {
  const volume =
    name !== '' && volumes.has(name) ? volumes.inspect(name) : volumes.create({ Name: name, Labels: labels ?? null });
  return {
    Type: 'volume',
    Name: volume.Name,
    Source: volume.Mountpoint,
    Destination: target,
    Driver: 'local',
    Mode: mode === '' ? 'z' : mode,
    RW: !mode.split(',').includes('ro'),
    Propagation: '',
  };
}
