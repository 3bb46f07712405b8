import type { HostPort } from '../../schedule/index.js';
import type { RunState } from '../fleet.js';
import type { ContainerInspect, HostConfig, PortMap } from './types.js';

/**
 * Facts of a container that only an inspection tells. The rest of an inspection is large and is not kept: thousands of
 * containers would not fit.
 */
export interface ContainerFacts {
  readonly ports: readonly HostPort[];
  readonly hostNetwork: boolean;
  readonly exposedPorts: readonly number[];
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly state: RunState;
}

interface OfEngine {
  readonly cpus: number;
  readonly aheadMs: number;
}

/** Reads an inspection of a container on an engine. */
export function factsOf(inspect: ContainerInspect, { cpus, aheadMs }: OfEngine): ContainerFacts {
  const { HostConfig: host, NetworkSettings: network, Config: config } = inspect;
  return {
    ports: boundPorts(host.PortBindings, network.Ports),
    hostNetwork: host.NetworkMode === 'host',
    exposedPorts: Object.keys(config.ExposedPorts ?? {}).map((port) => Number.parseInt(port, 10)),
    cpus: reservedCpus(host, cpus),
    memoryBytes: host.Memory ?? 0,
    state: runState(inspect, aheadMs),
  };
}

/** Weight of one share of all CPUs of an engine. */
const fullShares = 1_024;

/** CPUs that a container reserves: `--cpus`, or its weight read back into a number of CPUs; the larger counts. */
function reservedCpus({ NanoCpus = 0, CpuShares = 0 }: HostConfig, cpus: number): number {
  return Math.max(NanoCpus / 1e9, Math.floor((CpuShares * cpus) / fullShares));
}

/** Weight for a number of CPUs: what an engine takes where Swarm's users name CPUs. */
export function cpuShares(wanted: number, cpus: number): number {
  return Math.ceil((wanted * fullShares) / cpus);
}

/** Ports that a container holds: those it was given, and those that the engine chose while it runs. */
function boundPorts(asked: PortMap | null | undefined, actual: PortMap | null | undefined): HostPort[] {
  const ports: HostPort[] = [];
  for (const [key, bindings] of Object.entries(asked ?? {})) {
    const protocol = key.split('/')[1] ?? 'tcp';
    const chosen = actual?.[key] ?? [];
    for (const [at, { HostIp = '', HostPort = '' }] of (bindings ?? []).entries()) {
      const fixed = /^[0-9]+$/.test(HostPort) && HostPort !== '0';
      const port = Number(fixed ? HostPort : (chosen[at]?.HostPort ?? 0));
      if (port > 0) ports.push({ ip: HostIp, port, protocol });
    }
  }
  return ports;
}

function runState({ State: state }: ContainerInspect, aheadMs: number): RunState {
  return {
    status: state.Status ?? statusOf(state),
    startedAt: timeOf(state.StartedAt, aheadMs),
    finishedAt: timeOf(state.FinishedAt, aheadMs),
    exitCode: state.ExitCode ?? 0,
    health: state.Health?.Status === 'none' ? '' : (state.Health?.Status ?? ''),
  };
}

/** Status of engines that do not say it in a word. */
function statusOf(state: ContainerInspect['State']): string {
  if (state.Paused) return 'paused';
  if (state.Restarting) return 'restarting';
  if (state.Running) return 'running';
  if (state.Dead) return 'dead';
  return timeOf(state.StartedAt, 0) === 0 ? 'created' : 'exited';
}

/** Milliseconds since the epoch by our clock; 0 for the year 1, which is how Go says never. */
function timeOf(text: string | undefined, aheadMs: number): number {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) || time <= 0 ? 0 : time - aheadMs;
}
