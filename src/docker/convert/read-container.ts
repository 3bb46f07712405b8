import type { ContainerSpec, DeepPartial, Healthcheck, Privileges } from '../../kinds/index.js';
import type { Fields } from './fields.js';
import { readMount } from './read-mount.js';
import { readFile } from './read-parts.js';

/** Reads `TaskTemplate.ContainerSpec`. */
export function readContainerSpec(fields: Fields): DeepPartial<ContainerSpec> {
  return {
    image: fields.text('Image'),
    labels: fields.map('Labels'),
    command: fields.texts('Command'),
    args: fields.texts('Args'),
    hostname: fields.text('Hostname'),
    env: fields.texts('Env'),
    dir: fields.text('Dir'),
    user: fields.text('User'),
    groups: fields.texts('Groups'),
    privileges: fields.object('Privileges', readPrivileges),
    init: fields.optionalFlag('Init'),
    stopSignal: fields.text('StopSignal'),
    tty: fields.flag('TTY'),
    openStdin: fields.flag('OpenStdin'),
    readOnly: fields.flag('ReadOnly'),
    mounts: fields.list('Mounts', readMount),
    stopGracePeriodMs: fields.duration('StopGracePeriod'),
    healthcheck: fields.object('Healthcheck', readHealthcheck),
    hosts: fields.texts('Hosts'),
    dns: fields.object('DNSConfig', readDns),
    secrets: fields.list('Secrets', (one) => ({
      secretId: one.text('SecretID'),
      secretName: one.text('SecretName'),
      file: one.object('File', readFile),
    })),
    configs: fields.list('Configs', (one) => ({
      configId: one.text('ConfigID'),
      configName: one.text('ConfigName'),
      file: one.object('File', readFile),
      runtime: one.object('Runtime', () => true) ?? false,
    })),
    isolation: fields.word('Isolation', { default: 'default', process: 'process', hyperv: 'hyperv' } as const),
    sysctls: fields.map('Sysctls'),
    capabilityAdd: fields.texts('CapabilityAdd'),
    capabilityDrop: fields.texts('CapabilityDrop'),
    ulimits: fields.list('Ulimits', (one) => ({
      name: one.text('Name'),
      soft: one.whole('Soft'),
      hard: one.whole('Hard'),
    })),
    oomScoreAdj: fields.whole('OomScoreAdj'),
  };
}

const seccompModes = { default: 'default', unconfined: 'unconfined', custom: 'custom' } as const;
const appArmorModes = { default: 'default', disabled: 'disabled' } as const;

/** Reads the rights beyond those of the user, and their limits. Clients send the object without anything in it. */
function readPrivileges(fields: Fields): DeepPartial<Privileges> | undefined {
  const credential = fields.object('CredentialSpec', (one) => ({
    config: one.text('Config'),
    file: one.text('File'),
    registry: one.text('Registry'),
  }));
  const hasCredential = credential && Object.values(credential).some((text) => text !== '');
  const seccomp = fields.object('Seccomp', (one) => ({
    mode: one.word('Mode', seccompModes),
    profile: Buffer.from(one.text('Profile'), 'base64').toString('utf8'),
  }));
  const appArmor = fields.object('AppArmor', (one) => one.word('Mode', appArmorModes));
  const noNewPrivileges = fields.flag('NoNewPrivileges');
  if (!hasCredential && !seccomp && !appArmor && !noNewPrivileges) return undefined;
  return { ...(hasCredential && { credentialSpec: credential }), seccomp, appArmor, noNewPrivileges };
}

function readHealthcheck(fields: Fields): DeepPartial<Healthcheck> {
  return {
    test: fields.texts('Test'),
    intervalMs: fields.duration('Interval'),
    timeoutMs: fields.duration('Timeout'),
    startPeriodMs: fields.duration('StartPeriod'),
    startIntervalMs: fields.duration('StartInterval'),
    retries: fields.count('Retries'),
  };
}

function readDns(fields: Fields): DeepPartial<ContainerSpec['dns']> {
  const dns = {
    nameservers: fields.texts('Nameservers'),
    search: fields.texts('Search'),
    options: fields.texts('Options'),
  };
  return Object.values(dns).some((texts) => texts.length > 0) ? dns : undefined;
}
