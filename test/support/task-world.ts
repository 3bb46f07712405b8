import { openFakeEngine } from 'skep/testing';
import { newId } from '../../src/base/ids.js';
import { systemRandom } from '../../src/base/random.js';
import { containerBody } from '../../src/fleet/driver/container.js';
import { containerName } from '../../src/fleet/driver/labels.js';
import { DockerClient } from '../../src/fleet/index.js';
import type { ContainerSpec, TaskState } from '../../src/kinds/index.js';
import type { FakeEngineServer } from '../../src/testing/index.js';
import { EngineCluster } from './engine-cluster.js';

interface Node {
  readonly id: string;
  readonly docker: DockerClient;
  readonly engine?: FakeEngineServer;
}

/** Members, engines, services and tasks with containers: what drivers would have made, made by the test. */
export class TaskWorld {
  readonly cluster: EngineCluster;
  readonly nodes = new Map<string, Node>();
  readonly #services = new Map<string, string>();

  private constructor(cluster: EngineCluster) {
    this.cluster = cluster;
  }

  static async start(members = 1): Promise<TaskWorld> {
    return new TaskWorld(await EngineCluster.start(members));
  }

  get addr(): string {
    return this.cluster.members.all[0]?.addr ?? '';
  }

  /** Flags that make a command ask this world. */
  get host(): string[] {
    return ['--host', this.addr];
  }

  /** A node with a fake engine, or the engine at an address. */
  async addNode(name: string, { at, driver }: { at?: string; driver?: string } = {}): Promise<Node> {
    const engine = at === undefined ? await openFakeEngine({ name }) : undefined;
    const address = at ?? engine?.address ?? '';
    const id = await this.cluster.addEngine(name, address, driver);
    const node = { id, docker: new DockerClient(address), ...(engine && { engine }) };
    this.nodes.set(name, node);
    return node;
  }

  node(name: string): Node {
    const node = this.nodes.get(name);
    if (!node) throw new Error(`there is no node ${name}`);
    return node;
  }

  async addService(name: string, labels: Record<string, string> = {}): Promise<string> {
    const leader = await this.cluster.members.leader();
    const service = await leader.store.update(
      (tx) =>
        tx.services().create({
          spec: { annotations: { name, labels }, task: { container: { image: 'busybox' } } },
        }).id,
    );
    this.#services.set(name, service);
    return service;
  }

  /** Makes a task of a service on a node, with its container, which runs. The task's id. */
  async addTask(
    service: string,
    slot: number,
    on: string,
    container: Partial<ContainerSpec> & { args: readonly string[] },
  ): Promise<string> {
    const leader = await this.cluster.members.leader();
    const node = this.node(on);
    const id = newId(systemRandom);
    const task = await leader.store.update((tx) => {
      const owner = tx.services().get(this.#services.get(service) ?? '');
      return tx.tasks().create({
        id,
        serviceId: owner?.id ?? '',
        slot,
        nodeId: node.id,
        serviceAnnotations: owner?.spec.annotations ?? { name: service },
        spec: { container: { image: 'busybox', ...container } },
        desiredState: 'running',
        status: { state: 'starting' },
      });
    });
    const { clusterId } = leader.status();
    const spec = task.spec.container;
    if (!spec) throw new Error('a task of this world has a container');
    const body = containerBody({ task, container: spec, clusterId, networks: [] });
    const { Id } = await node.docker.createContainer(body, containerName(task));
    await node.docker.startContainer(Id);
    await this.setTask(id, 'running', Id);
    return id;
  }

  /** Reports a state, as a driver does. */
  async setTask(id: string, state: TaskState, containerId?: string): Promise<void> {
    const leader = await this.cluster.members.leader();
    await leader.store.update((tx) => {
      const task = tx.tasks().get(id);
      if (!task) return;
      const container = containerId === undefined ? task.status.container : { containerId, pid: 1, exitCode: 0 };
      tx.tasks().update({ ...task, status: { ...task.status, state, ...(container && { container }) } });
    });
    await this.cluster.caughtUp();
  }

  /** Removes a service, or a task. */
  async remove(kind: 'service' | 'task', id: string): Promise<void> {
    const leader = await this.cluster.members.leader();
    await leader.store.update((tx) => (kind === 'service' ? tx.services() : tx.tasks()).delete(id));
    await this.cluster.caughtUp();
  }

  async close(): Promise<void> {
    for (const { docker } of this.nodes.values()) docker.close();
    await this.cluster.close();
    for (const { engine } of this.nodes.values()) await engine?.close();
  }
}
