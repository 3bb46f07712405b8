import type { DeepPartial, Mount } from '../kinds/index.js';
import { externalOf } from './external.js';
import type { Reader } from './reader.js';
import type { ComposeService } from './service.js';

/**
 * Names the volumes of the file on the engines: `<stack>_<key>`, unless the file names them or they are external.
 */
export function volumeNames(reader: Reader, stack: string): ReadonlyMap<string, string> {
  return new Map(reader.entries().map(([key, volume]) => [key, nameOf(key, volume, stack)]));
}

function nameOf(key: string, reader: Reader, stack: string): string {
  // An empty entry, as in `data:`, is usual here.
  if (reader.absent) return `${stack}_${key}`;
  reader.warnUnknown(['name', 'external']);
  return externalOf(key, reader).name ?? `${stack}_${key}`;
}

/** The service with its volumes under the names that the engines will see. One that the file does not list keeps its own. */
export function withVolumeNames(service: ComposeService, names: ReadonlyMap<string, string>): ComposeService {
  const { spec } = service;
  const container = spec.task?.container;
  const mounts = container?.mounts ?? [];
  if (!mounts.some(isNamed)) return service;
  const renamed = mounts.map((mount) =>
    isNamed(mount) ? { ...mount, source: names.get(mount.source) ?? mount.source } : mount,
  );
  return { ...service, spec: { ...spec, task: { ...spec.task, container: { ...container, mounts: renamed } } } };
}

function isNamed(mount: DeepPartial<Mount>): mount is DeepPartial<Mount> & { source: string } {
  return mount.type === 'volume' && typeof mount.source === 'string' && mount.source !== '';
}
