import { formatDuration } from '../../base/duration.js';
import type { Service, Task } from '../../kinds/index.js';
import {
  currentStatus,
  delayDefaultMs,
  isDirty,
  isOver,
  isWanted,
  mayRestart,
  stopTimeoutMs,
} from '../../orchestrate/index.js';
import type { Actors } from './actors.js';
import { errorOf } from './slot-progress.js';
import { ageText } from './text.js';
import type { ClusterView } from './view.js';

/** Says what a task does, or which step waits for what: one sentence without its subject. */
export function stageText(view: ClusterView, task: Task, actors: Actors, now: number): string {
  if (isOver(task)) return endText(view, task);
  if (!isWanted(task)) return stopText(view, task, actors);
  const { state, err, timestamp } = task.status;
  switch (state) {
    case 'new':
      return err || 'waits for a leader whose manager runs with --fleet';
    case 'pending':
      return err || 'waits for a node';
    case 'assigned':
      return `waits for ${driverText(view, task, actors)} to take it`;
    case 'accepted':
    case 'preparing':
      return `waits for ${driverText(view, task, actors)} to prepare image, networks and volumes, for ${ageText(timestamp, now)}`;
    case 'ready':
      return readyText(view, task, actors, now);
    case 'starting':
      return task.spec.container?.healthcheck
        ? 'waits for its health check to pass'
        : `waits for ${driverText(view, task, actors)} to start the container`;
    default:
      return runningText(view, task);
  }
}

function runningText(view: ClusterView, task: Task): string {
  const service = view.services.get(task.serviceId ?? '');
  const node = view.node(task.nodeId);
  if (node && node.status.state !== 'ready')
    return `last seen running; ${view.nodeName(task.nodeId)} is ${node.status.state}${node.status.message && `: ${node.status.message}`}`;
  if (!service || !isDirty(view, service, task)) return 'runs';
  const message = currentStatus(service)?.message;
  return `runs an older spec${message ? `: ${message}` : '; the update has not begun'}`;
}

/** A replacement is prepared early, and starts after the delay and the end of the task before it. */
function readyText(view: ClusterView, task: Task, actors: Actors, now: number): string {
  if (task.desiredState !== 'ready') return `waits for ${driverText(view, task, actors)} to start the container`;
  const mates = matesOf(view, task);
  const stopping = mates.find((mate) => !isWanted(mate) && !isOver(mate));
  if (stopping) {
    const end = new Date(task.meta.createdAt + stopTimeoutMs).toISOString();
    return `waits for task ${stopping.id} on ${view.nodeName(stopping.nodeId)} to stop, until ${end} at most`;
  }
  const delayMs = task.spec.restart?.delayMs ?? delayDefaultMs;
  const start = task.meta.createdAt + delayMs;
  if (start > now)
    return `waits until ${new Date(start).toISOString()}: the restart delay is ${formatDuration(delayMs)}`;
  return 'waits for the next pass of the control loop';
}

function stopText(view: ClusterView, task: Task, actors: Actors): string {
  const grace = task.spec.container?.stopGracePeriodMs;
  const node = view.node(task.nodeId);
  if (node?.status.state === 'down')
    return `is to stop, but ${view.nodeName(task.nodeId)} is down: its container may still run`;
  const limit = grace === undefined ? '' : `, within ${formatDuration(grace)}`;
  return `waits for ${driverText(view, task, actors)} to stop the container${limit}`;
}

/** Says how a task ended, and what follows. */
function endText(view: ClusterView, task: Task): string {
  const service = view.services.get(task.serviceId ?? '');
  const failed = task.status.state === 'failed' || task.status.state === 'rejected';
  const how = failed || task.status.err !== '' ? errorOf(task) : `ended: ${task.status.state}`;
  if (!service) return `${how}; its service is removed`;
  const mates = matesOf(view, task);
  const next = mates.findLast((mate) => isWanted(mate) && !isOver(mate));
  if (next) return `${how}; task ${next.id} took its place and is ${next.status.state}`;
  const slot = { key: task.slot, tasks: [...mates, task].sort((a, b) => a.meta.createdAt - b.meta.createdAt) };
  if (failed && !mayRestart(service, slot, task)) return `${how}; its restart policy allows no further task`;
  return how;
}

/** The other tasks of its slot, oldest first. */
function matesOf(view: ClusterView, task: Task): Task[] {
  return view
    .tasksOf(task.serviceId ?? '')
    .filter(({ id, slot, nodeId }) => id !== task.id && slot === task.slot && (slot > 0 || nodeId === task.nodeId));
}

/** Names who drives the engine of the task's node, and what keeps it from doing so. */
function driverText(view: ClusterView, { nodeId }: Task, { engines, drivers }: Actors): string {
  const node = view.nodeName(nodeId);
  const state = view.node(nodeId)?.status;
  if (state?.state !== 'ready')
    return `node ${node}, which is ${state ? `${state.state}${state.message && ` (${state.message})`}` : 'gone'},`;
  const engine = engines.find((one) => one.nodeId === nodeId);
  const driver = drivers.find(({ id }) => id === engine?.want);
  if (driver) return `manager ${driver.name}, the driver of ${node},`;
  return engine && engine.want === ''
    ? `a manager that reaches ${node}${engine.error && ` (${engine.error})`}`
    : `the driver of ${node}`;
}

/** Returns the time of a state for people. */
export function sinceText(timestamp: number, now: number): string {
  return timestamp <= 0 ? '' : `since ${new Date(timestamp).toISOString()} (${ageText(timestamp, now)})`;
}

/** Tells what a service is doing, from its update. */
export function updateText(service: Service): string {
  const status = currentStatus(service);
  return status ? status.message || status.state : '';
}
