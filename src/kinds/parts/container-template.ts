import type { Node } from '../node/schema.js';
import { type Task, taskName } from '../task/schema.js';
import type { ContainerSpec } from './container.js';
import type { Mount, VolumeOptions } from './mount.js';
import { expandTemplate, type TemplateFacts } from './template.js';

/** Returns the values for the templates of a task that runs on a node. */
export function templateFacts(task: Task, node: Node): TemplateFacts {
  const { id, serviceId, serviceAnnotations, slot } = task;
  const { platform, hostname } = node.description ?? {};
  return {
    service: { id: serviceId ?? '', name: serviceAnnotations.name, labels: serviceAnnotations.labels },
    node: {
      id: node.id,
      hostname: hostname ?? '',
      architecture: platform?.architecture ?? '',
      os: platform?.os ?? '',
    },
    task: { id, name: taskName(task), slot: slot === 0 ? (task.nodeId ?? '') : String(slot) },
  };
}

/** Returns the container with its templates filled in: values of `env`, `hostname`, and the texts of mounts. */
export function expandContainer(container: ContainerSpec, facts: TemplateFacts): ContainerSpec {
  return mapTemplates(container, (text) => expandTemplate(text, facts));
}

/** Returns each text of a container that may be a template, with its path within the container. */
export function containerTemplates(container: ContainerSpec): { readonly path: string; readonly text: string }[] {
  const found: { readonly path: string; readonly text: string }[] = [];
  mapTemplates(container, (text, path) => {
    found.push({ path, text });
    return text;
  });
  return found;
}

type MapText = (text: string, path: string) => string;

/** Replaces each text that may be a template: the one list of them. */
function mapTemplates(container: ContainerSpec, map: MapText): ContainerSpec {
  const { env, hostname, mounts } = container;
  return {
    ...container,
    env: env.map((variable, i) => {
      const equals = variable.indexOf('=') + 1;
      return equals === 0 ? variable : variable.slice(0, equals) + map(variable.slice(equals), `env[${i}]`);
    }),
    ...(hostname !== undefined && { hostname: map(hostname, 'hostname') }),
    mounts: mounts.map((mount, i) => mapMount(mount, (text, path) => map(text, `mounts[${i}].${path}`))),
  };
}

function mapMount(mount: Mount, map: MapText): Mount {
  const { volume } = mount;
  const source = map(mount.source, 'source');
  const target = map(mount.target, 'target');
  return { ...mount, source, target, ...(volume && { volume: mapVolume(volume, map) }) };
}

function mapVolume(volume: VolumeOptions, map: MapText): VolumeOptions {
  const { driver } = volume;
  return {
    ...volume,
    labels: mapValues(volume.labels, 'volume.labels', map),
    ...(driver && { driver: { ...driver, options: mapValues(driver.options, 'volume.driver.options', map) } }),
    subpath: map(volume.subpath, 'volume.subpath'),
  };
}

function mapValues(
  values: Readonly<Record<string, string>>,
  path: string,
  map: MapText,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).map(([key, text]) => [key, map(text, `${path}.${key}`)]));
}
