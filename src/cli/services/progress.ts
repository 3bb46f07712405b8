import type { Node, Service } from '../../kinds/index.js';
import { currentStatus, isInvalid, isJob } from '../../orchestrate/index.js';
import { type SlotProgress, slotProgress } from './slot-progress.js';
import type { ClusterView } from './view.js';

/**
 * Stage of a service: `done`; `settling`, all tasks are there and are watched for a while; `moving`; `waiting` for nodes
 * only; `stopped`, nothing more happens without a person.
 */
export type Phase = 'done' | 'settling' | 'moving' | 'waiting' | 'stopped';

/** Progress of one service towards its spec. */
export interface ServiceProgress {
  readonly id: string;
  readonly name: string;
  /** True: its tasks end by themselves, and count when they are complete. */
  readonly job: boolean;
  /** Number of slots that the spec asks for, and of those that are as it says. */
  readonly wanted: number;
  readonly done: number;
  readonly phase: Phase;
  /** The worst task with its error, or the message of the update; empty when all is well. */
  readonly because: string;
  /** Time from which on it counts as done if nothing changes, ms since the epoch; only when settling. */
  readonly settlesAt?: number;
}

/** Facts that the objects do not have. */
export interface Seen {
  /** Time at which this command first saw the task run, ms since the epoch. */
  readonly runningSince: (taskId: string) => number;
  /** Version of the spec that is waited for: a rollback makes another one. */
  readonly specVersion?: number | undefined;
}

/** Time for which a new task is watched when the spec says nothing, ms. */
const monitorDefaultMs = 5_000;

/** Measures how far a service is. */
export function serviceProgress(view: ClusterView, service: Service, seen: Seen, now: number): ServiceProgress {
  const slots = slotsInOrder(view, service);
  const wanted = wantedSlots(view, service);
  const counts = slots.filter(({ state }) => state === 'done').length;
  const base = {
    id: service.id,
    name: service.spec.annotations.name,
    job: isJob(service) || (wanted > 0 && slots.length > 0 && slots.every(isComplete)),
    wanted,
    done: Math.min(wanted, counts),
  };
  const end = endOf(service, seen.specVersion);
  if (end !== undefined) return { ...base, phase: 'stopped', because: end };
  const open = slots.filter(({ state }) => state !== 'done').slice(0, Math.max(0, wanted - counts));
  if (base.done < wanted) return { ...base, ...openPhase(view, service, open, wanted - base.done) };
  const settlesAt = settledAt(service, slots, seen);
  if (isUpdating(service)) return { ...base, phase: 'settling', because: currentStatus(service)?.message ?? '' };
  if (settlesAt > now) return { ...base, phase: 'settling', because: '', settlesAt };
  return { ...base, phase: 'done', because: '' };
}

/** Measures a service for a list: nothing is watched for a while. */
export function progressNow(view: ClusterView, service: Service): ServiceProgress {
  return serviceProgress(view, service, { runningSince: () => 0 }, Infinity);
}

const isComplete = ({ state, task }: SlotProgress) => state === 'done' && task?.status.state === 'complete';

/** Slots in the order in which they count: those that are done, then the others. */
function slotsInOrder(view: ClusterView, service: Service): SlotProgress[] {
  const fits = slotFilter(view, service);
  const slots = view.slotsOf(service).filter(({ key }) => fits(key));
  const rank = { failed: 0, waiting: 1, moving: 2, done: 3 };
  return slots.map((slot) => slotProgress(view, service, slot)).sort((a, b) => rank[a.state] - rank[b.state]);
}

/** Tells which slots the spec asks for: of a job also those with a high number are history. */
function slotFilter(view: ClusterView, service: Service): (key: number | string) => boolean {
  const { mode } = service.spec;
  if ('replicatedJob' in mode) return (key) => Number(key) <= mode.replicatedJob.totalCompletions;
  if ('replicated' in mode) return () => true;
  const open = new Set(openNodes(view, service).map(({ id }) => id));
  return (key) => open.has(String(key));
}

/** Number of slots that the spec asks for. */
export function wantedSlots(view: ClusterView, service: Service): number {
  const { mode } = service.spec;
  if ('replicated' in mode) return mode.replicated.replicas;
  if ('replicatedJob' in mode) return mode.replicatedJob.totalCompletions;
  return openNodes(view, service).length;
}

/** The nodes for which a service with one task a node is. */
export function openNodes(view: ClusterView, { spec }: Service): Node[] {
  return [...view.nodes.values()].filter(
    (node) =>
      !isInvalid(node) &&
      node.spec.membership === 'accepted' &&
      node.spec.availability === 'active' &&
      view.ports.meets(node, spec.task.placement),
  );
}

/** Reason for which nothing more happens by itself; `undefined` while something does. */
function endOf(service: Service, specVersion: number | undefined): string | undefined {
  const status = currentStatus(service);
  if (status?.state === 'paused' || status?.state === 'rollbackPaused') return status.message;
  const rolledBack = specVersion !== undefined && service.specVersion !== specVersion;
  return rolledBack && status?.state === 'rollbackCompleted' ? 'the update was rolled back' : undefined;
}

function isUpdating(service: Service): boolean {
  const state = currentStatus(service)?.state;
  return state === 'updating' || state === 'rollbackStarted';
}

function openPhase(
  view: ClusterView,
  service: Service,
  open: readonly SlotProgress[],
  missing: number,
): Pick<ServiceProgress, 'phase' | 'because'> {
  const [worst] = open;
  const rollback = currentStatus(service)?.state === 'rollbackStarted' ? currentStatus(service)?.message : undefined;
  const because = rollback ?? (worst ? textOf(view, worst) : 'no task yet');
  if (open.length < missing || open.some(({ state }) => state === 'moving')) return { phase: 'moving', because };
  return { phase: open.some(({ state }) => state === 'failed') ? 'stopped' : 'waiting', because };
}

const textOf = (view: ClusterView, { task, because, state }: SlotProgress) =>
  `${task ? `${view.taskName(task)} ` : ''}${task && state !== 'moving' ? `${task.status.state}: ` : ''}${because}`;

/** Time at which the youngest task has run for as long as the spec wants to watch it. */
function settledAt({ spec }: Service, slots: readonly SlotProgress[], { runningSince }: Seen): number {
  const monitorMs = spec.update?.monitorMs ?? monitorDefaultMs;
  const times = slots.flatMap(({ state, task }) =>
    state === 'done' && task?.status.state === 'running'
      ? [Math.min(task.status.runningAt ?? Infinity, runningSince(task.id)) + monitorMs]
      : [],
  );
  return Math.max(-Infinity, ...times);
}

/** End of a wait: all is as wanted; a person must act; tasks wait for nodes; `going` is none. */
export type Outcome = 'converged' | 'stopped' | 'unplaced' | 'going';

/** Draws the conclusion from all services. */
export function outcomeOf(services: readonly ServiceProgress[]): Outcome {
  const phases = new Set(services.map(({ phase }) => phase));
  if (phases.has('moving') || phases.has('settling')) return 'going';
  if (phases.has('stopped')) return 'stopped';
  return phases.has('waiting') ? 'unplaced' : 'converged';
}
