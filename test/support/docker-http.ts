import { once } from 'node:events';
import { type IncomingMessage, request, type RequestOptions } from 'node:http';
import { connect, type Socket } from 'node:net';
import { until } from '../../scripts/waiting.js';
import { type DockerApi, type DockerApiOptions, openDockerApi } from '../../src/docker/index.js';
import { Cluster, type Fleet } from '../../src/fleet/index.js';
import { type FakeEngineServer, openFakeEngine, type OpenFakeEngineOptions } from '../../src/testing/index.js';
import { PlainFleet } from './plain-fleet.js';

/** Fleets that the API is put in front of: one without any cleverness, and the one that users have. */
export const fleetKinds = ['plain', 'cluster'] as const;
export type FleetKind = (typeof fleetKinds)[number];

/** A fleet over fake engines, in whatever way it is made. */
interface FleetUnderApi {
  readonly fleet: Fleet;
  /** Asks the engines again. */
  refresh(): Promise<void>;
  /** Makes the fleet take the first engine for lost. */
  loseFirst(): Promise<void>;
  close(): Promise<void>;
}

/** Fake engines, a fleet over them, and the API in front of it. */
export interface ServedFleet extends FleetUnderApi {
  readonly engines: readonly FakeEngineServer[];
  readonly api: DockerApi;
  /** `host:port` of the API. */
  readonly address: string;
}

export async function serveFleet(
  engines: readonly OpenFakeEngineOptions[] = [{ name: 'node-1' }],
  options: Partial<DockerApiOptions> = {},
  kind: FleetKind = 'plain',
): Promise<ServedFleet> {
  const fakes = await Promise.all(engines.map((one) => openFakeEngine(one)));
  const under = await (kind === 'plain' ? plainFleetOf(fakes) : clusterOf(fakes));
  const api = await openDockerApi(under.fleet, { listen: ['tcp://127.0.0.1:0'], version: '1.2.3', ...options });
  return {
    ...under,
    engines: fakes,
    api,
    address: hostOf(api),
    async close() {
      await api.close();
      await under.close();
      await Promise.all(fakes.map((fake) => fake.close()));
    },
  };
}

async function plainFleetOf(fakes: readonly FakeEngineServer[]): Promise<FleetUnderApi> {
  const fleet = await PlainFleet.of(...fakes.map(({ address }) => address));
  return {
    fleet,
    async refresh() {
      await Promise.all(fleet.list.map((engine) => engine.refreshAll()));
    },
    loseFirst() {
      const [engine] = fleet.list;
      if (engine) engine.state = 'unhealthy';
      return Promise.resolve();
    },
    close: () => Promise.resolve(fleet.close()),
  };
}

/** A cluster that puts everything on the first engine: it is the first to be there, and is filled first. */
async function clusterOf(fakes: readonly FakeEngineServer[]): Promise<FleetUnderApi> {
  const cluster = new Cluster({ strategy: 'binpack', pingMs: 1_000 });
  const addresses = fakes.map(({ address }) => address);
  const healthy = () => cluster.engines().filter(({ isHealthy }) => isHealthy).length;
  for (let known = 1; known <= addresses.length; known++) {
    cluster.updateNodes(addresses.slice(0, known));
    await until('the engine is healthy', () => healthy() === known);
  }
  return {
    fleet: cluster,
    async refresh() {
      await Promise.all(cluster.engines().map((engine) => engine.refresh()));
    },
    async loseFirst() {
      await fakes[0]?.faults.kill();
      await until('the engine is lost', () => healthy() < addresses.length);
    },
    close: () => cluster.close(),
  };
}

export const hostOf = (api: DockerApi) => (api.addresses[0] ?? '').replace('tcp://', '');

export interface Reply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  readonly json: any;
}

/** Sends a request and reads its answer to the end. An object goes as JSON. */
export async function ask(
  address: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const answer = await begin(address, method, path, body, headers);
  const parts: Buffer[] = [];
  for await (const part of answer) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString();
  return { status: answer.statusCode ?? 0, headers: answer.headers, text, json: jsonOf(text) };
}

/** Sends a request and resolves with the headers of its answer. */
export async function begin(
  address: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<IncomingMessage> {
  const url = new URL(`http://${address}`);
  const raw = typeof body === 'string' || Buffer.isBuffer(body);
  const options: RequestOptions = { host: url.hostname, port: url.port, method, path, agent: false };
  const json = body !== undefined && !raw;
  const outgoing = request({
    ...options,
    headers: { ...(json && { 'content-type': 'application/json' }), ...headers },
  });
  outgoing.end(json ? JSON.stringify(body) : body);
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  return answer;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Sends raw bytes. Resolves with everything that comes back until the other side closes. */
export async function askRaw(address: string, bytes: string | Buffer, end = false): Promise<string> {
  const socket = await connected(address);
  if (end) socket.end(bytes);
  else socket.write(bytes);
  let text = '';
  socket.on('data', (part: Buffer) => (text += part.toString('latin1')));
  socket.on('error', () => undefined).on('end', () => socket.end());
  await new Promise((resolve) => socket.once('close', resolve));
  return text;
}

export async function connected(address: string): Promise<Socket> {
  const { hostname, port } = new URL(`http://${address}`);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  await once(socket, 'connect');
  return socket;
}

/** A connection that was turned into a stream. */
export interface Hijacked {
  readonly socket: Socket;
  /** Head of the answer. */
  readonly head: string;
  /** Everything after it, so far. */
  received(): Buffer;
}

/** Sends a request with `Upgrade: tcp` and resolves with the head of the answer. `extra` follows the body at once. */
export async function upgrade(address: string, path: string, body = '', extra = ''): Promise<Hijacked> {
  const socket = await connected(address);
  const type = body === '' ? '' : `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n${type}\r\n${body}${extra}`,
  );
  let bytes = Buffer.alloc(0);
  let wake = () => {};
  socket.on('error', () => undefined);
  socket.on('data', (part: Buffer) => {
    bytes = Buffer.concat([bytes, part]);
    wake();
  });
  while (!bytes.includes('\r\n\r\n')) await new Promise<void>((resolve) => (wake = resolve));
  const end = bytes.indexOf('\r\n\r\n') + 4;
  return { socket, head: bytes.subarray(0, end).toString(), received: () => bytes.subarray(end) };
}

/** Text of Docker's frames of 8 bytes and output. */
export function outputOf(frames: Buffer): string {
  let text = '';
  for (let at = 0; at + 8 <= frames.length;) {
    const length = frames.readUInt32BE(at + 4);
    text += frames.subarray(at + 8, at + 8 + length).toString();
    at += 8 + length;
  }
  return text;
}
