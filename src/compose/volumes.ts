import type { DeepPartial, Mount, VolumeOptions } from '../kinds/index.js';
import { externalOf } from './external.js';
import { stackLabel } from './labels.js';
import type { Reader } from './reader.js';
import type { ComposeService } from './service.js';

/** Volume of the file: its name on the engines, and how an engine makes it. */
export interface ComposeVolume {
  readonly name: string;
  readonly options: DeepPartial<VolumeOptions>;
}

/** Reads the volumes of the file: named `<stack>_<key>`, unless the file names them or they are external. */
export function volumesOf(reader: Reader, stack: string): ReadonlyMap<string, ComposeVolume> {
  return new Map(reader.entries().map(([key, volume]) => [key, volumeOf(key, volume, stack)]));
}

function volumeOf(key: string, reader: Reader, stack: string): ComposeVolume {
  const own = { [stackLabel]: stack };
  // An empty entry, as in `data:`, is usual here.
  if (reader.absent) return { name: `${stack}_${key}`, options: { labels: own } };
  reader.keys(['name', 'external', 'driver', 'driver_opts', 'labels']);
  const { external, name = `${stack}_${key}` } = externalOf(key, reader);
  if (external) {
    for (const other of ['driver', 'driver_opts', 'labels'])
      if (!reader.get(other).absent) reader.get(other).fail('means nothing for a volume that is external: remove it');
    return { name, options: {} };
  }
  const driver = { name: reader.get('driver').optionalText() ?? '', options: reader.get('driver_opts').pairs() };
  const hasDriver = driver.name !== '' || Object.keys(driver.options).length > 0;
  return { name, options: { labels: { ...reader.get('labels').pairs(), ...own }, ...(hasDriver && { driver }) } };
}

/**
 * The service with its volumes as the engines will see them.
 * @throws {ComposeError} when the file does not list one, as Docker has it: a misspelt name would be an empty volume.
 */
export function withVolumes(service: ComposeService, volumes: ReadonlyMap<string, ComposeVolume>): ComposeService {
  const { spec, reader } = service;
  const container = spec.task?.container;
  const mounts = container?.mounts ?? [];
  if (!mounts.some(isNamed)) return service;
  mounts.forEach((mount, i) => {
    if (isNamed(mount) && !volumes.has(mount.source))
      (reader.get('volumes').items()[i] ?? reader).fail(
        `there is no volume "${mount.source.slice(0, 100)}" in this file; list it under volumes, or name a path`,
      );
  });
  const named = mounts.map((mount) => (isNamed(mount) ? onEngine(mount, volumes.get(mount.source)) : mount));
  return { ...service, spec: { ...spec, task: { ...spec.task, container: { ...container, mounts: named } } } };
}

function onEngine(mount: DeepPartial<Mount>, volume: ComposeVolume | undefined): DeepPartial<Mount> {
  if (!volume) return mount;
  if (mount.type === 'cluster') return { ...mount, source: volume.name };
  const labels = { ...mount.volume?.labels, ...volume.options.labels };
  return { ...mount, source: volume.name, volume: { ...mount.volume, ...volume.options, labels } };
}

function isNamed(mount: DeepPartial<Mount>): mount is DeepPartial<Mount> & { source: string } {
  if (typeof mount.source !== 'string' || mount.source === '') return false;
  return mount.type === 'volume' || (mount.type === 'cluster' && !mount.source.startsWith('group:'));
}
