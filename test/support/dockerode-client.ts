import { PassThrough, type Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import Docker, { type GetEventsOptions } from 'dockerode';
import { type ContractClient, type Following, type Output, Refused } from '../contract/engine-client.js';

/** The contract's calls through dockerode, which knows nothing of us. */
export function dockerodeClient(address: string): ContractClient {
  const at = address.lastIndexOf(':');
  const docker = new Docker({ protocol: 'http', host: address.slice(0, at), port: address.slice(at + 1) });
  const container = (id: string) => docker.getContainer(id);
  const filtersOf = (filters: object | undefined) => (filters ? { filters: JSON.stringify(filters) } : {});
  return {
    ping: () => told(docker.ping()).then(() => undefined),
    info: () => told(docker.info()),
    version: () => told(docker.version()),

    create: (name, body) => told(docker.createContainer({ name, ...body })).then(({ id }) => id),
    start: (id) => unless304(container(id).start()),
    stop: (id, seconds) => unless304(container(id).stop(seconds === undefined ? {} : { t: seconds })),
    restart: (id, seconds) => told(container(id).restart({ t: seconds })),
    kill: (id, signal) => told(container(id).kill(signal === undefined ? {} : { signal })),
    pause: (id) => told(container(id).pause()),
    unpause: (id) => told(container(id).unpause()),
    rename: (id, name) => told(container(id).rename({ name })),
    remove: (id, options = {}) => told(container(id).remove(options)),
    update: (id, change) => told(container(id).update(change)),
    wait: (id, condition) =>
      told(container(id).wait(condition === undefined ? {} : { condition: condition as never })).then(
        ({ StatusCode }) => StatusCode,
      ),
    inspect: (id) => told(container(id).inspect()),
    list: ({ filters, ...rest } = {}) => told(docker.listContainers({ ...rest, ...filtersOf(filters) })),
    top: (id) => told(container(id).top()),
    commit: (id, repo, tag) => told(container(id).commit({ repo, tag })).then(({ Id }) => Id),
    putArchive: (id, path, archive) => told(container(id).putArchive(archive, { path })).then(() => undefined),
    exec: (id, cmd, stdin) => exec(docker, id, cmd, stdin),
    logs: async (id, { follow = false, stdout = true, stderr = true, timestamps = false, tail } = {}) => {
      const options = { stdout, stderr, timestamps, ...(tail === undefined ? {} : { tail }) };
      if (follow) return demux(docker, (await told(container(id).logs({ ...options, follow: true }))) as never);
      return frames(await told(container(id).logs({ ...options, follow: false })));
    },
    attachAndStart: async (id, stdin) => {
      const options = { stream: true, hijack: true, stdin: stdin !== undefined, stdout: true, stderr: true };
      const stream = await told(container(id).attach(options));
      const output = demux(docker, stream as never);
      await told(container(id).start());
      if (stdin !== undefined) stream.end(stdin);
      return output;
    },

    images: () => told(docker.listImages()),
    inspectImage: (name) => told(docker.getImage(name).inspect()),
    pull: async (reference) => {
      const stream = await told(docker.pull(reference));
      await new Promise<void>((resolve, reject) => {
        docker.modem.followProgress(stream, (error) => (error ? reject(error) : resolve()));
      });
    },
    tag: (name, repo, tag) => told(docker.getImage(name).tag({ repo, tag })),
    removeImage: (name, force) => told(docker.getImage(name).remove(force ? { force } : {})),

    volumes: (filters) => told(docker.listVolumes({ ...filtersOf(filters) })).then(({ Volumes }) => Volumes),
    createVolume: async (body) => {
      // What dockerode makes of the answer is typed as the volume, and is a handle of it.
      const { name } = (await told(docker.createVolume(body))) as unknown as { name: string };
      return told(docker.getVolume(name).inspect());
    },
    inspectVolume: (name) => told(docker.getVolume(name).inspect()),
    removeVolume: (name) => told(docker.getVolume(name).remove()),

    networks: (filters) => told(docker.listNetworks({ ...filtersOf(filters) })),
    createNetwork: (body) => told(docker.createNetwork(body as never)).then(({ id }) => id),
    inspectNetwork: (name) => told(docker.getNetwork(name).inspect()),
    removeNetwork: (name) => told(docker.getNetwork(name).remove()),
    connect: (network, id, endpoint) =>
      told(docker.getNetwork(network).connect({ Container: id, EndpointConfig: endpoint as never })),
    disconnect: (network, id) => told(docker.getNetwork(network).disconnect({ Container: id })),

    follow: async ({ since, filters } = {}) => {
      const from = since === undefined ? {} : { since: `${since.slice(0, -9)}.${since.slice(-9)}` as never };
      return following((await told(docker.getEvents({ ...from, ...filtersOf(filters) } as GetEventsOptions))) as never);
    },
    close: () => undefined,
  };
}

interface DockerodeError {
  readonly statusCode?: number;
  readonly json?: { readonly message?: string } | null;
  readonly reason?: string;
}

async function told<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const { statusCode, json } = error as DockerodeError;
    if (statusCode === undefined) throw error;
    // Of a stream that did not begin dockerode has no JSON, only its own wording of it.
    const worded = (error as Error).message.replace(/^\(HTTP code \d+\) [^-]* - /, '').trim();
    throw new Refused(statusCode, json?.message ?? worded);
  }
}

const unless304 = (call: Promise<unknown>): Promise<boolean> =>
  told(call).then(
    () => true,
    (error: unknown) => {
      if (error instanceof Refused && error.status === 304) return false;
      throw error;
    },
  );

async function demux(docker: Docker, stream: Readable): Promise<Output> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const texts = Promise.all([text(out), text(err)]);
  docker.modem.demuxStream(stream, out, err);
  const end = () => {
    out.end();
    err.end();
  };
  stream.once('end', end).once('close', end);
  const [stdout, stderr] = await texts;
  return { stdout, stderr };
}

/** Frames that came whole. */
function frames(bytes: Buffer): Output {
  const texts = { stdout: '', stderr: '' };
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readUInt32BE(at + 4);
    texts[bytes[at] === 2 ? 'stderr' : 'stdout'] += bytes.toString('utf8', at + 8, at + 8 + length);
    at += 8 + length;
  }
  return texts;
}

async function exec(docker: Docker, id: string, cmd: readonly string[], stdin: string | undefined) {
  const options = { Cmd: [...cmd], AttachStdin: stdin !== undefined, AttachStdout: true, AttachStderr: true };
  const made = await told(docker.getContainer(id).exec(options));
  const stream = await told(made.start({ hijack: true, stdin: stdin !== undefined }));
  const output = demux(docker, stream);
  if (stdin !== undefined) stream.end(stdin);
  const heard = await output;
  const { ExitCode } = await told(made.inspect());
  return { ...heard, exitCode: ExitCode ?? -1 };
}

function following(stream: Readable & { destroy(): void }): Following {
  const seen: any[] = [];
  let rest = '';
  stream.on('error', () => undefined);
  stream.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines.filter(Boolean))
      seen.push(JSON.parse(line.replace(/"timeNano":(\d+)/, '"timeNano":"$1"')));
  });
  return { seen, stop: () => stream.destroy() };
}
