import { splitHostPort } from '../../src/base/host-port.js';
import {
  type ClusterEvent,
  type Container,
  type ContainerInspect,
  type ContainerSummary,
  type CreateContainerBody,
  DockerClient,
  type EngineHandle,
  type EngineInfo,
  type EngineState,
  type Fleet,
  FleetError,
  type Image,
  type ImageSummary,
  type NetworkInfo,
  type OnProgress,
  type VolumeInfo,
} from '../../src/fleet/index.js';

const momentOf = (text: string | undefined) => Math.max(0, Date.parse(text ?? '') || 0);

/** An engine that is asked again only when somebody says so. */
export class PlainEngine implements EngineHandle {
  readonly client: DockerClient;
  state: EngineState = 'healthy';
  lastError = '';
  updatedAt = 0;
  info: EngineInfo | undefined;
  containers: readonly Container[] = [];
  images: readonly Image[] = [];
  volumes: readonly VolumeInfo[] = [];
  networks: readonly NetworkInfo[] = [];
  healthPercent = 100;
  usedCpus = 0;
  usedMemoryBytes = 0;

  constructor(readonly addr: string) {
    this.client = new DockerClient(addr);
  }

  get id() {
    return `${this.engineId}|${this.addr}`;
  }
  get engineId() {
    return this.info?.ID ?? '';
  }
  get name() {
    return this.info?.Name ?? '';
  }
  get ip() {
    return splitHostPort(this.addr).host;
  }
  get cpus() {
    return this.info?.NCPU ?? 0;
  }
  get memoryBytes() {
    return this.info?.MemTotal ?? 0;
  }
  get serverVersion() {
    return this.info?.ServerVersion ?? '';
  }
  get labels() {
    return Object.fromEntries((this.info?.Labels ?? []).map((label) => label.split('=') as [string, string]));
  }

  async refreshAll(): Promise<void> {
    this.info = await this.client.info();
    this.updatedAt = Date.now();
    const summaries = await this.client.listContainers({ all: true });
    this.containers = await Promise.all(summaries.map((one) => this.#containerOf(one)));
    await Promise.all([this.refreshImages(), this.refreshVolumes(), this.refreshNetworks()]);
  }

  async refreshContainer(id: string): Promise<Container | undefined> {
    const [summary] = await this.client.listContainers({ all: true, filters: { id: [id] } });
    const fresh = summary && (await this.#containerOf(summary));
    const others = this.containers.filter((one) => one.id !== id);
    this.containers = fresh ? [...others, fresh] : others;
    return fresh;
  }

  async refreshImages(): Promise<void> {
    const list = await this.client.listImages({ all: true });
    this.images = list.map((summary) => imageOf(summary, this));
  }
  async refreshVolumes(): Promise<void> {
    this.volumes = await this.client.listVolumes();
  }
  async refreshNetworks(): Promise<void> {
    this.networks = await this.client.listNetworks();
  }

  async #containerOf(summary: ContainerSummary): Promise<Container> {
    return containerOf(summary, await this.client.inspectContainer(summary.Id), this);
  }
}

/** Container as a fleet has it. */
export function containerOf(
  summary: ContainerSummary,
  inspect: Pick<ContainerInspect, 'State'>,
  engine: EngineHandle,
): Container {
  const { Status = summary.State, StartedAt, FinishedAt, ExitCode = 0, Health } = inspect.State;
  const names = summary.Names.map((name) => name.replace(/^\//, ''));
  return {
    ...{ engine, summary, names, id: summary.Id, name: names[0] ?? '', swarmId: '', image: summary.Image },
    ...{ labels: summary.Labels, ports: [], hostNetwork: false, exposedPorts: [], exposedNames: [] },
    ...{ cpus: 0, memoryBytes: 0 },
    state: {
      status: Status,
      startedAt: momentOf(StartedAt),
      finishedAt: momentOf(FinishedAt),
      exitCode: ExitCode,
      health: Health?.Status ?? '',
    },
  };
}

const imageOf = (summary: ImageSummary, engine: EngineHandle): Image => ({
  ...{ engine, summary, id: summary.Id, tags: summary.RepoTags ?? [] },
});

/**
 * A fleet without any cleverness: the first engine takes everything. The API in front of it is under test, so it does no
 * more than what the API needs.
 */
export class PlainFleet implements Fleet {
  readonly strategy = 'spread';
  readonly filters = ['health', 'port', 'constraint'];
  readonly #handlers = new Set<(event: ClusterEvent) => void>();

  constructor(readonly list: readonly PlainEngine[]) {}

  static async of(...addresses: string[]): Promise<PlainFleet> {
    const engines = addresses.map((address) => new PlainEngine(address));
    await Promise.all(engines.map((engine) => engine.refreshAll()));
    const fleet = new PlainFleet(engines);
    for (const engine of engines) engine.client.startMonitorEvents((event) => fleet.emit({ engine, event }));
    return fleet;
  }

  close(): void {
    for (const { client } of this.list) client.close();
  }

  emit(event: ClusterEvent): void {
    for (const handler of this.#handlers) handler(event);
  }

  engines = (): readonly PlainEngine[] => this.list;

  anyEngine(): PlainEngine {
    const engine = this.list.find(({ state }) => state === 'healthy');
    if (!engine) throw new FleetError('NO_ENGINE', 'No healthy node available in the cluster');
    return engine;
  }

  containers = (): Container[] => this.list.flatMap(({ containers }) => [...containers]);

  container(wanted: string): Container | undefined {
    const name = wanted.replace(/^\//, '');
    const found = this.containers().filter(
      (one) =>
        one.id.startsWith(name) ||
        one.names.includes(name) ||
        one.names.some((n) => `${one.engine.name}/${n}` === name),
    );
    if (found.length > 1) throw new FleetError('AMBIGUOUS', `several containers match ${name}`);
    return found[0];
  }

  events(handler: (event: ClusterEvent) => void): () => void {
    this.#handlers.add(handler);
    return () => void this.#handlers.delete(handler);
  }

  async createContainer(body: CreateContainerBody, name: string) {
    if (name !== '' && this.container(name)) {
      throw new FleetError('CONFLICT', `Conflict: The name ${name} is already assigned.`);
    }
    const engine = this.anyEngine();
    const { Id, Warnings } = await engine.client.createContainer(body, name);
    const container = await engine.refreshContainer(Id);
    if (!container) throw new Error('created but not there');
    return { container, warnings: Warnings ?? [] };
  }

  async removeContainer({ id, engine }: Container, options = {}): Promise<void> {
    await engine.client.removeContainer(id, options);
    await engine.refreshContainer(id);
  }
  async renameContainer({ id, engine }: Container, name: string): Promise<void> {
    await engine.client.renameContainer(id, name);
    await engine.refreshContainer(id);
  }

  findImages(name: string): readonly Image[] {
    const tag = name.includes(':') ? name : `${name}:latest`;
    const hex = name.replace(/^sha256:/, '');
    return this.list.flatMap(({ images }) =>
      images.filter(({ id, tags }) => tags.includes(tag) || id.replace('sha256:', '').startsWith(hex)),
    );
  }
  async pullImage(reference: string, { onProgress }: { readonly onProgress: OnProgress }): Promise<void> {
    await this.#each(async (engine) => {
      onProgress(engine.name, `Pulling ${reference}...`);
      await engine.client.pullImage(reference);
      onProgress(engine.name, `Pulling ${reference}... : done`);
      await engine.refreshImages();
    });
  }
  async loadImages(archive: AsyncIterable<Uint8Array>, { onProgress }: { readonly onProgress: OnProgress }) {
    const bytes = await gathered(archive);
    await this.#each(async (engine) => {
      await engine.client.loadImage(bytes);
      onProgress(engine.name, 'loaded');
      await engine.refreshImages();
    });
  }
  async importImage(
    archive: AsyncIterable<Uint8Array>,
    { repo, tag, onProgress }: { readonly repo: string; readonly tag: string; readonly onProgress: OnProgress },
  ) {
    const bytes = await gathered(archive);
    await this.#each(async (engine) => {
      await engine.client.importImage(bytes, { repo, tag });
      onProgress(engine.name, 'imported');
      await engine.refreshImages();
    });
  }
  async removeImage(name: string, options = {}) {
    const found = new Set(this.findImages(name).map(({ engine }) => engine));
    const answers = await Promise.all([...found].map(({ client }) => client.removeImage(name, options)));
    await this.#each((engine) => engine.refreshImages());
    return answers.flat();
  }
  async tagImage(name: string, { repo, tag }: { readonly repo: string; readonly tag: string }) {
    for (const { engine } of this.findImages(name)) {
      await engine.client.tagImage(name, { repo, tag });
      await engine.refreshImages();
    }
  }

