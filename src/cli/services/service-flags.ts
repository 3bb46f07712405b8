import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import type { DeepPartial, ServiceMode, ServiceSpec, UpdateConfig } from '../../kinds/index.js';
import { pairs, time, wholeNumber } from '../arguments.js';

/** Flags of `skep service update`. */
export interface ServiceFlags {
  readonly image?: string;
  readonly replicas?: number;
  readonly force?: boolean;
  readonly withRegistryAuth?: boolean;
  readonly envAdd?: Readonly<Record<string, string>>;
  readonly envRm?: readonly string[];
  readonly labelAdd?: Readonly<Record<string, string>>;
  readonly labelRm?: readonly string[];
  readonly constraintAdd?: readonly string[];
  readonly constraintRm?: readonly string[];
  readonly updateParallelism?: number;
  readonly updateDelay?: number;
  readonly updateMonitor?: number;
  readonly updateMaxFailureRatio?: number;
  readonly updateOrder?: 'stop-first' | 'start-first';
  readonly updateFailureAction?: UpdateConfig['failureAction'];
}

const collect = (word: string, before: readonly string[] = []) => [...before, word];

/** Adds the flags that change a spec. */
export function withServiceFlags(command: Command): Command {
  return command
    .option('--image <image>', 'image of the tasks')
    .option('--with-registry-auth', 'give the engines the credentials of docker login for the image')
    .option('--replicas <n>', 'number of tasks', wholeNumber)
    .option('--env-add <name=value>', 'environment variable to set (repeatable)', pairs)
    .option('--env-rm <name>', 'environment variable to remove (repeatable)', collect)
    .option('--label-add <key=value>', 'label of the service to set (repeatable)', pairs)
    .option('--label-rm <key>', 'label of the service to remove (repeatable)', collect)
    .option('--constraint-add <expression>', 'constraint to add, such as node.role==worker (repeatable)', collect)
    .option('--constraint-rm <expression>', 'constraint to remove (repeatable)', collect)
    .option('--update-parallelism <n>', 'tasks replaced at a time; 0 is all', wholeNumber)
    .option('--update-delay <time>', 'pause between two groups of tasks', duration)
    .option('--update-monitor <time>', 'time for which new tasks are watched', duration)
    .option('--update-max-failure-ratio <share>', 'share of tasks that may fail, from 0 to 1', ratio)
    .addOption(new Option('--update-order <order>', 'order of stop and start').choices(['stop-first', 'start-first']))
    .addOption(
      new Option('--update-failure-action <action>', 'action when too many tasks fail').choices([
        'pause',
        'continue',
        'rollback',
      ]),
    )
    .option('--force', 'replace the tasks even when nothing differs');
}

const duration = (text: string) => (/^0(?:ms|s|m|h)?$/.test(text) ? 0 : time(text));

function ratio(text: string): number {
  const share = Number(text);
  if (text.trim() === '' || !(share >= 0 && share <= 1)) throw new InvalidArgumentError('Give a number from 0 to 1.');
  return share;
}

/** Returns the spec with the changes of the flags. */
export function changedSpec(spec: ServiceSpec, flags: ServiceFlags): DeepPartial<ServiceSpec> {
  const { container } = spec.task;
  const { annotations } = spec;
  const update = changedUpdate(spec.update, flags);
  return {
    ...spec,
    annotations: { ...annotations, labels: changedMap(annotations.labels, flags.labelAdd, flags.labelRm) },
    ...(flags.replicas !== undefined && { mode: scaledMode(spec.mode, flags.replicas) }),
    ...(update && { update }),
    task: {
      ...spec.task,
      ...(container && {
        container: {
          ...container,
          ...(flags.image !== undefined && { image: flags.image }),
          env: changedEnv(container.env, flags.envAdd, flags.envRm),
        },
      }),
      ...placementOf(spec, flags),
      ...(flags.force && { forceUpdate: spec.task.forceUpdate + 1 }),
    },
  };
}

/**
 * Returns the mode with another number of tasks. A job that runs all its tasks at once goes on to do so.
 * @throws {RangeError} when the mode has no number.
 */
export function scaledMode(mode: ServiceMode, count: number): ServiceMode {
  if ('replicated' in mode) return { replicated: { replicas: count } };
  if (!('replicatedJob' in mode)) throw new RangeError('runs one task on every node: it has no number of replicas');
  const { maxConcurrent, totalCompletions } = mode.replicatedJob;
  const all = maxConcurrent === totalCompletions;
  return { replicatedJob: { maxConcurrent: all ? count : maxConcurrent, totalCompletions: count } };
}

function changedMap(
  old: Readonly<Record<string, string>>,
  add: Readonly<Record<string, string>> = {},
  remove: readonly string[] = [],
): Record<string, string> {
  const kept = Object.entries(old).filter(([key]) => !remove.includes(key));
  return { ...Object.fromEntries(kept), ...add };
}

/** Keeps the order of the variables: one that is set again stays in its place. */
function changedEnv(
  env: readonly string[],
  add: Readonly<Record<string, string>> = {},
  remove: readonly string[] = [],
): string[] {
  const nameOf = (entry: string) => entry.split('=', 1)[0] ?? '';
  const left = new Map(Object.entries(add));
  const kept = env
    .filter((entry) => !remove.includes(nameOf(entry)))
    .map((entry) => {
      const value = left.get(nameOf(entry));
      left.delete(nameOf(entry));
      return value === undefined ? entry : `${nameOf(entry)}=${value}`;
    });
  return [...kept, ...[...left].map(([name, value]) => `${name}=${value}`)];
}

function placementOf(spec: ServiceSpec, { constraintAdd = [], constraintRm = [] }: ServiceFlags) {
  if (constraintAdd.length === 0 && constraintRm.length === 0) return {};
  const plain = (constraint: string) => constraint.replaceAll(/\s/g, '');
  const removed = new Set([...constraintRm, ...constraintAdd].map(plain));
  const old = spec.task.placement?.constraints ?? [];
  const constraints = [...old.filter((one) => !removed.has(plain(one))), ...constraintAdd];
  return { placement: { ...spec.task.placement, constraints } };
}

function changedUpdate(old: UpdateConfig | undefined, flags: ServiceFlags): DeepPartial<UpdateConfig> | undefined {
  const { updateParallelism, updateDelay, updateMonitor, updateMaxFailureRatio, updateOrder, updateFailureAction } =
    flags;
  const changes = {
    ...(updateParallelism !== undefined && { parallelism: updateParallelism }),
    ...(updateDelay !== undefined && { delayMs: updateDelay }),
    ...(updateMonitor !== undefined && { monitorMs: updateMonitor }),
    ...(updateMaxFailureRatio !== undefined && { maxFailureRatio: updateMaxFailureRatio }),
    ...(updateOrder && { order: updateOrder === 'stop-first' ? ('stopFirst' as const) : ('startFirst' as const) }),
    ...(updateFailureAction && { failureAction: updateFailureAction }),
  };
  return Object.keys(changes).length === 0 ? old : { ...old, ...changes };
}
