import type { DeepPartial, ServiceSpec, UpdateConfig } from '../kinds/index.js';
import { mountsOf } from './mounts.js';
import { type ComposePort, portsOf } from './ports.js';
import type { Reader } from './reader.js';
import { splitWords } from './words.js';

const serviceKeys = [
  'image', 'command', 'entrypoint', 'environment', 'labels', 'deploy', 'ports', 'networks', 'healthcheck', 'hostname', 'user',
  'working_dir', 'tty', 'stdin_open', 'read_only', 'init', 'stop_signal', 'stop_grace_period', 'extra_hosts', 'dns',
  'dns_search', 'dns_opt', 'cap_add', 'cap_drop', 'sysctls', 'volumes', 'logging', 'restart', 'group_add', 'profiles',
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

/** A network that a service joins: its key in the file, and the names that the service has there. */
export interface Attachment {
  readonly key: string;
  readonly aliases: readonly string[];
  readonly reader: Reader;
}

/** A service of the file: its spec, save for the networks, whose ids are not known yet. */
export interface ComposeService {
  readonly key: string;
  readonly reader: Reader;
  readonly spec: DeepPartial<ServiceSpec>;
  /** Empty: the stack's default network. */
  readonly attachments: readonly Attachment[];
  /** Profiles that each enable the service; without any it is always enabled. */
  readonly profiles: readonly string[];
  readonly ports: readonly ComposePort[];
}

export function serviceOf(key: string, reader: Reader): ComposeService {
  reader.warnUnknown(serviceKeys);
  const deploy = reader.get('deploy');
  deploy.warnUnknown(deployKeys);
  if ((reader.get('image').optionalText() ?? '') === '') reader.fail('image must be given: images are not built here');
  const ports = reader.get('ports').items().map(portsOf).flat();
  const mode = deploy.get('endpoint_mode').word(['vip', 'dnsrr'] as const);
  const update = updateConfigOf(deploy.get('update_config'));
  const rollback = updateConfigOf(deploy.get('rollback_config'));
  const logging = reader.get('logging');
  logging.warnUnknown(['driver', 'options']);
  return {
    key,
    reader,
    attachments: attachmentsOf(reader.get('networks')),
    profiles: reader
      .get('profiles')
      .items()
      .map((profile) => profile.text()),
    ports,
    spec: {
      annotations: { labels: deploy.get('labels').pairs() },
      task: {
        container: containerOf(reader),
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
  const mode = deploy.get('mode').word(['replicated', 'global'] as const) ?? 'replicated';
  const replicas = deploy.get('replicas').whole();
  if (mode === 'replicated') return { replicated: { replicas: replicas ?? 1 } };
  if (replicas !== undefined) deploy.get('replicas').fail('a global service has no replicas: remove this, or the mode');
  return { global: {} };
}

type Container = NonNullable<NonNullable<ComposeService['spec']['task']>['container']>;

function containerOf(reader: Reader): Container {
  const environment = reader.get('environment').variables();
  const dns = {
    nameservers: reader.get('dns').texts(),
    search: reader.get('dns_search').texts(),
    options: reader.get('dns_opt').texts(),
  };
  return {
    image: reader.get('image').text(),
    command: wordsOf(reader.get('entrypoint')),
    args: wordsOf(reader.get('command')),
    env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    labels: reader.get('labels').pairs(),
    mounts: reader.get('volumes').items().map(mountsOf),
    healthcheck: healthcheckOf(reader.get('healthcheck')),
    hostname: reader.get('hostname').optionalText(),
    dir: reader.get('working_dir').optionalText(),
    user: reader.get('user').optionalText(),
    groups: reader.get('group_add').texts(),
    tty: reader.get('tty').flag(),
    openStdin: reader.get('stdin_open').flag(),
    readOnly: reader.get('read_only').flag(),
    init: reader.get('init').flag(),
    stopSignal: reader.get('stop_signal').optionalText(),
    stopGracePeriodMs: reader.get('stop_grace_period').duration(),
    hosts: hostsOf(reader.get('extra_hosts')),
    ...(Object.values(dns).some((list) => list.length > 0) && { dns }),
    capabilityAdd: reader.get('cap_add').texts(),
    capabilityDrop: reader.get('cap_drop').texts(),
    sysctls: reader.get('sysctls').pairs(),
  };
}

/** `name: address` or `name:address` becomes `address name`, as in /etc/hosts. */
function hostsOf(reader: Reader): string[] {
  if (reader.isMap) return reader.entries().map(([name, address]) => hostLine(name, address.text(), address));
  return reader.items().map((item) => {
    const text = item.text();
    const at = text.search(/[:=]/);
    return hostLine(text.slice(0, Math.max(at, 0)), text.slice(at + 1), item);
  });
}

function hostLine(name: string, address: string, reader: Reader): string {
  const bare = address.replace(/^\[(.*)\]$/, '$1').trim();
  if (name === '' || bare === '') reader.fail('must be name:address');
  return `${bare} ${name}`;
}

/** Reads a list of words, or one line that is split into words. */
function wordsOf(reader: Reader): string[] {
  return reader.absent || reader.isList ? reader.texts() : splitWords(reader.text(), (what) => reader.fail(what));
}

function healthcheckOf(reader: Reader): Container['healthcheck'] {
  if (reader.absent) return undefined;
  reader.warnUnknown(['test', 'interval', 'timeout', 'retries', 'start_period', 'start_interval', 'disable']);
  if (reader.get('disable').flag()) return { test: ['NONE'] };
  const test = reader.get('test');
  const words = test.isList || test.absent ? test.texts() : ['CMD-SHELL', test.text()];
  if (test.isList && !['CMD', 'CMD-SHELL', 'NONE'].includes(words[0] ?? ''))
    test.fail('must begin with CMD, CMD-SHELL or NONE');
  return {
    test: words,
    intervalMs: reader.get('interval').duration(),
    timeoutMs: reader.get('timeout').duration(),
    retries: reader.get('retries').whole(0xffff_ffff),
    startPeriodMs: reader.get('start_period').duration(),
    startIntervalMs: reader.get('start_interval').duration(),
  };
}

/** As many as fit a whole number of billionths. */
const cpusMax = 9_000_000;

type TaskParts = NonNullable<ComposeService['spec']['task']>;

function resourcesOf(reader: Reader): Pick<TaskParts, 'resources'> {
  if (reader.absent) return {};
  reader.warnUnknown(['limits', 'reservations']);
  const part = (of: Reader) => {
    if (of.absent) return undefined;
    of.warnUnknown(['cpus', 'memory']);
    return { nanoCpus: Math.round((of.get('cpus').number(cpusMax) ?? 0) * 1e9), memoryBytes: of.get('memory').bytes() };
  };
  return { resources: { limits: part(reader.get('limits')), reservations: part(reader.get('reservations')) } };
}

function restartOf(policy: Reader, restart: Reader): Pick<TaskParts, 'restart'> {
  if (policy.absent) return restart.absent ? {} : { restart: plainRestart(restart) };
  policy.warnUnknown(['condition', 'delay', 'max_attempts', 'window']);
  const condition = policy.get('condition').word(['none', 'on-failure', 'any'] as const);
  return {
    restart: {
      condition: condition === 'on-failure' ? 'onFailure' : condition,
      delayMs: policy.get('delay').duration(),
      maxAttempts: policy.get('max_attempts').whole(0xffff_ffff),
      windowMs: policy.get('window').duration(),
    },
  };
}

/** `restart: on-failure:3`, as `docker run` has it. */
function plainRestart(reader: Reader): NonNullable<TaskParts['restart']> {
  const [, word, onFailure, attempts] =
    /^(?:(no|always|unless-stopped)|(on-failure)(?::(\d{1,9}))?)$/.exec(reader.text()) ??
    reader.fail('must be no, always, unless-stopped or on-failure[:times]');
  if (onFailure !== undefined)
    return { condition: 'onFailure', ...(attempts !== undefined && { maxAttempts: Number(attempts) }) };
  return { condition: word === 'no' ? 'none' : 'any' };
}

function placementOf(reader: Reader): Pick<TaskParts, 'placement'> {
  if (reader.absent) return {};
  reader.warnUnknown(['constraints', 'preferences', 'max_replicas_per_node']);
  return {
    placement: {
      constraints: reader.get('constraints').texts(),
      preferences: reader
        .get('preferences')
        .items()
        .map((preference) => {
          preference.warnUnknown(['spread']);
          return { spread: preference.get('spread').text() };
        }),
      maxReplicas: reader.get('max_replicas_per_node').whole(0xffff_ffff),
    },
  };
}

function updateConfigOf(reader: Reader): DeepPartial<UpdateConfig> | undefined {
  if (reader.absent) return undefined;
  reader.warnUnknown(['parallelism', 'delay', 'failure_action', 'monitor', 'max_failure_ratio', 'order']);
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

function attachmentsOf(reader: Reader): Attachment[] {
  if (!reader.isMap) {
    const items = reader.items().map((item) => ({ key: item.text(), aliases: [], reader: item }));
    const seen = new Set<string>();
    for (const { key, reader: item } of items) {
      if (seen.has(key)) item.fail(`names the network "${key}" again`);
      seen.add(key);
    }
    return items;
  }
  return reader.entries().map(([key, value]) => {
    if (!value.absent) value.warnUnknown(['aliases']);
    return { key, aliases: value.absent ? [] : value.get('aliases').texts(), reader: value };
  });
}
