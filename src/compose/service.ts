import type { DeepPartial, ServiceSpec, UpdateConfig } from '../kinds/index.js';
import { type Attachment, attachmentsOf } from './attachments.js';
import { containerOf } from './container.js';
import { type FileUse, fileUsesOf } from './file-references.js';
import { serviceLeftOut } from './keys.js';
import { type ComposePort, portsOf } from './ports.js';
import type { Reader } from './reader.js';
import { resourcesOf } from './resources.js';
import { restartOf } from './restart.js';

const serviceKeys = [
  'image', 'command', 'entrypoint', 'environment', 'labels', 'deploy', 'ports', 'networks', 'healthcheck', 'hostname', 'user',
  'working_dir', 'tty', 'stdin_open', 'read_only', 'init', 'stop_signal', 'stop_grace_period', 'extra_hosts', 'dns',
  'dns_search', 'dns_opt', 'cap_add', 'cap_drop', 'sysctls', 'volumes', 'logging', 'restart', 'group_add', 'profiles',
  'env_file', 'secrets', 'configs', 'ulimits', 'tmpfs', 'credential_spec', 'isolation', 'oom_score_adj', 'extends', 'security_opt',
]; // prettier-ignore
const deployKeys = [
  'replicas',
  'mode',
  'labels',
  'placement',
  'resources',
  'update_config',
  'rollback_config',
  'restart_policy',
  'endpoint_mode',
];

/** A service of the file: its spec, save for ids, which are not known yet. */
export interface ComposeService {
  readonly key: string;
  readonly reader: Reader;
  readonly spec: DeepPartial<ServiceSpec>;
  /** Empty: the stack's default network. */
  readonly attachments: readonly Attachment[];
  readonly secrets: readonly FileUse[];
  readonly configs: readonly FileUse[];
  /** Config that holds the credential spec, if one does. */
  readonly credentialConfig: { readonly key: string; readonly reader: Reader } | undefined;
  /** Profiles that each enable the service; without any it is always enabled. */
  readonly profiles: readonly string[];
  readonly ports: readonly ComposePort[];
}

/** Label of a service with the image as the file names it, as Docker's. */
const imageLabel = 'com.docker.stack.image';

export function serviceOf(key: string, reader: Reader): ComposeService {
  reader.keys(serviceKeys, serviceLeftOut);
  const deploy = reader.get('deploy');
  deploy.keys(deployKeys);
  if ((reader.get('image').optionalText() ?? '') === '') reader.fail('image must be given: images are not built here');
  const ports = reader.get('ports').items().map(portsOf).flat();
  const mode = deploy.get('endpoint_mode').word(['vip', 'dnsrr'] as const);
  const update = updateConfigOf(deploy.get('update_config'));
  const rollback = updateConfigOf(deploy.get('rollback_config'));
  const logging = reader.get('logging');
  logging.keys(['driver', 'options']);
  const credentialConfig = reader.get('credential_spec').get('config');
  const container = containerOf(reader);
  return {
    key,
    reader,
    attachments: attachmentsOf(reader.get('networks')),
    secrets: fileUsesOf(reader.get('secrets')),
    configs: fileUsesOf(reader.get('configs')),
    credentialConfig: credentialConfig.absent ? undefined : { key: credentialConfig.text(), reader: credentialConfig },
    profiles: reader
      .get('profiles')
      .items()
      .map((profile) => profile.text()),
    ports,
    spec: {
      annotations: { labels: { ...deploy.get('labels').pairs(), [imageLabel]: container.image ?? '' } },
      task: {
        container,
        ...resourcesOf(deploy.get('resources')),
        ...restartOf(deploy.get('restart_policy'), reader.get('restart')),
        ...placementOf(deploy.get('placement')),
        ...(!logging.absent && {
          logDriver: { name: logging.get('driver').optionalText() ?? '', options: logging.get('options').pairs() },
        }),
      },
      mode: modeOf(deploy),
      ...(update && { update }),
      ...(rollback && { rollback }),
      ...((ports.length > 0 || mode) && { endpoint: { mode, ports: ports.map(({ port }) => port) } }),
    },
  };
}

function modeOf(deploy: Reader): NonNullable<ComposeService['spec']['mode']> {
  const modes = ['replicated', 'global', 'replicated-job', 'global-job'] as const;
  const mode = deploy.get('mode').word(modes) ?? 'replicated';
  const replicas = deploy.get('replicas').whole();
  if (mode === 'replicated') return { replicated: { replicas: replicas ?? 1 } };
  if (mode === 'replicated-job')
    return { replicatedJob: { maxConcurrent: replicas ?? 1, totalCompletions: replicas ?? 1 } };
  if (replicas !== undefined)
    deploy.get('replicas').fail(`a ${mode} service has no replicas: remove this, or the mode`);
  return mode === 'global' ? { global: {} } : { globalJob: {} };
}

type TaskParts = NonNullable<ComposeService['spec']['task']>;

function placementOf(reader: Reader): Pick<TaskParts, 'placement'> {
  if (reader.absent) return {};
  reader.keys(['constraints', 'preferences', 'max_replicas_per_node']);
  return {
    placement: {
      constraints: reader.get('constraints').texts(),
      preferences: reader
        .get('preferences')
        .items()
        .map((preference) => {
          preference.keys(['spread']);
          return { spread: preference.get('spread').text() };
        }),
      maxReplicas: reader.get('max_replicas_per_node').whole(0xffff_ffff),
    },
  };
}

function updateConfigOf(reader: Reader): DeepPartial<UpdateConfig> | undefined {
  if (reader.absent) return undefined;
  reader.keys(['parallelism', 'delay', 'failure_action', 'monitor', 'max_failure_ratio', 'order']);
  const order = reader.get('order').word(['stop-first', 'start-first'] as const);
  return {
    parallelism: reader.get('parallelism').whole(0xffff_ffff),
    delayMs: reader.get('delay').duration(),
    failureAction: reader.get('failure_action').word(['pause', 'continue', 'rollback'] as const),
    monitorMs: reader.get('monitor').duration(),
    maxFailureRatio: reader.get('max_failure_ratio').number(1),
    ...(order && { order: order === 'stop-first' ? ('stopFirst' as const) : ('startFirst' as const) }),
  };
}
