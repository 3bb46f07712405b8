import type { PortConfig, Task, TaskStatus } from '../../kinds/index.js';
import { portsOf } from './labels.js';
import type { Observed } from './observed.js';
import { publishedPorts } from './ports.js';

/** A new status of a task, as a driver hands it over. */
export type ReportedStatus = Omit<TaskStatus, 'runningAt'>;

/** Texts of Docker's swarm mode, which tools print and people search for. */
const messages = {
  preparing: 'preparing',
  ready: 'prepared',
  starting: 'starting',
  running: 'started',
  complete: 'finished',
  shutdown: 'shutdown',
} as const;

/** States that a driver reports without an error. */
export type PlainState = keyof typeof messages;

/** Error of a container that was stopped because its check failed. */
const unhealthy = 'dockerexec: unhealthy container';

/** Returns the status of a task that reached a state. */
export function reached(state: PlainState, now: number, container?: Observed): ReportedStatus {
  return { state, message: messages[state], err: '', timestamp: now, ports: [], ...containerPart(container) };
}

/** Returns the status of a task whose container runs, with the ports that its engine published. */
export function running(task: Task, container: Observed, now: number): ReportedStatus {
  const ports: PortConfig[] = publishedPorts(portsOf(task), container.details?.ports ?? {});
  return { ...reached('running', now, container), ports };
}

/** Returns the status of a task whose container has ended by itself, or because it was unhealthy. */
export function ended(container: Observed, now: number, wasUnhealthy: boolean): ReportedStatus {
  const { exitCode, details } = container;
  if (exitCode === 0 && !wasUnhealthy) return reached('complete', now, container);
  const cause = wasUnhealthy ? unhealthy : (details?.error ?? '');
  const code = exitCode === 0 ? '' : `task: non-zero exit (${exitCode})`;
  return failed('started', [code, cause].filter((text) => text !== '').join(': '), now, container);
}

/** Returns the status of a task that cannot be prepared on this engine. */
export function rejected(err: string, now: number): ReportedStatus {
  return { state: 'rejected', message: messages.preparing, err, timestamp: now, ports: [] };
}

/** Returns the status of a task whose container could not be started. */
export function startFailed(text: string, now: number, container: Observed): ReportedStatus {
  return failed('starting', `starting container failed: ${text}`, now, container);
}

/** Returns the status of a task whose container was removed by another client. */
export function gone(now: number): ReportedStatus {
  return failed('started', 'container is gone', now);
}

function failed(message: 'starting' | 'started', err: string, timestamp: number, container?: Observed): ReportedStatus {
  return { state: 'failed', message, err, timestamp, ports: [], ...containerPart(container) };
}

function containerPart(container: Observed | undefined): Pick<ReportedStatus, 'container'> {
  if (!container) return {};
  const { id, exitCode, details, state } = container;
  const over = state === 'exited' || state === 'dead';
  return { container: { containerId: id, pid: details?.pid ?? 0, exitCode: over ? exitCode : 0 } };
}
