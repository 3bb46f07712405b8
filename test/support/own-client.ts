import { until } from '../../scripts/waiting.js';
import { demultiplex, DockerClient, EngineError, type OutputFrame } from '../../src/fleet/index.js';
import { type ContractClient, type Output, Refused } from '../contract/engine-client.js';

/** The contract's calls through the client that the fleet uses. */
export function ownClient(address: string): ContractClient {
  const client = new DockerClient(`tcp://${address}`);
  return {
    ping: () => told(client.ping()).then(() => undefined),
    info: () => told(client.info()),
    version: () => told(client.version()),

    create: (name, body) => told(client.createContainer(body as Record<string, unknown>, name)).then(({ Id }) => Id),
    start: (id) => told(client.startContainer(id)),
    stop: (id, timeoutS) => told(client.stopContainer(id, { timeoutS })),
    restart: (id, timeoutS) => told(client.restartContainer(id, { timeoutS })),
    kill: (id, signal) => told(client.killContainer(id, signal)),
    pause: (id) => told(client.pauseContainer(id)),
    unpause: (id) => told(client.unpauseContainer(id)),
    rename: (id, name) => told(client.renameContainer(id, name)),
    remove: (id, { force = false, v = false } = {}) => told(client.removeContainer(id, { force, volumes: v })),
    update: (id, change) => told(client.updateContainer(id, change as Record<string, unknown>)).then(() => undefined),
    wait: (id, condition) =>
      told(client.waitContainer(id, condition === undefined ? {} : { condition: condition as 'removed' })).then(
        ({ StatusCode }) => StatusCode,
      ),
    inspect: (id) => told(client.inspectContainer(id)),
    list: (options) => told(client.listContainers(options)),
    top: (id) => told(client.topContainer(id)),
    commit: (container, repo, tag) => told(client.commit({ container, repo, tag })).then(({ Id }) => Id),
    putArchive: (id, path, archive) => told(client.putArchive(id, path, archive)),
    exec: (container, cmd, stdin) => told(client.exec({ container, cmd, ...(stdin === undefined ? {} : { stdin }) })),
    logs: async (id, options) => outputOf(demultiplex(await told(client.containerLogs(id, options)))),
    attachAndStart: async (id, stdin) => {
      const { socket, head } = await told(client.attach(id, { stdin: stdin !== undefined }));
      const output = outputOf(demultiplex(socket, head));
      await told(client.startContainer(id));
      if (stdin !== undefined) socket.end(stdin);
      return output;
    },

    images: () => told(client.listImages()),
    inspectImage: (name) => told(client.inspectImage(name)),
    pull: (reference) => told(client.pullImage(reference)),
    tag: (name, repo, tag) => told(client.tagImage(name, { repo, tag })),
    removeImage: (name, force = false) => told(client.removeImage(name, { force })),

    volumes: (filters) => told(client.listVolumes(filters ? { filters } : {})),
    createVolume: (body) => told(client.createVolume(body)),
    inspectVolume: (name) => told(client.inspectVolume(name)),
    removeVolume: (name) => told(client.removeVolume(name)),

    networks: (filters) => told(client.listNetworks(filters ? { filters } : {})),
    createNetwork: (body) => told(client.createNetwork(body as { Name: string })).then(({ Id }) => Id),
    inspectNetwork: (name) => told(client.inspectNetwork(name)),
    removeNetwork: (name) => told(client.removeNetwork(name)),
    connect: (network, id, endpoint) => told(client.connectNetwork(network, id, endpoint as Record<string, unknown>)),
    disconnect: (network, id) => told(client.disconnectNetwork(network, id)),

    follow: async ({ since, filters } = {}) => {
      const seen: any[] = [];
      let connected = false;
      const onConnect = () => (connected = true);
      const monitor = client.startMonitorEvents((event) => seen.push(event), { since, filters, onConnect });
      await until('the events are connected', () => connected);
      return { seen, stop: () => monitor.stop() };
    },
    close: () => client.close(),
  };
}

async function told<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof EngineError && error.status !== undefined)
      throw new Refused(error.status, error.engineMessage ?? '');
    throw error;
  }
}

async function outputOf(frames: AsyncIterable<OutputFrame>): Promise<Output> {
  const texts = { stdin: '', stdout: '', stderr: '' };
  for await (const { stream, data } of frames) texts[stream] += data.toString();
  return { stdout: texts.stdout, stderr: texts.stderr };
}
