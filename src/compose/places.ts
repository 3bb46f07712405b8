import type { Service } from '../kinds/index.js';
import type { Reader } from './reader.js';
import type { ComposeService } from './service.js';

/** Keys of Compose for the fields of a spec, where they differ. Numbers are items of lists. */
const keys: readonly (readonly [field: string, key: string])[] = [
  ['spec.annotations.labels', 'deploy.labels'],
  ['spec.endpoint.mode', 'deploy.endpoint_mode'],
  ['spec.mode.replicated', 'deploy'],
  ['spec.mode', 'deploy.mode'],
  ['spec.update', 'deploy.update_config'],
  ['spec.rollback', 'deploy.rollback_config'],
  ['spec.task.restart', 'deploy.restart_policy'],
  ['spec.task.resources', 'deploy.resources'],
  ['spec.task.placement', 'deploy.placement'],
  ['spec.task.logDriver', 'logging'],
  ['spec.task.container.stopGracePeriodMs', 'stop_grace_period'],
  ['spec.task.container.privileges.credentialSpec', 'credential_spec'],
  ['spec.task.container.privileges', 'security_opt'],
  ['spec.task.container', ''],
];

const words: Readonly<Record<string, string>> = {
  nanoCpus: 'cpus',
  memoryBytes: 'memory',
  generic: 'generic_resources',
  maxReplicas: 'max_replicas_per_node',
  delayMs: 'delay',
  monitorMs: 'monitor',
  windowMs: 'window',
  maxAttempts: 'max_attempts',
  maxFailureRatio: 'max_failure_ratio',
  intervalMs: 'interval',
  timeoutMs: 'timeout',
  startPeriodMs: 'start_period',
  startIntervalMs: 'start_interval',
  targetPort: 'target',
  publishedPort: 'published',
  publishMode: 'mode',
  sizeBytes: 'size',
  noCopy: 'nocopy',
};

/** Finds where the file says what a field of a planned service holds: the place itself, or the nearest around it. */
export function placeOf(service: ComposeService, planned: Service, path: string): Reader {
  const [, list = '', index = '', rest = ''] = /^(.*?)\[(\d+)\](.*)$/.exec(path) ?? [];
  const i = Number(index);
  const item = list === '' ? undefined : itemOf(service, planned, list, i);
  if (item) return descend(item, partsOf(rest));
  const found = keys.find(([field]) => path === field || path.startsWith(`${field}.`));
  if (!found) return service.reader;
  const [field, key] = found;
  return descend(service.reader, [...partsOf(key), ...partsOf(path.slice(field.length))]);
}

/** Finds an item of a list that the file writes in its own way. */
function itemOf(service: ComposeService, planned: Service, list: string, i: number): Reader | undefined {
  const { reader } = service;
  switch (list) {
    case 'spec.task.container.env':
      return variableOf(reader, planned.spec.task.container?.env[i] ?? '');
    case 'spec.task.container.mounts': {
      const volumes = reader.get('volumes').items();
      return volumes[i] ?? descend(reader.get('tmpfs'), [String(i - volumes.length)]);
    }
    case 'spec.task.container.secrets':
      return service.secrets[i]?.reader;
    case 'spec.task.container.configs':
      return service.configs[i]?.reader ?? service.credentialConfig?.reader;
    case 'spec.endpoint.ports':
      return service.ports[i]?.reader;
    case 'spec.task.networks':
      return service.attachments[i]?.reader;
    default:
      return undefined;
  }
}

/** Finds a variable in `environment`; one of a file has the place of `env_file`. */
function variableOf(service: Reader, variable: string): Reader {
  const [name = ''] = variable.split('=', 1);
  const environment = service.get('environment');
  const isIt = (text: string) => text === name || text.startsWith(`${name}=`);
  const found = environment.isMap
    ? environment.entries().find(([key]) => key === name)?.[1]
    : environment.items().find((item) => isIt(item.text()));
  return found ?? descend(service, ['env_file']);
}

function partsOf(path: string): string[] {
  return path.split(/[.[\]]+/).filter((part) => part !== '');
}

/** Goes as deep as the file does. */
function descend(reader: Reader, parts: readonly string[]): Reader {
  const [part, ...rest] = parts;
  if (part === undefined) return reader;
  const key = words[part] ?? part;
  const next = reader.isMap ? reader.get(key) : reader.isList ? reader.items()[Number(key)] : undefined;
  return next && !next.absent ? descend(next, rest) : reader;
}
