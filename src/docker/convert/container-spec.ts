import type { ContainerSpec, FileTarget, Healthcheck, Privileges } from '../../kinds/index.js';
import { mountJson } from './mount.js';
import { given, type Json, nanoseconds, withoutEmpty } from './object.js';

/** `TaskTemplate.ContainerSpec` in Docker's JSON. */
export function containerSpecJson(container: ContainerSpec): Json {
  const { dns, privileges } = container;
  const fields = withoutEmpty({
    Image: container.image,
    Labels: container.labels,
    Command: container.command,
    Args: container.args,
    Hostname: container.hostname,
    Env: container.env,
    Dir: container.dir,
    User: container.user,
    Groups: container.groups,
    Privileges: privileges && privilegesJson(privileges),
    StopSignal: container.stopSignal,
    TTY: container.tty,
    OpenStdin: container.openStdin,
    ReadOnly: container.readOnly,
    Mounts: container.mounts.map(mountJson),
    Hosts: container.hosts,
    DNSConfig: dns && withoutEmpty({ Nameservers: dns.nameservers, Search: dns.search, Options: dns.options }),
    Secrets: container.secrets.map(({ secretId, secretName, file }) => ({
      ...(file && { File: fileJson(file) }),
      SecretID: secretId,
      SecretName: secretName,
    })),
    Configs: container.configs.map(({ configId, configName, file, runtime }) => ({
      ...(file && { File: fileJson(file) }),
      ...(runtime && { Runtime: {} }),
      ConfigID: configId,
      ConfigName: configName,
    })),
    Isolation: container.isolation,
    Sysctls: container.sysctls,
    CapabilityAdd: container.capabilityAdd,
    CapabilityDrop: container.capabilityDrop,
    Ulimits: container.ulimits.map(({ name, soft, hard }) => ({ Name: name, Hard: hard, Soft: soft })),
    OomScoreAdj: container.oomScoreAdj,
  });
  // What is empty says something here: no init, whatever the engine has; no grace; the health check of the image.
  return {
    ...fields,
    ...given('Healthcheck', container.healthcheck && healthcheckJson(container.healthcheck)),
    ...given('Init', container.init),
    ...given('StopGracePeriod', nanoseconds(container.stopGracePeriodMs)),
  };
}

function privilegesJson({ credentialSpec, seccomp, appArmor, noNewPrivileges }: Privileges): Json {
  return {
    CredentialSpec: credentialSpec
      ? { Config: credentialSpec.config, File: credentialSpec.file, Registry: credentialSpec.registry }
      : null,
    SELinuxContext: null,
    ...(seccomp && {
      Seccomp: { Mode: seccomp.mode, ...withoutEmpty({ Profile: Buffer.from(seccomp.profile).toString('base64') }) },
    }),
    ...(appArmor !== 'default' && { AppArmor: { Mode: appArmor } }),
    NoNewPrivileges: noNewPrivileges,
  };
}

function healthcheckJson(check: Healthcheck): Json {
  return {
    ...withoutEmpty({ Test: check.test }),
    ...given('Interval', nanoseconds(check.intervalMs)),
    ...given('Timeout', nanoseconds(check.timeoutMs)),
    ...given('StartPeriod', nanoseconds(check.startPeriodMs)),
    ...given('StartInterval', nanoseconds(check.startIntervalMs)),
    ...given('Retries', check.retries),
  };
}

function fileJson({ name, uid, gid, mode }: FileTarget): Json {
  return { Name: name, UID: uid === '' ? '0' : uid, GID: gid === '' ? '0' : gid, Mode: mode };
}
