import type { ContainerSpec, Task } from '../../kinds/index.js';
import { type ApiVersion, compareApiVersions } from '../engine/api-version.js';

interface Need {
  /** Path of the field within the spec of a task. */
  readonly field: string;
  readonly version: ApiVersion;
}

/**
 * Returns why an engine that is spoken to in this version of the API cannot run a task, or `undefined`. An engine drops
 * fields that it does not know without a word, so they are looked for before. `healthcheck.startIntervalMs` is none of
 * them: an engine before 1.44 looks less often while a container starts, and comes to the same result.
 */
export function unsupported(task: Task, version: ApiVersion): string | undefined {
  const missing = needsOf(task).find((need) => compareApiVersions(version, need.version) < 0);
  return missing && `${missing.field} needs version ${missing.version} of the engine API, and ${version} is spoken`;
}

function needsOf({ spec: { container, resources } }: Task): Need[] {
  if (!container) return [];
  const { nanoCpus = 0 } = resources?.limits ?? {};
  return [
    ...(nanoCpus > 0 ? [need('resources.limits.nanoCpus', '1.25')] : []),
    ...fieldsOf(container),
    ...healthOf(container),
    ...container.mounts.flatMap(({ volume }, at) =>
      volume?.subpath ? [need(`container.mounts[${at}].volume.subpath`, '1.45')] : [],
    ),
  ];
}

function fieldsOf(container: ContainerSpec): Need[] {
  const { mounts, init, stopGracePeriodMs, secrets, configs, privileges } = container;
  return [
    ...(mounts.length > 0 ? [need('container.mounts', '1.25')] : []),
    ...(init !== undefined ? [need('container.init', '1.25')] : []),
    ...(stopGracePeriodMs !== undefined ? [need('container.stopGracePeriodMs', '1.25')] : []),
    ...(secrets.length > 0 ? [need('container.secrets', '1.25')] : []),
    ...(configs.some(({ runtime }) => !runtime) ? [need('container.configs', '1.25')] : []),
    ...(privileges?.credentialSpec?.config ? [need('container.privileges.credentialSpec.config', '1.40')] : []),
  ];
}

function healthOf({ healthcheck }: ContainerSpec): Need[] {
  return healthcheck?.startPeriodMs === undefined ? [] : [need('container.healthcheck.startPeriodMs', '1.29')];
}

const need = (field: string, version: ApiVersion): Need => ({ field, version });
