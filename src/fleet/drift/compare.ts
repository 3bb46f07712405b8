import { type Task, taskStateOrder } from '../../kinds/index.js';
import {
  clusterLabel,
  containerName,
  filesLabel,
  networkLabel,
  specHash,
  specLabel,
  taskLabel,
} from '../driver/labels.js';
import { isOver, isWanted } from '../driver/task-state.js';
import { parseImageRef } from '../engine/image-ref.js';
import type { ContainerSummary, ImageSummary, NetworkInfo, VolumeInfo } from '../engine/types.js';

/** Sort of a difference between the store and an engine. */
export type DriftKind = 'missing' | 'extra' | 'changed' | 'stopped' | 'network' | 'volume' | 'unreachable';

/** Action that undoes a difference; `none` where the driver of the engine does it by itself, or no call can. */
export type DriftFix = 'remove-container' | 'unpause-container' | 'remove-network' | 'remove-volume' | 'none';

/** One difference between the store and an engine. */
export interface Drift {
  /** Sort of the difference. */
  readonly kind: DriftKind;
  /** Id of the node. */
  readonly node: string;
  /** Name of the container, network or volume; of a missing container the task's. */
  readonly name: string;
  /** Id on the engine; empty for what is not there. */
  readonly id: string;
  /** Id of the task, where there is one. */
  readonly task: string;
  /** Difference in words. */
  readonly detail: string;
  /** Action that undoes it. */
  readonly fix: DriftFix;
}

/** Things of this cluster on an engine. */
export interface EngineContent {
  /** Containers with the label of the cluster. */
  readonly containers: readonly ContainerSummary[];
  /** Networks with the label of the cluster. */
  readonly networks: readonly NetworkInfo[];
  /** Volumes with the label of the cluster. */
  readonly volumes: readonly VolumeInfo[];
  readonly images: readonly ImageSummary[];
}

/** Content of the store, as far as it concerns one node. */
export interface StoreContent {
  readonly node: string;
  readonly clusterId: string;
  /** Tasks by id, also of other nodes. */
  readonly tasks: ReadonlyMap<string, Task>;
  /** Tells whether a task was the same before and after the engine was read: others are changing right now. */
  readonly isSettled: (taskId: string) => boolean;
  /** Ids of all networks. */
  readonly networks: ReadonlySet<string>;
}

