import type { ContainerSpec, Healthcheck, Task } from '../../kinds/index.js';
import type { CreateContainerBody, HostConfig } from '../engine/types.js';
import type { FileMounts } from './files.js';
import { filled, type Json, nanoseconds } from './json.js';
import { containerLabels, logDriverOf, portsOf } from './labels.js';
import { type MountJson, mountJson } from './mounts.js';
import type { NetworkPlace } from './networks.js';
import { exposedPorts, portBindings } from './ports.js';

/** Everything that a container is made of. */
export interface ContainerPlan {
  readonly task: Task;
  /** The container of the task, with its templates filled in. */
  readonly container: ContainerSpec;
  readonly clusterId: string;
  /** Files of secrets and configs; absent without any. */
  readonly files?: FileMounts | undefined;
  /** Networks in the order in which they are joined. */
  readonly networks: readonly NetworkPlace[];
  /** Content of the config that is the credential spec; absent without one. */
  readonly credentialSpec?: string | undefined;
}

/** Returns the body that creates the container of a task. */
export function containerBody(plan: ContainerPlan): CreateContainerBody {
  const { task, container, clusterId } = plan;
  const [first] = plan.networks;
  const ports = portsOf(task);
  return {
    ...filled({
      Hostname: container.hostname,
      Env: [...container.env, ...resourceVariables(task)],
      Entrypoint: container.command,
      Cmd: container.args,
      WorkingDir: container.dir,
      User: container.user,
      Tty: container.tty,
      OpenStdin: container.openStdin,
      StopSignal: container.stopSignal,
      ExposedPorts: exposedPorts(ports),
    }),
    Image: container.image,
    Labels: containerLabels(task, clusterId),
    ...(container.healthcheck && { Healthcheck: healthcheckJson(container.healthcheck) }),
    ...(container.stopGracePeriodMs !== undefined && { StopTimeout: graceSeconds(container.stopGracePeriodMs) }),
    HostConfig: hostConfig(plan, portBindings(ports)),
    ...(first?.endpoint && { NetworkingConfig: { EndpointsConfig: { [first.name]: first.endpoint } } }),
  };
}

/** Returns a grace period as whole seconds: never less than was asked for. */
export function graceSeconds(ms: number): number {
  return Math.ceil(ms / 1_000);
}

function hostConfig(plan: ContainerPlan, bindings: HostConfig['PortBindings']): HostConfig {
  const { task, container, files } = plan;
  const [first] = plan.networks;
  const logDriver = logDriverOf(task);
  const mounts: MountJson[] = [...container.mounts.map(mountJson), ...(files?.mounts ?? [])];
  return {
    ...filled({
      Mounts: mounts,
      PortBindings: bindings,
      ReadonlyRootfs: container.readOnly,
      GroupAdd: container.groups,
      CapAdd: container.capabilityAdd,
      CapDrop: container.capabilityDrop,
      Sysctls: container.sysctls,
      Ulimits: container.ulimits.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })),
      OomScoreAdj: container.oomScoreAdj,
      ExtraHosts: container.hosts.flatMap(hostEntries),
      Dns: container.dns?.nameservers,
      DnsSearch: container.dns?.search,
      DnsOptions: container.dns?.options,
      SecurityOpt: securityOptions(plan),
      Isolation: container.isolation === 'default' ? undefined : container.isolation,
      LogConfig: logDriver && filled({ Type: logDriver.name, Config: logDriver.options }),
      ...limits(task),
    }),
    ...(container.init !== undefined && { Init: container.init }), // false means something: none, whatever the engine has
    NetworkMode: first?.name ?? 'default',
  };
}

function limits({ spec: { resources } }: Task): Json {
  const { nanoCpus, memoryBytes, pids } = resources?.limits ?? {};
  return { NanoCpus: nanoCpus, Memory: memoryBytes, PidsLimit: pids };
}

/** Lines of `/etc/hosts` (`address name…`) in Docker's form: `name:address`. */
function hostEntries(line: string): string[] {
  const [address = '', ...names] = line.trim().split(/\s+/);
  return names.map((name) => `${name}:${address}`);
}

function healthcheckJson(check: Healthcheck): Json {
  return filled({
    Test: check.test,
    Interval: nanoseconds(check.intervalMs),
    Timeout: nanoseconds(check.timeoutMs),
    StartPeriod: nanoseconds(check.startPeriodMs),
    StartInterval: nanoseconds(check.startIntervalMs),
    Retries: check.retries,
  });
}

function securityOptions({ container: { privileges }, credentialSpec }: ContainerPlan): string[] {
  if (!privileges) return [];
  const { credentialSpec: { file = '', registry = '' } = {}, seccomp, appArmor, noNewPrivileges } = privileges;
  return [
    ...(file === '' ? [] : [`credentialspec=file://${file}`]),
    ...(registry === '' ? [] : [`credentialspec=registry://${registry}`]),
    ...(credentialSpec === undefined ? [] : [`credentialspec=raw://${credentialSpec}`]),
    ...(seccomp?.mode === 'unconfined' ? ['seccomp=unconfined'] : []),
    ...(seccomp?.mode === 'custom' ? [`seccomp=${seccomp.profile}`] : []),
    ...(appArmor === 'disabled' ? ['apparmor=unconfined'] : []),
    ...(noNewPrivileges ? ['no-new-privileges=true'] : []),
  ];
}

/** Returns the pieces of resources that a task was given, as Docker tells them: `DOCKER_RESOURCE_GPU=gpu-1,gpu-2`. */
function resourceVariables({ assignedGeneric }: Task): string[] {
  const pieces = new Map<string, string[]>();
  for (const { kind, named, discrete } of assignedGeneric) {
    const name = `DOCKER_RESOURCE_${kind.toUpperCase()}`;
    pieces.set(name, [...(pieces.get(name) ?? []), named ?? String(discrete ?? 0)]);
  }
  return [...pieces].map(([name, values]) => `${name}=${values.join(',')}`);
}
