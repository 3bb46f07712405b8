import type { ContainerInspect, ContainerSummary, PortMap } from '../engine/types.js';
import { filesLabel, taskLabel } from './labels.js';

/** Run states of a container, in Docker's words. */
export type RunState = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';

/** A container of ours, as its engine last told it. */
export interface Observed {
  /** Id that the engine gave it. */
  readonly id: string;
  readonly name: string;
  /** Id of its task; empty for a container that only fills a volume. */
  readonly taskId: string;
  /** Volume that it fills; empty for the container of a task. */
  readonly fills: string;
  readonly state: RunState;
  /** Result of the health check; absent without one. */
  readonly health?: 'starting' | 'healthy' | 'unhealthy';
  /** Exit code of the last run. */
  readonly exitCode: number;
  /** Names of the volumes that it has. */
  readonly volumes: readonly string[];
  /** Names of the networks that it is connected to, or will be. */
  readonly networks: readonly string[];
  /** Facts that only an inspection tells; absent when it comes from a list. */
  readonly details?: {
    readonly pid: number;
    /** Error of the engine about the last run; empty for none. */
    readonly error: string;
    readonly ports: PortMap;
    /** Seconds that it was made to have between the stop signal and the kill; absent for the engine's default. */
    readonly stopTimeoutS?: number;
  };
}

/** Reads an entry of `GET /containers/json`. */
export function observedInList(summary: ContainerSummary): Observed {
  const { Labels, Status, Mounts, NetworkSettings, Names } = summary;
  const health = healthOf(/\((?:health: )?(starting|healthy|unhealthy)\)/.exec(Status)?.[1]);
  return {
    id: summary.Id,
    name: (Names[0] ?? '').replace(/^\//, ''),
    taskId: Labels[taskLabel] ?? '',
    fills: Labels[filesLabel] ?? '',
    state: summary.State as RunState,
    ...(health && { health }),
    exitCode: Number(/^Exited \((-?\d+)\)/.exec(Status)?.[1] ?? 0),
    volumes: volumesOf(Mounts),
    networks: Object.keys(NetworkSettings?.Networks ?? {}),
  };
}

/** Reads the answer of `GET /containers/ID/json`. */
export function observedInDetail({ Id, Name, State, Config, NetworkSettings, Mounts }: ContainerInspect): Observed {
  const labels = Config.Labels ?? {};
  const { Pid, Error: error } = State as { readonly Pid?: number; readonly Error?: string };
  const { StopTimeout } = Config as { readonly StopTimeout?: number };
  const state = State.Status as RunState;
  // An engine calls every container unhealthy whose checks have ended.
  const health = state === 'running' ? healthOf(State.Health?.Status) : undefined;
  return {
    id: Id,
    name: Name.replace(/^\//, ''),
    taskId: labels[taskLabel] ?? '',
    fills: labels[filesLabel] ?? '',
    state,
    ...(health && { health }),
    exitCode: State.ExitCode ?? 0,
    volumes: volumesOf(Mounts),
    networks: Object.keys(NetworkSettings.Networks ?? {}),
    details: {
      pid: Pid ?? 0,
      error: error ?? '',
      ports: NetworkSettings.Ports ?? {},
      ...(StopTimeout !== undefined && { stopTimeoutS: StopTimeout }),
    },
  };
}

function healthOf(text: string | undefined): Observed['health'] {
  return text === 'starting' || text === 'healthy' || text === 'unhealthy' ? text : undefined;
}

function volumesOf(mounts: ContainerSummary['Mounts']): string[] {
  return (mounts ?? []).flatMap(({ Type, Name }) => (Type === 'volume' && Name ? [Name] : []));
}