/** Compares an engine with the store. Reads both, changes neither. */
export function compareEngine(store: StoreContent, engine: EngineContent): Drift[] {
  const ours = engine.containers.filter(({ Labels }) => Labels[clusterLabel] === store.clusterId);
  const byTask = grouped(ours, ({ Labels }) => Labels[taskLabel] ?? '');
  const found: Drift[] = [];
  for (const [taskId, containers] of byTask) found.push(...ofContainers(store, engine, taskId, containers));
  for (const task of store.tasks.values())
    if (task.nodeId === store.node && !byTask.has(task.id) && shouldExist(task) && store.isSettled(task.id))
      found.push(missing(store.node, task));
  return [...found, ...leftNetworks(store, engine), ...leftVolumes(store, engine, ours)];
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

/** A container was reported, and is still to be there. */
function shouldExist(task: Task): boolean {
  const { state } = task.status;
  return isWanted(task) && !isOver(state) && taskStateOrder(state) >= taskStateOrder('ready');
}

function missing(node: string, task: Task): Drift {
  const name = `${task.serviceAnnotations.name}.${task.slot === 0 ? node : task.slot}`;
  const detail = `task is ${task.status.state}, and has no container; its driver reports that, and it is replaced`;
  return {
    kind: 'missing',
    node,
    name,
    id: task.status.container?.containerId ?? '',
    task: task.id,
    detail,
    fix: 'none',
  };
}

function ofContainers(
  store: StoreContent,
  engine: EngineContent,
  taskId: string,
  [first, ...others]: readonly ContainerSummary[],
): Drift[] {
  const task = store.tasks.get(taskId);
  const extra = (container: ContainerSummary, detail: string): Drift => ({
    ...{ kind: 'extra', node: store.node, task: taskId, detail, fix: 'remove-container' },
    ...nameAndId(container),
  });
  const all = first ? [first, ...others] : [];
  if (taskId === '')
    return all
      .filter(({ Labels, State }) => Labels[filesLabel] === undefined || State !== 'created')
      .map((container) => extra(container, 'has the label of the cluster, and no task'));
  if (!store.isSettled(taskId)) return [];
  if (!task) return all.map((container) => extra(container, 'its task does not exist'));
  if (task.nodeId !== store.node) return all.map((container) => extra(container, `its task is on node ${task.nodeId}`));
  const seconds = others.map((container) => extra(container, 'its task has another container here'));
  return first ? [...ofContainer(store.node, engine, task, first), ...seconds] : seconds;
}

function ofContainer(node: string, engine: EngineContent, task: Task, container: ContainerSummary): Drift[] {
  const { state } = task.status;
  const runs = ['running', 'restarting', 'paused'].includes(container.State);
  const row = { node, task: task.id, ...nameAndId(container) };
  if (isOver(state))
    return runs ? [{ ...row, kind: 'extra', detail: `runs, and its task is ${state}`, fix: 'remove-container' }] : [];
  if (!isWanted(task)) return [];
  if (state === 'running' && container.State === 'paused')
    return [{ ...row, kind: 'stopped', detail: 'was paused', fix: 'unpause-container' }];
  if (state === 'running' && !runs)
    return [
      { ...row, kind: 'stopped', detail: `task is running, container is ${container.State}`, fix: 'remove-container' },
    ];
  const changed = changeOf(engine, task, container);
  return changed === undefined ? [] : [{ ...row, kind: 'changed', detail: changed, fix: 'remove-container' }];
}

/** Says in what a container differs from one that would be made now. */
function changeOf({ images }: EngineContent, task: Task, container: ContainerSummary): string | undefined {
  const hash = container.Labels[specLabel];
  if (hash !== specHash(task)) return 'was made of another spec';
  const image = task.spec.container?.image ?? '';
  const now = imageId(images, image);
  if (now !== undefined && now !== container.ImageID) return `image ${image} is another one by now`;
  if (!container.Names.includes(`/${containerName(task)}`)) return `was renamed from ${containerName(task)}`;
  return undefined;
}

/** Returns the id that a tag has on an engine; `undefined` for a digest, which never means another image. */
function imageId(images: readonly ImageSummary[], reference: string): string | undefined {
  if (reference.includes('@')) return undefined;
  const { name, tag } = parseImageRef(reference);
  const familiar = name.replace(/^(?:index\.)?docker\.io\/(?:library\/)?/, '');
  return images.find(({ RepoTags }) => RepoTags?.includes(`${familiar}:${tag}`))?.Id;
}

function leftNetworks({ node, networks }: StoreContent, engine: EngineContent): Drift[] {
  return engine.networks
    .filter(({ Labels }) => !networks.has(Labels?.[networkLabel] ?? ''))
    .map(({ Id, Name }) => {
      const detail = 'the network that it stands for does not exist';
      return { kind: 'network', node, name: Name, id: Id, task: '', detail, fix: 'remove-network' };
    });
}

function leftVolumes({ node }: StoreContent, engine: EngineContent, ours: readonly ContainerSummary[]): Drift[] {
  const used = new Set(
    ours.flatMap(({ Mounts, Labels }) => [...(Mounts ?? []).map(({ Name }) => Name), Labels[filesLabel]]),
  );
  return engine.volumes
    .filter(({ Name, Labels }) => Labels?.[filesLabel] !== undefined && !used.has(Name))
    .map(({ Name }) => {
      const detail = 'holds files of secrets and configs, and no container has it';
      return { kind: 'volume', node, name: Name, id: Name, task: '', detail, fix: 'remove-volume' };
    });
}

function nameAndId({ Id, Names }: ContainerSummary) {
  return { name: (Names[0] ?? '').replace(/^\//, ''), id: Id };
}
