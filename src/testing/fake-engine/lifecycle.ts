import { type FakeContainer, noPorts } from './container.js';
import type { EngineParts } from './containers.js';
import type { Moments } from './moment.js';
import { wantedPorts } from './ports.js';
import { FakeProcess } from './process.js';
import { programOf } from './program.js';
import { FakeEngineError } from './types.js';

interface Starting {
  find(idOrName: string): FakeContainer | undefined;
  exited(code: number): void;
}

/** Joins networks, takes ports and starts the process; leaves nothing taken when one of them is refused. */
export function startContainer(container: FakeContainer, pid: number, parts: EngineParts, starting: Starting): void {
  try {
    joinNetworks(container, parts, starting);
    container.published = publish(container, parts);
    startProcess(container, parts, starting);
  } catch (error) {
    const refused = error instanceof FakeEngineError ? error : new FakeEngineError(500, String(error));
    leave(container, parts);
    container.exitCode = refused.exitCode;
    container.error = refused.message;
    if (container.state === 'restarting') container.state = 'exited';
    throw refused;
  }
  container.state = 'running';
  container.exitCode = 0;
  container.error = '';
  container.pid = pid;
  container.health = hasCheck(container) ? 'starting' : undefined;
  container.started = parts.moments.next();
  container.finished = undefined;
  emitMounts(container, parts, 'mount');
  emit(container, parts, 'start');
  container.process?.start();
}

function joinNetworks(container: FakeContainer, { networks }: EngineParts, starting: Starting): void {
  const mode = container.host.NetworkMode ?? '';
  const [, other] = /^container:(.+)$/.exec(mode) ?? [];
  if (other !== undefined) {
    const shared = starting.find(other);
    if (!shared) throw new FakeEngineError(404, `No such container: ${other}`);
    if (!shared.running) throw new FakeEngineError(409, `cannot join network of a non running container: ${shared.id}`);
  }
  for (const [name, attachment] of container.networks) {
    attachment.endpoint = networks.join(attachment.networkId || name, container.id, container.name);
    attachment.networkId = networks.find(attachment.networkId || name)?.id ?? '';
  }
}

function publish(container: FakeContainer, { ports }: EngineParts): FakeContainer['published'] {
  const [first] = container.networks.keys();
  if (first === undefined || first === 'host' || first === 'none') return noPorts;
  const wanted = wantedPorts(container.body.ExposedPorts ?? {}, container.host);
  if (wanted.size === 0) return noPorts;
  const endpointId = container.networks.get(first)?.endpoint?.endpointId ?? '';
  return ports.publish(container.name, wanted, endpointId);
}

function startProcess(container: FakeContainer, parts: EngineParts, starting: Starting): void {
  const { moments, commands } = parts;
  const program = programOf(container.argv, surroundingsOf(container, commands));
  if (!program) {
    const what = `exec: "${container.argv[0]}": executable file not found in $PATH: unknown`;
    const where = 'failed to create shim task: OCI runtime create failed: runc create failed';
    throw new FakeEngineError(400, `${where}: unable to start container process: ${what}`, { exitCode: 127 });
  }
  const write = (fd: 1 | 2, text: string) => container.write(container.body.Tty ? 1 : fd, text, moments.next());
  const first = container.host.Init !== true;
  container.process = new FakeProcess(
    moments.clock,
    program,
    { write, exited: (code) => starting.exited(code) },
    first,
  );
  if (!container.body.OpenStdin) container.process.endInput();
  for (const text of container.early ?? []) {
    if (text === undefined) container.process.endInput();
    else container.process.input(text);
  }
  container.early = undefined;
}

/** Variables and host name that a process of this container sees. */
export function surroundingsOf(
  container: FakeContainer,
  commands: EngineParts['commands'],
  more: readonly string[] = [],
) {
  const hostname = container.body.Hostname || container.id.slice(0, 12);
  const base = ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', `HOSTNAME=${hostname}`];
  const env = new Map<string, string>();
  for (const line of [...base, ...container.env, ...more]) {
    const at = line.indexOf('=');
    if (at > 0) env.set(line.slice(0, at), line.slice(at + 1));
  }
  return { env, hostname, commands };
}

const hasCheck = ({ body: { Healthcheck } }: FakeContainer): boolean => {
  const [kind] = Healthcheck?.Test ?? [];
  return kind !== undefined && kind !== 'NONE';
};

/** Records that the process has ended, and gives back what it held. */
export function stopContainer(
  container: FakeContainer,
  code: number,
  parts: EngineParts,
  { quietly = false } = {},
): void {
  container.state = 'exited';
  container.exitCode = code;
  container.pid = 0;
  container.process = undefined;
  container.finished = parts.moments.next();
  if (container.health !== undefined) container.health = 'unhealthy';
  if (!quietly) emit(container, parts, 'die', { exitCode: String(code) });
  leave(container, parts);
  if (!quietly) emitMounts(container, parts, 'unmount');
}

function leave(container: FakeContainer, { networks, ports }: EngineParts): void {
  for (const [name, attachment] of container.networks) {
    if (!attachment.endpoint) continue;
    delete attachment.endpoint;
    networks.leave(attachment.networkId || name, container.id);
  }
  ports.release(container.published);
  container.published = noPorts;
}

const steadyMs = 10_000;
const firstDelayMs = 100;
const delayMsMax = 60_000;

/** Milliseconds until its restart policy starts it again; `undefined` when it does not. */
export function runsAgain(container: FakeContainer, moments: Moments): number | undefined {
  const { Name = '', MaximumRetryCount = 0 } = container.host.RestartPolicy ?? {};
  if (container.stopped) return undefined;
  const always = Name === 'always' || Name === 'unless-stopped';
  const failed = Name === 'on-failure' && container.exitCode !== 0;
  if (!always && !failed) return undefined;
  if (failed && MaximumRetryCount > 0 && container.restarts >= MaximumRetryCount) return undefined;
  const ranMs = moments.nowMs() - Number((container.started ?? 0n) / 1_000_000n);
  if (ranMs > steadyMs) container.restarts = 0;
  return Math.min(firstDelayMs * 2 ** container.restarts, delayMsMax);
}

function emit(
  container: FakeContainer,
  { events }: EngineParts,
  action: string,
  more: Record<string, string> = {},
): void {
  const attributes = { ...container.labels, ...more, image: container.image, name: container.name };
  events.emit('container', action, container.id, attributes);
}

function emitMounts(container: FakeContainer, { events }: EngineParts, action: 'mount' | 'unmount'): void {
  for (const { Type, Name, Destination, RW } of container.mounts) {
    if (Type !== 'volume' || Name === undefined) continue;
    const where = { destination: Destination, 'read/write': String(RW), propagation: '' };
    events.emit('volume', action, Name, {
      container: container.id,
      driver: 'local',
      ...(action === 'mount' ? where : {}),
    });
  }
}
