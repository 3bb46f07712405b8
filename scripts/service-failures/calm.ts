import { type EngineBody, engines as engineKind, type Node, type Service, type Task } from '../../src/kinds/index.js';
import { hasEnded } from '../../src/kinds/task/schema.js';
import type { Listed } from '../engine-failures/field.js';
import { until } from '../waiting.js';
import { patienceMs, type World } from './world.js';

/** Everything that a cluster and its engines say at one moment. */
export interface Picture {
  readonly services: readonly Service[];
  readonly tasks: readonly Task[];
  readonly nodes: readonly Node[];
  readonly engines: readonly (EngineBody & { readonly id: string })[];
  /** Containers by node, of the engines that run. */
  readonly containers: ReadonlyMap<string, readonly Listed[]>;
}

/** Returns what keeps a cluster from being calm, in words: nothing when it is. */
export function unrestOf({ services, tasks, nodes, engines, containers }: Picture): string[] {
  const there = new Set(containers.keys());
  const usable = nodes.filter(({ id, spec }) => there.has(id) && spec.availability === 'active').length;
  return [
    ...engines
      .filter(
        ({ nodeId, state, confirmedAt, wantAt }) => there.has(nodeId) && (state !== 'healthy' || confirmedAt < wantAt),
      )
      .map(({ addr, state }) => `engine ${addr} is ${state}`),
    ...nodes
      .filter(({ id, status }) => there.has(id) !== (status.state === 'ready'))
      .map(({ id, status }) => `node ${id} is ${status.state}`),
    ...services.flatMap((service) => unrestOfService(service, tasks, usable)),
    ...tasks
      .filter((task) => task.desiredState !== 'running' && !hasEnded(task.status.state) && there.has(task.nodeId ?? ''))
      .map(({ id, status, desiredState }) => `task ${id} is ${status.state}, desired ${desiredState}`),
    ...[...containers].flatMap(([node, list]) => unrestOfEngine(node, list, tasks)),
  ];
}

function unrestOfService(service: Service, tasks: readonly Task[], usable: number): string[] {
  const { name } = service.spec.annotations;
  const { mode } = service.spec;
  const wanted = 'replicated' in mode ? mode.replicated.replicas : usable;
  const mine = tasks.filter(({ serviceId, desiredState }) => serviceId === service.id && desiredState === 'running');
  const running = mine.filter(({ status }) => status.state === 'running').length;
  const revision = service.spec.task.container?.env.join();
  const old = mine.filter(({ spec }) => spec.container?.env.join() !== revision).length;
  const { state = 'completed' } = service.updateStatus ?? {};
  const unrest: string[] = [];
  if (mine.length !== wanted || running !== wanted)
    unrest.push(`${name} has ${running} of ${wanted}, and wants ${mine.length}`);
  if (old > 0) unrest.push(`${name} has ${old} old tasks`);
  if (state === 'updating' || state === 'rollbackStarted') unrest.push(`${name} is ${state}`);
  return unrest;
}

/** The running containers are exactly those of running tasks, and each container is of a task that is stored. */
function unrestOfEngine(node: string, list: readonly Listed[], tasks: readonly Task[]): string[] {
  const here = new Map(tasks.filter(({ nodeId }) => nodeId === node).map((task) => [task.id, task]));
  const unrest: string[] = [];
  const runs = new Set<string>();
  for (const { Id, State, Labels } of list) {
    const { 'skep.cluster': cluster, 'skep.task': id } = Labels;
    if (cluster === undefined) continue;
    const task = here.get(id ?? '');
    if (!task) unrest.push(`container ${Id} on ${node} is of no task there`);
    else if (State === 'running') {
      runs.add(task.id);
      if (task.status.state !== 'running')
        unrest.push(`the container of task ${task.id}, which is ${task.status.state}, runs`);
    }
  }
  for (const task of here.values())
    if (task.status.state === 'running' && !runs.has(task.id))
      unrest.push(`task ${task.id} has no container that runs`);
  return unrest;
}

/** Takes a picture. */
export async function pictureOf(world: World): Promise<Picture> {
  const containers = new Map<string, readonly Listed[]>();
  for (const site of world.sites.filter(({ real }) => real.runs))
    containers.set((await world.engine(site)).nodeId, await world.listOf(site));
  const { objects: engines } = await world.client.list(engineKind);
  const [services, tasks, nodes] = await Promise.all([world.services.all(), world.tasks(), world.nodes()]);
  return { services, tasks, nodes, engines, containers };
}

/** Looks that must find calm, one after the other. */
const looks = 3;

/** Waits until a cluster is calm, and stays so for a while. */
export async function untilCalm(world: World): Promise<void> {
  let calm = 0;
  let unrest: readonly string[] = [];
  try {
    await until(
      'calm',
      async () => {
        unrest = unrestOf(await pictureOf(world));
        calm = unrest.length === 0 ? calm + 1 : 0;
        return calm >= looks;
      },
      patienceMs,
      500,
    );
  } catch (error) {
    throw new Error(`${(error as Error).message}: ${unrest.join('; ')}`, { cause: error });
  }
}