  findVolumes(name: string) {
    return this.list.flatMap((engine) =>
      engine.volumes
        .filter((volume) => volume.Name === name || `${engine.name}/${volume.Name}` === name)
        .map((volume) => ({ ...volume, engine })),
    );
  }
  async createVolume(body: { readonly Name?: string }): Promise<VolumeInfo> {
    const made = await Promise.all(this.list.map(({ client }) => client.createVolume(body as never)));
    await this.#each((engine) => engine.refreshVolumes());
    return made[0] as VolumeInfo;
  }
  async removeVolume(name: string, options = {}): Promise<void> {
    for (const { Name, engine } of this.findVolumes(name)) await engine.client.removeVolume(Name, options);
    await this.#each((engine) => engine.refreshVolumes());
  }

  findNetwork(wanted: string) {
    return this.list
      .flatMap((engine) => engine.networks.map((network) => ({ ...network, engine })))
      .find(({ Id, Name, engine }) => [Id, Name, `${engine.name}/${Name}`].includes(wanted) || Id.startsWith(wanted));
  }
  async createNetwork(body: { readonly Name: string }) {
    const engine = this.anyEngine();
    const made = await engine.client.createNetwork({ ...body, Name: body.Name.replace(`${engine.name}/`, '') });
    await engine.refreshNetworks();
    return made as { readonly Id: string };
  }
  async removeNetwork(wanted: string): Promise<void> {
    const network = this.findNetwork(wanted);
    if (!network) throw new FleetError('NOT_FOUND', `network ${wanted} not found`);
    await network.engine.client.removeNetwork(network.Id);
    await network.engine.refreshNetworks();
  }

  async #each(run: (engine: PlainEngine) => Promise<unknown>): Promise<void> {
    await Promise.all(this.list.map(run));
  }
}

async function gathered(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  return Buffer.concat(parts);
}
